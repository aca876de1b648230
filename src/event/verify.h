/*
 * verify.h
 *		Is the history as it was written?
 */
#ifndef CONNECT_EVENT_VERIFY_H
#define CONNECT_EVENT_VERIFY_H

#include "event/rows.h"

/* What the history below a position amounts to. */
typedef struct Anchor
{
	uint64		before;
	int64		subjects;
	int64		events;
	bytea	   *seal;
} Anchor;

extern void verify_history(text *subject_id,
						   void (*problem) (const Event *event,
											const char *problem, void *state),
						   void *state);
extern void anchor_history(Anchor *anchor);

#endif							/* CONNECT_EVENT_VERIFY_H */
