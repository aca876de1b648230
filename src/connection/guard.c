/*
 * guard.c
 *		The triggers on the store: the law for every writer.
 *
 * A BEFORE ROW trigger fills in the row and refuses early; an AFTER ROW trigger
 * decides once more on what was really stored, for a trigger of the DBA's may
 * have changed it in between, and writes the event.  The decisions are
 * change.c's; here is only what triggers need.  Another one decides nothing: it
 * marks for the gate, in every session, which pair is changing.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "base/errors.h"
#include "base/random.h"
#include "commands/trigger.h"
#include "connection/change.h"
#include "fmgr.h"
#include "gate/pair.h"
#include "gate/pair_tags.h"
#include "miscadmin.h"
#include "store/store.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_guard_connection);
PG_FUNCTION_INFO_V1(connect_record_event);
PG_FUNCTION_INFO_V1(connect_guard_event);
PG_FUNCTION_INFO_V1(connect_mark_pair);

/* Returns the trigger's data if it fires where create_store() put it, else raises. */
static TriggerData *
require_trigger(FunctionCallInfo fcinfo, StoreTable table, const char *function)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || RelationGetRelid(data->tg_relation) != store_relation_id(table))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"connect.%s\" is a trigger of the connect store only", function)));
	return data;
}

/* Raises what can only be a CREATE TRIGGER by hand. */
static void
refuse_event_kind(const char *function)
{
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"connect.%s\" was fired for an unexpected event", function)));
}

/*
 * Finds out for whom a row is being written: whom the function under way says,
 * or who is acting in a plain statement.  Under a snapshot of its own, so that
 * what earlier statements changed is seen.
 */
static StoreWrite
current_writer(Principal *who)
{
	const StoreWrite *ours = store_current_write();
	StoreWrite	plain = {.principal = who};

	if (ours != NULL)
		return *ours;
	principal_for_write(who);
	return plain;
}

/* Reads a tuple of the trigger's relation as a Connection; row keeps the columns. */
static void
read_tuple(TriggerData *data, HeapTuple tuple, StoreRow *row, Connection *connection)
{
	store_deform(STORE_CONNECTION, tuple, RelationGetDescr(data->tg_relation), row);
	store_connection_from_row(connection, row);
}

/* Reads the row as it was; an import may have left its scopes in any order. */
static void
read_old_tuple(TriggerData *data, StoreRow *row, Connection *old)
{
	read_tuple(data, data->tg_trigtuple, row, old);
	old->scopes = change_normalise_scopes(old->scopes);
}

/* Columns of a tuple that are to be replaced. */
typedef struct Patch
{
	int			count;
	int			attnums[CONNECTION_COLUMN_COUNT];
	Datum		values[CONNECTION_COLUMN_COUNT];
	bool		nulls[CONNECTION_COLUMN_COUNT];
} Patch;

static void
patch_set(Patch *patch, int column, Datum value, bool null)
{
	patch->attnums[patch->count] = store_column(STORE_CONNECTION, column);
	patch->values[patch->count] = value;
	patch->nulls[patch->count] = null;
	patch->count++;
}

static HeapTuple
patch_apply(Patch *patch, TriggerData *data, HeapTuple tuple)
{
	if (patch->count == 0)
		return tuple;
	return heap_modify_tuple_by_cols(tuple, RelationGetDescr(data->tg_relation), patch->count,
									 patch->attnums, patch->values, patch->nulls);
}

/* Makes an empty name none, and sorts the scopes. */
static void
normalise(Connection *connection, Patch *patch)
{
	if (connection->name != NULL && VARSIZE_ANY_EXHDR(connection->name) == 0)
	{
		connection->name = NULL;
		patch_set(patch, CONNECTION_NAME, (Datum) 0, true);
	}
	if (connection->scopes != NULL)
	{
		ArrayType  *scopes = change_normalise_scopes(connection->scopes);

		if (scopes != connection->scopes)
		{
			connection->scopes = scopes;
			patch_set(patch, CONNECTION_SCOPES, PointerGetDatum(scopes), false);
		}
	}
}

/*
 * Raises connection_exists if another pair's Connection has the id that an organization gives
 * its row.  The unique index would refuse it too, but ON CONFLICT (id) DO UPDATE comes before
 * that, and since 18 its WHERE sees the row that is there before row security refuses.  Who
 * does not see an id that is being inserted right now cannot know it either.
 */
