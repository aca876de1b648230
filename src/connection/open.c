/*
 * open.c
 *		Which Connections wait for an answer, as a narrow table: a row for each
 *		pending one.
 *
 * Most Connections of an organization are active or over, and an index that
 * knows their status would end HOT updates of all of them.  So the few that are
 * pending have rows of their own, kept by a trigger for every writer,
 * replicated rows included.  Whoever reads them looks at the Connection too: a
 * row too many is passed by.
 *
 * A subscriber of logical replication keeps its own rows as the Connections
 * come in, and lets those of the publisher pass by.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/text.h"
#include "commands/trigger.h"
#include "connection/open.h"
#include "connection/rows.h"
#include "store/direct.h"
#include "store/insert.h"
#include "store/trigger.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_keep_open);
PG_FUNCTION_INFO_V1(connect_guard_open);
PG_FUNCTION_INFO_V1(connect_collect_open);

static const StoreColumn columns[] = {
	OPEN_COLUMNS(STORE_COLUMN_BARE, )
};

StoreTable	open_table = STORE_TABLE("open_connection", columns);

static StoreKey open_by_destination = {
	&open_table, "open_connection_pkey", 2,
	{OPEN_DESTINATION, OPEN_ID}, F_TEXTEQ
};

static StoreInsert insert_open = {&open_table};

static StoreQuery collect_missing = {
	"INSERT INTO connect.open_connection"
	" (id, source_organization_id, destination_organization_id)"
	" SELECT c.id, c.source_organization_id, c.destination_organization_id"
	" FROM connect.connection AS c"
	" WHERE c.status OPERATOR(pg_catalog.=) 'pending'"
	" AND NOT EXISTS (SELECT FROM connect.open_connection AS o"
	" WHERE o.destination_organization_id"
	" OPERATOR(pg_catalog.=) c.destination_organization_id"
	" AND o.id OPERATOR(pg_catalog.=) c.id)",
	.writes = true
};

static StoreQuery delete_stale = {
	"DELETE FROM connect.open_connection AS o"
	" WHERE NOT EXISTS (SELECT FROM connect.connection AS c"
	" WHERE c.id OPERATOR(pg_catalog.=) o.id"
	" AND c.destination_organization_id"
	" OPERATOR(pg_catalog.=) o.destination_organization_id"
	" AND c.status OPERATOR(pg_catalog.=) 'pending')",
	.writes = true
};

/* Fills in the key of a Connection's row. */
static void
make_key(const Connection *connection, Datum *key)
{
	key[0] = PointerGetDatum(connection->destination);
	key[1] = PointerGetDatum(connection->id);
}

/* Has the Connection a row? */
static bool
has_row(const Connection *connection)
{
	Datum		key[2];
	StoreScan	scan;
	bool		found;

	make_key(connection, key);
	store_scan_begin(&scan, &open_by_destination, key);
	found = store_scan_next(&scan);
	store_scan_end(&scan);
	return found;
}

/* Gives a Connection that is known to have none its row. */
void
open_add(const Connection *connection)
{
	StoreRow	row = {
		.values = {
			[OPEN_ID] = PointerGetDatum(connection->id),
			[OPEN_SOURCE] = PointerGetDatum(connection->source),
			[OPEN_DESTINATION] = PointerGetDatum(connection->destination)
		}
	};

	(void) store_insert(&insert_open, &row);
}

/* Is this a row that waits for an answer? */
static bool
is_open(const Connection *connection)
{
	return connection != NULL && connection->status == CONNECTION_PENDING;
}

/*
 * Follows a change of a Connection, under the active snapshot, which must see
 * what the transaction has done: old is NULL for a new one, changed for one
 * that is deleted.  The row of the Connection is locked, so nobody else writes
 * its row here.
 */
void
open_follow(const Connection *old, const Connection *changed)
{
	bool		was_open = is_open(old);
	bool		opens = is_open(changed);
	Datum		key[2];

	if (was_open && opens && text_equal(old->id, changed->id) &&
		text_equal(old->destination, changed->destination))
		return;
	if (was_open)
	{
		make_key(old, key);
		if (store_direct_delete(&open_by_destination, key))
			CommandCounterIncrement();
	}
	if (opens && !has_row(changed))
		open_add(changed);
}

/* Reads a tuple of the trigger's relation as a Connection. */
static Connection *
read_tuple(TriggerData *data, HeapTuple tuple)
{
	Connection *connection = palloc(sizeof(Connection));
	StoreRow	row;

	store_deform(&connection_table, tuple, RelationGetDescr(data->tg_relation),
				 &row);
	connection_from_row(connection, &row);
	return connection;
}

/*
 * connect.keep_open(): AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW on
 * connect.connection, ENABLE REPLICA: for others than replicated rows
 * record_event() has done the same, also where a restore has left the trigger
 * enabled for all.
 */
Datum
connect_keep_open(PG_FUNCTION_ARGS)
{
	TriggerData *data = store_require_trigger(fcinfo, &connection_table,
											  "keep_open");
	Connection *first;

	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event))
		store_refuse_trigger("keep_open");
	if (SessionReplicationRole != SESSION_REPLICATION_ROLE_REPLICA)
		return PointerGetDatum(NULL);

	PushActiveSnapshot(GetTransactionSnapshot());
	first = read_tuple(data, data->tg_trigtuple);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		open_follow(NULL, first);
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		open_follow(first, NULL);
	else
		open_follow(first, read_tuple(data, data->tg_newtuple));
	PopActiveSnapshot();
	return PointerGetDatum(NULL);
}

/*
 * connect.guard_open(): BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW, ENABLE
 * ALWAYS, and BEFORE TRUNCATE FOR EACH STATEMENT, on connect.open_connection.
 * Whatever is replicated is passed by.
 */
Datum
connect_guard_open(PG_FUNCTION_ARGS)
{
	TriggerData *data = store_require_trigger(fcinfo, &open_table,
											  "guard_open");

	if (store_meaning(&open_table) != NULL)
		return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(data->tg_event) ?
							   data->tg_newtuple : data->tg_trigtuple);
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) ||
		SessionReplicationRole != SESSION_REPLICATION_ROLE_REPLICA)
		ereport(ERROR,
				(connect_error(ERROR_OPEN_CHANGED),
				 errdetail("Rows of \"connect.open_connection\" follow those "
						   "of \"connect.connection\"."),
				 errhint("Change the connection instead.")));
	return PointerGetDatum(NULL);
}

/*
 * connect.collect_open(): makes the rows right for Connections that no trigger
 * has seen, as in an older store.
 */
Datum
connect_collect_open(PG_FUNCTION_ARGS)
{
	(void) store_query_marked(&delete_stale, NULL, NULL, &open_table,
							  &delete_stale);
	(void) store_query_marked(&collect_missing, NULL, NULL, &open_table,
							  &collect_missing);
	PG_RETURN_VOID();
}
