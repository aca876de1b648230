/*
 * subject.c
 *		What the triggers on tables whose rows have a history have in common.
 */
#include "postgres.h"

#include "base/values.h"
#include "event/record.h"
#include "event/subject.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

/* Raises the errors for what would take away rows and their history. */
static void
refuse_removal(const EventSubject *subject, const TriggerData *data)
{
	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		ereport(ERROR,
				(connect_error(subject->delete_refused),
				 errdetail("A %s and its history are kept for ever.",
						   subject->noun),
				 errhint("%s", subject->instead)));
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		ereport(ERROR,
				(connect_error(subject->truncate_refused),
				 errdetail("%s and their history are kept for ever.",
						   subject->plural)));
}

/*
 * Does what the guard of a table does: BEFORE INSERT OR UPDATE OR DELETE FOR
 * EACH ROW, and BEFORE TRUNCATE FOR EACH STATEMENT.  The two functions run
 * under a snapshot that sees what earlier statements changed.
 */
Datum
subject_guard(FunctionCallInfo fcinfo, const EventSubject *subject,
			  SubjectSettle insert, SubjectSettle update)
{
	TriggerData *data = store_require_trigger(fcinfo, subject->table,
											  subject->guard);
	HeapTuple	result;

	refuse_removal(subject, data);
	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_BEFORE(data->tg_event))
		store_refuse_trigger(subject->guard);

	event_require_current();
	PushActiveSnapshot(GetTransactionSnapshot());
	result = TRIGGER_FIRED_BY_INSERT(data->tg_event) ?
		insert(data) : update(data);
	PopActiveSnapshot();
	return PointerGetDatum(result);
}

/*
 * Returns the data of the trigger that records: AFTER INSERT OR UPDATE FOR EACH
 * ROW.  Raises an error for any other.
 */
TriggerData *
subject_require_record(FunctionCallInfo fcinfo, const EventSubject *subject)
{
	TriggerData *data = store_require_trigger(fcinfo, subject->table,
											  subject->record);

	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(data->tg_event))
		store_refuse_trigger(subject->record);
	return data;
}

/*
 * Raises transition_not_allowed if the row has been changed again before this
 * change could have its event: the history would be in the wrong order.
 */
void
subject_require_last(const EventSubject *subject, HeapTuple tuple)
{
	if (store_changed_again(tuple))
		ereport(ERROR,
				(connect_error(subject->transition_refused),
				 errdetail("The statement changes the %s twice.",
						   subject->noun),
				 errhint("Make each change by a statement of its own.  Look "
						 "for a trigger on connect.%s that changes it again.",
						 subject->table->name)));
}

/* Returns a C string as a text, or NULL for NULL. */
text *
subject_text(const char *value)
{
	return value == NULL ? NULL : cstring_to_text(value);
}

/*
 * Puts into an event who made the change, and why.  Raises actor_too_long.
 */
void
subject_set_actor(Event *event, const Principal *who, const char *reason,
				  const char *request_id)
{
	if (who->actor_id != NULL)
		value_check_length(who->actor_id, ACTOR_MAX_CHARS,
						   ERROR_ACTOR_TOO_LONG, "actor_id");
	event->actor_organization = who->organization;
	event->actor_id = who->actor_id;
	event->actor_type = who->actor_type;
	event->reason = subject_text(reason);
	event->request_id = subject_text(request_id);
}