static void
refuse_taken_id(const Connection *new)
{
	Connection	found;

	if (store_find_connection(new->id, &found) &&
		!(text_same(found.source, new->source) && text_same(found.destination, new->destination)))
		ereport(ERROR,
				(connect_error(ERROR_CONNECTION_EXISTS),
				 blame_argument("id"),
				 errdetail("The id is taken."),
				 errhint("Leave it out, and a new one is made.")));
}

/* Fills in what a new row lacks, decides on it, and returns it. */
static HeapTuple
guard_insert(TriggerData *data)
{
	Principal	who;
	StoreWrite	writer = current_writer(&who);
	bool		for_organization = writer.principal->kind == PRINCIPAL_ORGANIZATION;
	bool		own_id;
	TimestampTz now = GetCurrentTransactionStartTimestamp();
	StoreRow	row;
	Connection	new;
	Patch		patch = {0};

	read_tuple(data, data->tg_trigtuple, &row, &new);
	normalise(&new, &patch);
	own_id = new.id != NULL;
	if (!own_id)
	{
		new.id = random_typeid("cxn");
		patch_set(&patch, CONNECTION_ID, PointerGetDatum(new.id), false);
	}
	if (new.source == NULL && for_organization)
	{
		new.source = writer.principal->organization;
		patch_set(&patch, CONNECTION_SOURCE, PointerGetDatum(new.source), false);
	}
	if (new.scopes == NULL)
	{
		new.scopes = change_normalise_scopes(store_default_scopes());
		patch_set(&patch, CONNECTION_SCOPES, PointerGetDatum(new.scopes), false);
	}
	if (for_organization)
	{
		patch_set(&patch, CONNECTION_CREATOR_ID, PointerGetDatum(writer.principal->actor_id),
				  writer.principal->actor_id == NULL);
		patch_set(&patch, CONNECTION_CREATOR_TYPE, PointerGetDatum(writer.principal->actor_type),
				  writer.principal->actor_type == NULL);
	}
	if (for_organization || row.nulls[CONNECTION_CREATED_AT])
		patch_set(&patch, CONNECTION_CREATED_AT, TimestampTzGetDatum(now), false);
	if (for_organization || row.nulls[CONNECTION_UPDATED_AT])
		patch_set(&patch, CONNECTION_UPDATED_AT,
				  for_organization || row.nulls[CONNECTION_CREATED_AT] ?
				  TimestampTzGetDatum(now) : row.values[CONNECTION_CREATED_AT], false);

	change_check_insert(writer.principal, &new);
	change_check_registered(writer.principal, &new);
	if (own_id && for_organization)
		refuse_taken_id(&new);
	return patch_apply(&patch, data, data->tg_trigtuple);
}

/* Decides on a changed row, sets updated_at if anything changed, and returns it. */
static HeapTuple
guard_update(TriggerData *data)
{
	Principal	who;
	StoreWrite	writer = current_writer(&who);
	StoreRow	old_row;
	StoreRow	new_row;
	Connection	old;
	Connection	new;
	Patch		patch = {0};
	TimestampTz updated_at;

	read_old_tuple(data, &old_row, &old);
	read_tuple(data, data->tg_newtuple, &new_row, &new);
	normalise(&new, &patch);
	updated_at = change_check_update(writer.principal, &old, &new) == ACTION_NONE ?
		old.updated_at : GetCurrentTransactionStartTimestamp();
	if (new_row.nulls[CONNECTION_UPDATED_AT] || new.updated_at != updated_at)
		patch_set(&patch, CONNECTION_UPDATED_AT, TimestampTzGetDatum(updated_at), false);
	return patch_apply(&patch, data, data->tg_newtuple);
}

/*
 * connect.guard_connection(): BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW,
 * and BEFORE TRUNCATE FOR EACH STATEMENT, on connect.connection.
 */
Datum
connect_guard_connection(PG_FUNCTION_ARGS)
{
	TriggerData *data = require_trigger(fcinfo, STORE_CONNECTION, "guard_connection");
	HeapTuple	result;

	if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		ereport(ERROR,
				(connect_error(ERROR_DELETE_REFUSED),
				 errdetail("A connection and its history are kept for ever."),
				 errhint("Deactivate the connection instead.")));
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		ereport(ERROR,
				(connect_error(ERROR_TRUNCATE_REFUSED),
				 errdetail("Connections and their history are kept for ever.")));
	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) || !TRIGGER_FIRED_BEFORE(data->tg_event))
		refuse_event_kind("guard_connection");

	PushActiveSnapshot(GetTransactionSnapshot());
	result = TRIGGER_FIRED_BY_INSERT(data->tg_event) ? guard_insert(data) : guard_update(data);
	PopActiveSnapshot();
	return PointerGetDatum(result);
}

