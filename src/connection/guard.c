/*
 * guard.c
 *		The triggers on connect.connection, by which the rules hold for
 *		every writer.
 *
 * A BEFORE ROW trigger fills in the row and refuses early.  An AFTER ROW
 * trigger decides once more, on what was really stored, because a trigger of
 * the DBA's may have changed the row in between; then it writes the event.
 * change.c decides; this file does only what triggers need.
 */
#include "postgres.h"

#include "base/random.h"
#include "base/text.h"
#include "base/values.h"
#include "connection/change.h"
#include "event/record.h"
#include "scope/rows.h"
#include "store/row_time.h"
#include "store/statement.h"
#include "store/trigger.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_guard_connection);
PG_FUNCTION_INFO_V1(connect_record_event);

/*
 * Finds out for whom a row is being written.  The function of ours that is
 * running says so; for a plain statement it is whoever is acting.  The caller
 * has pushed a snapshot that sees what earlier statements changed.
 */
static ConnectionWrite
current_writer(Principal *who)
{
	const ConnectionWrite *ours = store_meaning(&connection_table);
	ConnectionWrite	plain = {.principal = who};

	if (ours != NULL)
		return *ours;
	principal_for_write(who);
	return plain;
}

/*
 * Reads a tuple of the trigger's relation as a Connection, whose members point
 * into row.
 */
static void
read_tuple(TriggerData *data, HeapTuple tuple, StoreRow *row,
		   Connection *connection)
{
	store_deform(&connection_table, tuple, RelationGetDescr(data->tg_relation),
				 row);
	connection_from_row(connection, row);
}

/*
 * Reads the row as it was.  Its scopes are sorted here, since an import may
 * have left them in any order.
 */
static void
read_old_tuple(TriggerData *data, StoreRow *row, Connection *old)
{
	read_tuple(data, data->tg_trigtuple, row, old);
	old->scopes = change_sort_scopes(old->scopes);
}

/* Turns an empty name into none, and sorts the scopes. */
static void
normalise(Connection *connection, TriggerPatch *patch)
{
	if (connection->name != NULL && VARSIZE_ANY_EXHDR(connection->name) == 0)
	{
		connection->name = NULL;
		store_patch(patch, &connection_table, CONNECTION_NAME, (Datum) 0, true);
	}
	if (connection->scopes != NULL)
	{
		ArrayType  *scopes = change_sort_scopes(connection->scopes);

		if (scopes != connection->scopes)
		{
			connection->scopes = scopes;
			store_patch(patch, &connection_table, CONNECTION_SCOPES,
						PointerGetDatum(scopes), false);
		}
	}
}

/*
 * Raises connection_exists if an organization gives its new row an id that
 * belongs to another pair's Connection.
 *
 * The unique index would refuse that too.  But ON CONFLICT (id) DO UPDATE finds
 * the conflict first, and since PostgreSQL 18 its WHERE sees the row that is
 * there before row security refuses: the organization could learn what another
 * one's row holds.  A row that another session is inserting right now is not
 * found here, but then its id cannot be known to anybody else either.
 */
static void
refuse_taken_id(const Connection *new)
{
	Connection	found;

	if (connection_find(new->id, &found) &&
		!(text_same(found.source, new->source) &&
		  text_same(found.destination, new->destination)))
		ereport(ERROR,
				(connect_error(ERROR_CONNECTION_EXISTS),
				 blame_argument("id"),
				 errdetail("The id is taken."),
				 errhint("Leave it out, and a new one is made.")));
}

/* Fills in what a new row lacks, decides on the row, and returns it. */
static HeapTuple
guard_insert(TriggerData *data)
{
	Principal	who;
	ConnectionWrite	writer = current_writer(&who);
	bool		for_organization =
		writer.principal->kind == PRINCIPAL_ORGANIZATION;
	bool		own_id;
	TimestampTz now;
	StoreRow	row;
	Connection	new;
	TriggerPatch patch = {0};

	read_tuple(data, data->tg_trigtuple, &row, &new);
	normalise(&new, &patch);
	own_id = new.id != NULL;
	if (!own_id)
	{
		new.id = random_typeid("cxn");
		store_patch(&patch, &connection_table, CONNECTION_ID,
					PointerGetDatum(new.id), false);
	}
	now = row_time_read(data, new.id);
	if (new.source == NULL && for_organization)
	{
		new.source = writer.principal->organization;
		store_patch(&patch, &connection_table, CONNECTION_SOURCE,
					PointerGetDatum(new.source), false);
	}
	if (new.scopes == NULL)
	{
		new.scopes = change_sort_scopes(scope_defaults());
		store_patch(&patch, &connection_table, CONNECTION_SCOPES,
					PointerGetDatum(new.scopes), false);
	}
	if (for_organization)
	{
		store_patch(&patch, &connection_table, CONNECTION_CREATOR_ID,
					PointerGetDatum(writer.principal->actor_id),
					writer.principal->actor_id == NULL);
		store_patch(&patch, &connection_table, CONNECTION_CREATOR_TYPE,
					PointerGetDatum(writer.principal->actor_type),
					writer.principal->actor_type == NULL);
	}
	if (for_organization || row.nulls[CONNECTION_CREATED_AT])
		store_patch(&patch, &connection_table, CONNECTION_CREATED_AT,
					TimestampTzGetDatum(now), false);
	if (for_organization || row.nulls[CONNECTION_UPDATED_AT])
		store_patch(&patch, &connection_table, CONNECTION_UPDATED_AT,
					for_organization || row.nulls[CONNECTION_CREATED_AT] ?
					TimestampTzGetDatum(now) :
					row.values[CONNECTION_CREATED_AT], false);

	change_check_insert(writer.principal, &new);
	change_check_registered(writer.principal, &new);
	if (own_id && for_organization)
		refuse_taken_id(&new);
	return store_apply_patch(&patch, data, data->tg_trigtuple);
}

