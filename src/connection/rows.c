/*
 * rows.c
 *		Reading, inserting and updating one Connection.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "connection/rows.h"
#include "store/label.h"
#include "store/statement.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#define STORE_VALUE_STATE(datum) connection_status(datum)

static const StoreColumn columns[] = {
	CONNECTION_COLUMNS(STORE_COLUMN_INFO, Connection)
};

StoreTable	connection_table = STORE_TABLE("connection", columns);

StoreKey	connection_by_id = {
	&connection_table, "connection_pkey", 1, {CONNECTION_ID}, F_TEXTEQ
};

StoreKey	connection_by_pair = {
	&connection_table, "connection_pair_key", 2,
	{CONNECTION_SOURCE, CONNECTION_DESTINATION}, F_TEXTEQ
};

/*
 * This key is not unique: it finds a destination's Connections whose id is
 * above a bound.
 */
StoreKey	connection_by_destination = {
	&connection_table, "connection_destination_idx", 2,
	{CONNECTION_DESTINATION, CONNECTION_ID}, F_TEXTEQ, F_TEXT_GT
};

/* The guard fills in all columns but the pair, the name and the scopes. */
static StoreQuery insert_connection = {
	"INSERT INTO connect.connection AS t"
	" (source_organization_id, destination_organization_id, name, scopes)"
	" VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (source_organization_id, destination_organization_id) DO"
	" NOTHING",
	4, {TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID}, true, &connection_table
};

/*
 * This changes the row only if it still is as it was when the change was
 * decided upon.  Under READ COMMITTED PostgreSQL compares again once it has
 * locked the row.
 */
static StoreQuery update_connection = {
	"UPDATE connect.connection AS t"
	" SET name = $2, status = $3::connect.connection_status, scopes = $4"
	" WHERE t.id OPERATOR(pg_catalog.=) $1"
	" AND (t.name OPERATOR(pg_catalog.=) $5 OR (t.name IS NULL AND $5 IS NULL))"
	" AND t.status OPERATOR(pg_catalog.=) $6::connect.connection_status"
	" AND t.scopes OPERATOR(pg_catalog.=) $7",
	7, {TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID, TEXTOID, TEXTOID,
		TEXTARRAYOID},
	true, &connection_table
};

/* Its list of columns is made at the first use. */
static StoreQuery lock_connection = {NULL, 1, {TEXTOID}, true};

/* Returns the state that a value of type connect.connection_status names. */
int
connection_status(Datum value)
{
	static StoreLabels labels = {connection_states, CONNECTION_STATES};

	return store_label_number(&labels, value);
}

/* Returns the label of a state, or NULL where there is no row. */
const char *
connection_status_label(int status)
{
	return rules_state_label(&connection_life, status);
}

/* Fills the struct from a row; it points into the row's tuple. */
void
connection_from_row(void *row, const StoreRow *from)
{
	Connection *connection = row;

	CONNECTION_COLUMNS(STORE_COLUMN_READ, connection)
}

/* Reads the first row of a result.  Returns false if there is none. */
static bool
read_first(const StoreResult *result, Connection *connection)
{
	if (result->count == 0)
		return false;
	connection_from_row(connection, &result->rows[0]);
	return true;
}

/*
 * Reads the row with this unique key under the active snapshot.  Returns false
 * if there is none.
 */
static bool
find_by_key(StoreKey *key, const Datum *values, Connection *connection)
{
	StoreRow	row;

	if (!store_fetch(key, values, &row))
		return false;
	connection_from_row(connection, &row);
	return true;
}

/*
 * Reads a Connection by its id under the active snapshot.  Returns false if
 * there is none.
 */
bool
connection_find(text *id, Connection *connection)
{
	Datum		value = PointerGetDatum(id);

	return find_by_key(&connection_by_id, &value, connection);
}

/*
 * Reads a Connection by its id as it is now, waiting for whoever is changing
 * it, and holds it unchanged to the end of the transaction.  Returns false if
 * there is none.  Raises 40001 in a REPEATABLE READ or SERIALIZABLE transaction
 * if the row has changed since its snapshot.
 */
bool
connection_lock(text *id, Connection *connection)
{
	Datum		value = PointerGetDatum(id);
	StoreResult result;

	if (lock_connection.sql == NULL)
		lock_connection.sql =
			MemoryContextStrdup(TopMemoryContext,
								psprintf("SELECT %s FROM connect.connection"
										 " AS c WHERE c.id"
										 " OPERATOR(pg_catalog.=) $1"
										 " FOR SHARE",
										 store_select_list(&connection_table,
														   "c")));
	result = store_query(&lock_connection, &value, NULL);
	return read_first(&result, connection);
}

/* Returns the state that a Connection is in at this time. */
int
connection_effective_status(const Connection *connection, TimestampTz now)
{
	return connection->status;
}

/*
 * Reads the Connection of an ordered pair under the active snapshot.  Returns
 * false if there is none.
 */
bool
connection_find_pair(text *source, text *destination, Connection *connection)
{
	Datum		values[] = {PointerGetDatum(source),
		PointerGetDatum(destination)};

	return find_by_key(&connection_by_pair, values, connection);
}

/*
 * Inserts a Connection, which the guard fills in.  Waits for whoever is
 * inserting the same pair right now.  Returns false if the pair has a
 * Connection already, or if a trigger has suppressed the row.
 */
bool
connection_insert(const ConnectionWrite *write, text *source, text *destination,
				  text *name, ArrayType *scopes, Connection *connection)
{
	Datum		values[] = {
		PointerGetDatum(source),
		PointerGetDatum(destination),
		PointerGetDatum(name),
		PointerGetDatum(scopes)
	};
	char		nulls[] = {' ', ' ', name ? ' ' : 'n', scopes ? ' ' : 'n'};
	StoreResult result = store_query_marked(&insert_connection, values, nulls,
											&connection_table, write);

	return read_first(&result, connection);
}

/*
 * Gives a row that still equals old the name, status and scopes of changed.
 * Returns false if it does not equal old any more, or if a trigger has
 * suppressed the change.  Raises 40001 in a REPEATABLE READ or SERIALIZABLE
 * transaction if another session has changed the row.
 */
bool
connection_update(const ConnectionWrite *write, const Connection *old,
				  const Connection *changed, Connection *result)
{
	Datum		values[] = {
		PointerGetDatum(old->id),
		PointerGetDatum(changed->name),
		CStringGetTextDatum(connection_status_label(changed->status)),
		PointerGetDatum(changed->scopes),
		PointerGetDatum(old->name),
		CStringGetTextDatum(connection_status_label(old->status)),
		PointerGetDatum(old->scopes)
	};
	char		nulls[] = {
		' ', changed->name ? ' ' : 'n', ' ', ' ', old->name ? ' ' : 'n', ' ',
		' '
	};
	StoreResult rows = store_query_marked(&update_connection, values, nulls,
										  &connection_table, write);

	return read_first(&rows, result);
}
