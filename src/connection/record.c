/*
 * record.c
 *		The trigger on connect.connection that decides once more, on what was
 *		really stored, and writes the event.
 */
#include "postgres.h"

#include "base/text.h"
#include "connection/change.h"
#include "connection/retirement.h"
#include "connection/terms.h"
#include "connection/writer.h"
#include "event/record.h"
#include "event/subject.h"
#include "store/narrow.h"
#include "store/row_time.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_record_event);

/*
 * Raises parameter_invalid unless the stored name and scopes are what
 * normalise() makes of them.
 */
static void
require_normal(const Connection *connection)
{
	if (connection->name != NULL && VARSIZE_ANY_EXHDR(connection->name) == 0)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "name"),
				 blame_argument("name"),
				 errdetail("An empty name is stored as null."),
				 errhint("Look for a trigger on connect.connection that "
						 "rewrites it.")));
	if (connection->scopes == NULL ||
		change_sort_scopes(connection->scopes) != connection->scopes)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "scopes"),
				 blame_argument("scopes"),
				 errdetail("Scopes are stored sorted and without duplicates."),
				 errhint("Look for a trigger on connect.connection that "
						 "rewrites them.")));
}

/*
 * Returns a term as an event has it, where a null is the time before all times.
 */
static TimestampTz
event_term(TimestampTz term)
{
	return term == TERM_NEVER ? DT_NOBEGIN : term;
}

/*
 * Begins the event of a change that has been made at this time.  from is the
 * state that the Connection was in, and connection is the row as it is now.
 */
static Event
new_event(int action, int from, const Connection *connection, TimestampTz time)
{
	Event		event = {
		EVENT_BLANK,
		.subject_type = cstring_to_text("connection"),
		.subject_id = connection->id,
		.connection_id = connection->id,
		.source = connection->source,
		.destination = connection->destination,
		.action = cstring_to_text(rules_action_label(&connection_life, action)),
		.from_status = subject_text(connection_status_label(from)),
		.to_status = subject_text(connection_status_label(connection->status)),
		.name = connection->name,
		.scopes = connection->scopes
	};

	event.respond_by = event_term(connection->respond_by);
	event.expires_at = event_term(connection->expires_at);
	event.created_at = time;
	return event;
}

/* Writes the event of a change, by whoever made it. */
static void
write_event(const ConnectionWrite *write, int action, int from,
			const Connection *connection, TimestampTz time, bool first)
{
	Event		event = new_event(action, from, connection, time);

	subject_set_actor(&event, write->principal, write->reason,
					  write->request_id);
	event_record(&event, first);
}

/*
 * If a term of a Connection has passed that its row did not know of, makes it
 * inactive and writes the event of that.  Nobody did it, so it has no actor, no
 * reason and no request.
 */
static void
record_expiry(Connection *old, TimestampTz time)
{
	Event		event;
	int			from = old->status;

	if (!terms_have_passed(old, time))
		return;
	old->status = CONNECTION_INACTIVE;
	event = new_event(ACTION_EXPIRE, from, old, time);
	event.effective_at = terms_end(from, old->respond_by, old->expires_at);
	event_record(&event, false);
}

/*
 * connect.record_event(): AFTER INSERT OR UPDATE FOR EACH ROW on
 * connect.connection.  It decides again and writes the event.
 */
Datum
connect_record_event(PG_FUNCTION_ARGS)
{
	TriggerData *data = subject_require_record(fcinfo, &connection_subject);
	bool		insert = TRIGGER_FIRED_BY_INSERT(data->tg_event);
	StoreRow	row;
	Connection	old = {.status = CONNECTION_NONE};
	Connection	stored;
	Connection	new;
	Principal	who;
	ConnectionWrite	writer;
	int			action = ACTION_CREATE;
	TimestampTz time;
	bool		first;

	PushActiveSnapshot(GetTransactionSnapshot());
	writer = writer_current(&who);
	writer_read(data, insert ? data->tg_trigtuple : data->tg_newtuple, &row,
			   &new);
	time = row_time_take(data, new.id);
	subject_require_last(&connection_subject,
						 insert ? data->tg_trigtuple : data->tg_newtuple);
	require_normal(&new);
	if (insert)
		change_check_insert(writer.principal, &new, true, time);
	else
	{
		writer_read_old(data, &row, &old);
		stored = old;
		record_expiry(&old, time);
		action = writer_check_update(&writer, &old, &new, time);
	}
	/* nothing can be of an id that the guard has just made */
	first = insert && writer.made_id != NULL && text_is(new.id, writer.made_id);
	if (first)
		store_narrow_add(&connection_table, &new);
	else
		store_narrow_follow(&connection_table, insert ? NULL : &stored, &new);
	if (action != ACTION_NONE)
	{
		if (action == ACTION_CREATE || action == ACTION_REACTIVATE)
			retirement_check(&new, action);
		write_event(&writer, action, old.status, &new, time, first);
	}
	PopActiveSnapshot();
	return PointerGetDatum(NULL);
}
