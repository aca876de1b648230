/*
 * subject.h
 *		What the triggers on tables whose rows have a history have in common.
 */
#ifndef CONNECT_EVENT_SUBJECT_H
#define CONNECT_EVENT_SUBJECT_H

#include "event/rows.h"
#include "identity/principal.h"
#include "store/trigger.h"

/* A table whose rows have a history, and what is said of it. */
typedef struct EventSubject
{
	StoreTable *table;
	const char *guard;			/* the functions of its triggers */
	const char *record;
	const char *noun;			/* what DETAIL calls a row */
	const char *plural;			/* the same of many, at the head of a text */
	const char *instead;		/* a hint to whoever deletes one */
	ErrorCode	delete_refused;
	ErrorCode	truncate_refused;
	ErrorCode	transition_refused;
} EventSubject;

/* Decides on a row that is being written, and returns it filled in. */
typedef HeapTuple (*SubjectSettle) (TriggerData *data);

extern Datum subject_guard(FunctionCallInfo fcinfo, const EventSubject *subject,
						   SubjectSettle insert, SubjectSettle update);
extern TriggerData *subject_require_record(FunctionCallInfo fcinfo,
										   const EventSubject *subject);
extern void subject_require_last(const EventSubject *subject, HeapTuple tuple);
extern text *subject_text(const char *value);
extern void subject_set_actor(Event *event, const Principal *who,
							  const char *reason, const char *request_id);

#endif							/* CONNECT_EVENT_SUBJECT_H */
