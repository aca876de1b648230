/*
 * open.c
 *		Which Connections wait for an answer, and which end by themselves, as
 *		two narrow tables: a row for each pending one, and a row for each open
 *		one that has a term.
 *
 * Most Connections of an organization are active without a term, or over, and
 * an index that knew their status or terms would end HOT updates of all of
 * them.  So the few that matter have rows of their own, kept by a trigger for
 * every writer, replicated rows included.  Whoever reads them looks at the
 * Connection too: a row too many is passed by.
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
#include "connection/terms.h"
#include "store/direct.h"
#include "store/insert.h"
#include "store/trigger.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_keep_open);
PG_FUNCTION_INFO_V1(connect_guard_open);
PG_FUNCTION_INFO_V1(connect_collect_open);

static const StoreColumn open_columns[] = {
	OPEN_COLUMNS(STORE_COLUMN_BARE, )
};

static const StoreColumn term_columns[] = {
	TERM_COLUMNS(STORE_COLUMN_BARE, )
};

StoreTable	open_table = STORE_TABLE("open_connection", open_columns);
StoreTable	term_table = STORE_TABLE("open_term", term_columns);

static StoreKey open_by_destination = {
	&open_table, "open_connection_pkey", 2,
	{OPEN_DESTINATION, OPEN_ID}, F_TEXTEQ
};

static StoreKey term_by_id = {
	&term_table, "open_term_pkey", 1, {OPEN_ID}, F_TEXTEQ
};

static StoreInsert insert_open = {&open_table};
static StoreInsert insert_term = {&term_table};

/* What collect_open() runs, the deletes first. */
static StoreQuery collect_open[] = {
	{
		"DELETE FROM connect.open_connection AS o"
		" WHERE NOT EXISTS (SELECT FROM connect.connection AS c"
		" WHERE c.id OPERATOR(pg_catalog.=) o.id"
		" AND c.destination_organization_id"
		" OPERATOR(pg_catalog.=) o.destination_organization_id"
		" AND c.status OPERATOR(pg_catalog.=) 'pending')",
		.writes = true
	},
	{
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
	}
};

static StoreQuery collect_terms[] = {
	{
		"DELETE FROM connect.open_term AS o"
		" WHERE NOT EXISTS (SELECT FROM connect.connection AS c"
		" WHERE c.id OPERATOR(pg_catalog.=) o.id"
		" AND c.status OPERATOR(pg_catalog.<>) 'inactive'"
		" AND " TERMS_END_SQL " OPERATOR(pg_catalog.=) o.ends_at)",
		.writes = true
	},
	{
		"INSERT INTO connect.open_term (id, source_organization_id,"
		" destination_organization_id, ends_at)"
		" SELECT c.id, c.source_organization_id, c.destination_organization_id,"
		" " TERMS_END_SQL " FROM connect.connection AS c"
		" WHERE c.status OPERATOR(pg_catalog.<>) 'inactive'"
		" AND " TERMS_END_SQL " IS NOT NULL"
		" AND NOT EXISTS (SELECT FROM connect.open_term AS o"
		" WHERE o.id OPERATOR(pg_catalog.=) c.id)",
		.writes = true
	}
};

/* Has a table a row with this key? */
static bool
has_row(StoreKey *by, const Datum *key)
{
	StoreScan	scan;
	bool		found;

	store_scan_begin(&scan, by, key);
	found = store_scan_next(&scan);
	store_scan_end(&scan);
	return found;
}

/* Deletes the row with this key; returns false if there is none. */
static bool
delete_row(StoreKey *by, const Datum *key)
{
	if (!store_direct_delete(by, key))
		return false;
	CommandCounterIncrement();
	return true;
}

/* Gives a Connection that is known to have none its row. */
static void
insert_row(StoreInsert *insert, const Connection *connection, TimestampTz ends)
{
	StoreRow	row = {
		.values = {
			[OPEN_ID] = PointerGetDatum(connection->id),
			[OPEN_SOURCE] = PointerGetDatum(connection->source),
			[OPEN_DESTINATION] = PointerGetDatum(connection->destination),
			[OPEN_ENDS_AT] = TimestampTzGetDatum(ends)
		}
	};

	(void) store_insert(insert, &row);
}

