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
#include "base/typeid.h"
#include "connection/change.h"
#include "connection/retirement.h"
#include "connection/terms.h"
#include "connection/writer.h"
#include "scope/rows.h"
#include "store/row_time.h"
#include "store/statement.h"

PG_FUNCTION_INFO_V1(connect_guard_connection);

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

/* Stores a term of the row, infinity as null. */
static void
patch_term(TriggerPatch *patch, int column, TimestampTz term)
{
	store_patch(patch, &connection_table, column, TimestampTzGetDatum(term),
				term == TERM_NEVER);
}

/* Turns a term that never passes into none. */
static void
normalise_terms(const StoreRow *row, const Connection *connection,
				TriggerPatch *patch)
{
	if (!row->nulls[CONNECTION_RESPOND_BY] &&
		connection->respond_by == TERM_NEVER)
		patch_term(patch, CONNECTION_RESPOND_BY, TERM_NEVER);
	if (!row->nulls[CONNECTION_EXPIRES_AT] &&
		connection->expires_at == TERM_NEVER)
		patch_term(patch, CONNECTION_EXPIRES_AT, TERM_NEVER);
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
	ConnectionWrite	writer = writer_current(&who);
	bool		for_organization =
		writer.principal->kind == PRINCIPAL_ORGANIZATION;
	bool		own_id;
	bool		own_scopes;
	TimestampTz now;
	StoreRow	row;
	Connection	new;
	TriggerPatch patch = {0};

	writer_read(data, data->tg_trigtuple, &row, &new);
	normalise(&new, &patch);
	normalise_terms(&row, &new, &patch);
	own_id = new.id != NULL;
	if (!own_id)
	{
		new.id = random_typeid("cxn");
		if (writer.made_id != NULL)
			text_to_cstring_buffer(new.id, writer.made_id,
								   ID_MAX_LENGTH + 1);
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
	own_scopes = new.scopes != NULL;
	if (!own_scopes)
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

	change_check_insert(writer.principal, &new, own_scopes, now);
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
	ConnectionWrite	writer = writer_current(&who);
	StoreRow	old_row;
	StoreRow	new_row;
	Connection	old;
	Connection	new;
	Connection	stored;
	TriggerPatch patch = {0};
	TimestampTz now;
	bool		lapsed;
	int			action;

	writer_read_old(data, &old_row, &old);
	writer_read(data, data->tg_newtuple, &new_row, &new);
	normalise(&new, &patch);
	normalise_terms(&new_row, &new, &patch);
	now = row_time_read(data, old.id);
	stored = new;
	lapsed = terms_lapse(&old, &new, writer.action, now);
	/* a function that ends what has ended by itself is told so */
	if (lapsed && writer.action != ACTION_NONE)
		change_check_action(writer.principal, writer.action, &old);
	action = writer_check_update(&writer, &old, &new, now);
	if (terms_offers_anew(action, &old, &new))
		terms_clear_passed(&old, &new, now);
	if (new.status != stored.status)
		store_patch(&patch, &connection_table, CONNECTION_STATUS,
					connection_status_datum(new.status), false);
	if (new.respond_by != stored.respond_by)
		patch_term(&patch, CONNECTION_RESPOND_BY, new.respond_by);
	if (new.expires_at != stored.expires_at)
		patch_term(&patch, CONNECTION_EXPIRES_AT, new.expires_at);
	/* the end by the clock has an event of its own, just before the change's */
	new.updated_at = action == ACTION_NONE && !lapsed ? old.updated_at :
		Max(now, old.updated_at + 1) + (action != ACTION_NONE && lapsed);
	if (new_row.nulls[CONNECTION_UPDATED_AT] ||
		new.updated_at != stored.updated_at)
		store_patch(&patch, &connection_table, CONNECTION_UPDATED_AT,
					TimestampTzGetDatum(new.updated_at), false);
	return store_apply_patch(&patch, data, data->tg_newtuple);
}

/*
 * connect.guard_connection(): BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW,
 * and BEFORE TRUNCATE FOR EACH STATEMENT, on connect.connection.
 */
Datum
connect_guard_connection(PG_FUNCTION_ARGS)
{
	return subject_guard(fcinfo, &connection_subject, guard_insert,
						 guard_update);
}