/*
 * Decides on a changed row, sets updated_at if anything has changed, and
 * returns the row.
 */
static HeapTuple
guard_update(TriggerData *data)
{
	Principal	who;
	ConnectionWrite	writer = current_writer(&who);
	StoreRow	old_row;
	StoreRow	new_row;
	Connection	old;
	Connection	new;
	TriggerPatch patch = {0};
	TimestampTz now;
	TimestampTz updated_at;

	read_old_tuple(data, &old_row, &old);
	read_tuple(data, data->tg_newtuple, &new_row, &new);
	normalise(&new, &patch);
	now = row_time_read(data, old.id);
	updated_at = change_check_update(writer.principal, &old, &new,
									 writer.action) ==
		ACTION_NONE ? old.updated_at : Max(now, old.updated_at + 1);
	if (new_row.nulls[CONNECTION_UPDATED_AT] || new.updated_at != updated_at)
		store_patch(&patch, &connection_table, CONNECTION_UPDATED_AT,
					TimestampTzGetDatum(updated_at), false);
	return store_apply_patch(&patch, data, data->tg_newtuple);
}

/*
 * connect.guard_connection(): BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW,
 * and BEFORE TRUNCATE FOR EACH STATEMENT, on connect.connection.
 */
Datum
connect_guard_connection(PG_FUNCTION_ARGS)
{
	TriggerData *data = store_require_trigger(fcinfo, &connection_table,
											  "guard_connection");
	HeapTuple	result;

	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		ereport(ERROR,
				(connect_error(ERROR_DELETE_REFUSED),
				 errdetail("A connection and its history are kept for ever."),
				 errhint("Deactivate the connection instead.")));
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		ereport(ERROR,
				(connect_error(ERROR_TRUNCATE_REFUSED),
				 errdetail("Connections and their history are kept for "
						   "ever.")));
	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_BEFORE(data->tg_event))
		store_refuse_trigger("guard_connection");

	event_require_current();
	PushActiveSnapshot(GetTransactionSnapshot());
	result = TRIGGER_FIRED_BY_INSERT(data->tg_event) ?
		guard_insert(data) : guard_update(data);
	PopActiveSnapshot();
	return PointerGetDatum(result);
}

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

/* Returns a C string as a text, or NULL for NULL. */
static text *
text_or_null(const char *value)
{
	return value == NULL ? NULL : cstring_to_text(value);
}

/*
 * Writes the event of a change that has been made: connection is the row as it
 * is now, from the state it was in, changed at this time.
 */
static void
write_event(const ConnectionWrite *write, int action, int from,
			const Connection *connection, TimestampTz time)
{
	const Principal *who = write->principal;
	Event		event = {
		EVENT_BLANK,
		.subject_type = cstring_to_text("connection"),
		.subject_id = connection->id,
		.connection_id = connection->id,
		.source = connection->source,
		.destination = connection->destination,
		.action = cstring_to_text(rules_action_label(&connection_life, action)),
		.from_status = text_or_null(connection_status_label(from)),
		.to_status = text_or_null(connection_status_label(connection->status)),
		.name = connection->name,
		.scopes = connection->scopes,
		.actor_organization = who->organization,
		.actor_id = who->actor_id,
		.actor_type = who->actor_type,
		.reason = text_or_null(write->reason),
		.request_id = text_or_null(write->request_id)
	};

	event.created_at = time;
	event_record(&event);
}

/*
 * connect.record_event(): AFTER INSERT OR UPDATE FOR EACH ROW on
 * connect.connection.  It decides again and writes the event.
 */
Datum
connect_record_event(PG_FUNCTION_ARGS)
{
	TriggerData *data = store_require_trigger(fcinfo, &connection_table,
											  "record_event");
	bool		insert = TRIGGER_FIRED_BY_INSERT(data->tg_event);
	StoreRow	row;
	Connection	old = {.status = CONNECTION_NONE};
	Connection	new;
	Principal	who;
	ConnectionWrite	writer;
	int			action = ACTION_CREATE;
	TimestampTz time;

	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(data->tg_event))
		store_refuse_trigger("record_event");

	PushActiveSnapshot(GetTransactionSnapshot());
	writer = current_writer(&who);
	read_tuple(data, insert ? data->tg_trigtuple : data->tg_newtuple, &row,
			   &new);
	time = row_time_take(data, new.id);
	require_normal(&new);
	if (insert)
		change_check_insert(writer.principal, &new);
	else
	{
		read_old_tuple(data, &row, &old);
		action = change_check_update(writer.principal, &old, &new,
									 writer.action);
	}
	if (action != ACTION_NONE)
	{
		if (writer.principal->actor_id != NULL)
			value_check_length(writer.principal->actor_id, ACTOR_MAX_CHARS,
							   ERROR_ACTOR_TOO_LONG, "actor_id");
		write_event(&writer, action, old.status, &new, time);
	}
	PopActiveSnapshot();
	return PointerGetDatum(NULL);
}