/* Raises unless the stored name and scopes are as normalise() leaves them. */
static void
require_normal(const Connection *connection)
{
	if (connection->name != NULL && VARSIZE_ANY_EXHDR(connection->name) == 0)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "name"),
				 blame_argument("name"),
				 errdetail("An empty name is stored as null."),
				 errhint("Look for a trigger on connect.connection that rewrites it.")));
	if (connection->scopes == NULL || change_normalise_scopes(connection->scopes) != connection->scopes)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "scopes"),
				 blame_argument("scopes"),
				 errdetail("Scopes are stored sorted and without duplicates."),
				 errhint("Look for a trigger on connect.connection that rewrites them.")));
}

/*
 * connect.record_event(): AFTER INSERT OR UPDATE FOR EACH ROW on
 * connect.connection.  Decides again and writes the event.
 */
Datum
connect_record_event(PG_FUNCTION_ARGS)
{
	TriggerData *data = require_trigger(fcinfo, STORE_CONNECTION, "record_event");
	bool		insert = TRIGGER_FIRED_BY_INSERT(data->tg_event);
	StoreRow	row;
	Connection	old = {.status = CONNECTION_NONE};
	Connection	new;
	Principal	who;
	StoreWrite	writer;
	ConnectionAction action = ACTION_CREATE;

	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) || !TRIGGER_FIRED_AFTER(data->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(data->tg_event))
		refuse_event_kind("record_event");

	PushActiveSnapshot(GetTransactionSnapshot());
	writer = current_writer(&who);
	read_tuple(data, insert ? data->tg_trigtuple : data->tg_newtuple, &row, &new);
	require_normal(&new);
	if (insert)
		change_check_insert(writer.principal, &new);
	else
	{
		read_old_tuple(data, &row, &old);
		action = change_check_update(writer.principal, &old, &new);
	}
	if (action != ACTION_NONE)
	{
		if (writer.principal->actor_id != NULL)
			change_check_length(writer.principal->actor_id, ACTOR_MAX_CHARS, ERROR_ACTOR_TOO_LONG, "actor_id");
		store_insert_event(&writer, action, old.status, &new);
	}
	PopActiveSnapshot();
	return PointerGetDatum(NULL);
}

/*
 * connect.guard_event(): BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW, and
 * BEFORE TRUNCATE FOR EACH STATEMENT, on connect.event.  History is written by
 * record_event() and by nobody else.
 */
Datum
connect_guard_event(PG_FUNCTION_ARGS)
{
	TriggerData *data = require_trigger(fcinfo, STORE_EVENT, "guard_event");

	if (TRIGGER_FIRED_BY_INSERT(data->tg_event) && store_inserting_event())
		return PointerGetDatum(data->tg_trigtuple);
	ereport(ERROR,
			(connect_error(ERROR_EVENT_CHANGED),
			 errdetail("The history of connections is written by their changes alone.")));
}

/* Marks the pair of a row. */
static void
mark_tuple(TriggerData *data, HeapTuple tuple)
{
	TupleDesc	desc = RelationGetDescr(data->tg_relation);
	bool		null;			/* never, or store_column() would have raised */
	Datum		source = heap_getattr(tuple, store_column(STORE_CONNECTION, CONNECTION_SOURCE), desc, &null);
	Datum		destination = heap_getattr(tuple, store_column(STORE_CONNECTION, CONNECTION_DESTINATION), desc, &null);
	Pair		pair = pair_make(DatumGetTextPP(source), DatumGetTextPP(destination));

	pair_tags_mark(pair_hash(&pair));
}

/*
 * connect.mark_pair(): AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW on
 * connect.connection, ENABLE ALWAYS.  After, for a BEFORE trigger may still
 * change the row; see pair_tags.c for why that is early enough.
 */
Datum
connect_mark_pair(PG_FUNCTION_ARGS)
{
	TriggerData *data = require_trigger(fcinfo, STORE_CONNECTION, "mark_pair");

	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) || !TRIGGER_FIRED_AFTER(data->tg_event))
		refuse_event_kind("mark_pair");
	if (pair_tags_enabled())
	{
		mark_tuple(data, data->tg_trigtuple);
		if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
			mark_tuple(data, data->tg_newtuple);
	}
	return PointerGetDatum(NULL);
}
