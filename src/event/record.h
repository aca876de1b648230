/*
 * record.h
 *		Continuing the history of a subject.
 */
#ifndef CONNECT_EVENT_RECORD_H
#define CONNECT_EVENT_RECORD_H

#include "event/rows.h"

extern void event_require_current(void);
extern void event_record(Event *event, bool first);

#endif							/* CONNECT_EVENT_RECORD_H */