/* Does this Connection wait for an answer? */
static bool
waits(const Connection *connection)
{
	return connection != NULL && connection->status == CONNECTION_PENDING;
}

/* Returns when this Connection ends by itself. */
static TimestampTz
ends(const Connection *connection)
{
	return connection == NULL ? TERM_NEVER :
		terms_end(connection->status, connection->respond_by,
				  connection->expires_at);
}

/* Follows a change with the rows of those that wait. */
static void
follow_waiting(const Connection *old, const Connection *changed)
{
	if (waits(old) && waits(changed) && text_equal(old->id, changed->id) &&
		text_equal(old->destination, changed->destination))
		return;
	if (waits(old))
		(void) delete_row(&open_by_destination,
						  (Datum[]) {PointerGetDatum(old->destination),
									 PointerGetDatum(old->id)});
	if (waits(changed) &&
		!has_row(&open_by_destination,
				 (Datum[]) {PointerGetDatum(changed->destination),
							PointerGetDatum(changed->id)}))
		insert_row(&insert_open, changed, TERM_NEVER);
}

/* Follows a change with the rows of those that end. */
static void
follow_ending(const Connection *old, const Connection *changed)
{
	TimestampTz ended = ends(old);
	TimestampTz ending = ends(changed);
	bool		deleted;

	if (ended == ending && (ended == TERM_NEVER ||
							text_equal(old->id, changed->id)))
		return;
	deleted = ended != TERM_NEVER &&
		delete_row(&term_by_id, (Datum[]) {PointerGetDatum(old->id)});
	/* the snapshot still sees a row that has just been deleted */
	if (ending != TERM_NEVER &&
		(deleted ||
		 !has_row(&term_by_id, (Datum[]) {PointerGetDatum(changed->id)})))
		insert_row(&insert_term, changed, ending);
}

/* Gives a new Connection, which is known to have none, its rows. */
void
open_add(const Connection *connection)
{
	if (waits(connection))
		insert_row(&insert_open, connection, TERM_NEVER);
	if (ends(connection) != TERM_NEVER)
		insert_row(&insert_term, connection, ends(connection));
}

/*
 * Follows a change of a Connection, under the active snapshot, which must see
 * what the transaction has done: old is NULL for a new one, changed for one
 * that is deleted.  The row of the Connection is locked, so nobody else writes
 * its rows here.
 */
void
open_follow(const Connection *old, const Connection *changed)
{
	follow_waiting(old, changed);
	follow_ending(old, changed);
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

/* Which of the two tables does the trigger fire on? */
static StoreTable *
trigger_table(FunctionCallInfo fcinfo)
{
	if (CALLED_AS_TRIGGER(fcinfo) &&
		RelationGetRelid(((TriggerData *) fcinfo->context)->tg_relation) ==
		store_relation_id(&term_table))
		return &term_table;
	return &open_table;
}

/*
 * connect.guard_open(): BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW, ENABLE
 * ALWAYS, and BEFORE TRUNCATE FOR EACH STATEMENT, on both tables.  Whatever is
 * replicated is passed by.
 */
Datum
connect_guard_open(PG_FUNCTION_ARGS)
{
	StoreTable *table = trigger_table(fcinfo);
	TriggerData *data = store_require_trigger(fcinfo, table, "guard_open");

	if (store_meaning(table) != NULL)
		return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(data->tg_event) ?
							   data->tg_newtuple : data->tg_trigtuple);
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) ||
		SessionReplicationRole != SESSION_REPLICATION_ROLE_REPLICA)
		ereport(ERROR,
				(connect_error(ERROR_OPEN_CHANGED),
				 errdetail("Rows of \"connect.%s\" follow those of "
						   "\"connect.connection\".", table->name),
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
	for (int i = 0; i < lengthof(collect_open); i++)
		(void) store_query_marked(&collect_open[i], NULL, NULL, &open_table,
								  collect_open);
	for (int i = 0; i < lengthof(collect_terms); i++)
		(void) store_query_marked(&collect_terms[i], NULL, NULL, &term_table,
								  collect_terms);
	PG_RETURN_VOID();
}
