/*
 * rows.c
 *		Writing the history: one event a change.
 */
#include "postgres.h"

#include "base/errors.h"
#include "base/random.h"
#include "catalog/pg_type.h"
#include "identity/principal.h"
#include "store/store.h"
#include "utils/builtins.h"

static StoreQuery insert_event = {
	"INSERT INTO connect.event"
	" (id, connection_id, source_organization_id, destination_organization_id, action,"
	" from_status, to_status, name, scopes, actor_organization_id, actor_id, actor_type,"
	" reason, request_id)"
	" VALUES ($1, $2, $3, $4, $5, $6::connect.connection_status, $7::connect.connection_status,"
	" $8, $9, $10, $11, $12, $13, $14)",
	14, {TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID,
	TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID}, true, NULL
};

/* The trigger depth at which our own INSERT fires triggers, or -1. */
static int	inserting_depth = -1;

/* For the trigger on connect.event: is this INSERT the guard's own? */
bool
store_inserting_event(void)
{
	return inserting_depth == store_trigger_depth();
}

/* Wraps a C string, NULL included, as a parameter. */
static Datum
text_param(const char *value, char *null)
{
	*null = value == NULL ? 'n' : ' ';
	return value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
}

/*
 * Writes the event of a change that has been made: connection is the row as it
 * is now, from the state it was in.
 */
void
store_insert_event(const StoreWrite *write, ConnectionAction action,
				   ConnectionStatus from, const Connection *connection)
{
	const Principal *who = write->principal;
	int			outer = inserting_depth;
	char		nulls[14];
	Datum		values[14];

	memset(nulls, ' ', sizeof(nulls));
	values[0] = PointerGetDatum(random_typeid("evt"));
	values[1] = PointerGetDatum(connection->id);
	values[2] = PointerGetDatum(connection->source);
	values[3] = PointerGetDatum(connection->destination);
	values[4] = CStringGetTextDatum(connection_action_label(action));
	values[5] = text_param(connection_status_label(from), &nulls[5]);
	values[6] = text_param(connection_status_label(connection->status), &nulls[6]);
	values[7] = PointerGetDatum(connection->name);
	nulls[7] = connection->name == NULL ? 'n' : ' ';
	values[8] = PointerGetDatum(connection->scopes);
	values[9] = PointerGetDatum(who->organization);
	nulls[9] = who->organization == NULL ? 'n' : ' ';
	values[10] = PointerGetDatum(who->actor_id);
	nulls[10] = who->actor_id == NULL ? 'n' : ' ';
	values[11] = PointerGetDatum(who->actor_type);
	nulls[11] = who->actor_type == NULL ? 'n' : ' ';
	values[12] = text_param(write->reason, &nulls[12]);
	values[13] = text_param(write->request_id, &nulls[13]);

	inserting_depth = store_trigger_depth() + 1;
	PG_TRY();
	{
		/* a trigger of the DBA's may suppress the row, but a change without its event is none */
		if (store_query(&insert_event, values, nulls).count != 1)
			ereport(ERROR,
					(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
					 errdetail("The change was allowed, but its event was not stored."),
					 errhint("Look for a trigger on connect.event that returns NULL.")));
	}
	PG_FINALLY();
	{
		inserting_depth = outer;
	}
	PG_END_TRY();
}
