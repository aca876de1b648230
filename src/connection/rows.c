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
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
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

/* The guard fills everything but the pair, name, scopes and terms. */
static StoreQuery insert_connection = {
	"INSERT INTO connect.connection AS t"
	" (source_organization_id, destination_organization_id, name, scopes,"
	" respond_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6)"
	" ON CONFLICT (source_organization_id, destination_organization_id)"
	" DO NOTHING",
	6, {TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID}, true, &connection_table
};

/*
 * Compare and set: it changes the row only if it still is what was decided
 * upon, which updated_at tells, for that ascends at each change.  Under READ
 * COMMITTED PostgreSQL asks again on the locked row.
 */
static StoreQuery update_connection = {
	"UPDATE connect.connection AS t"
	" SET name = $2, status = $3::connect.connection_status, scopes = $4,"
	" respond_by = $5, expires_at = $6"
	" WHERE t.id OPERATOR(pg_catalog.=) $1"
	" AND t.updated_at OPERATOR(pg_catalog.=) $7",
	7, {TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID, TIMESTAMPTZOID,
	TIMESTAMPTZOID, TIMESTAMPTZOID}, true, &connection_table
};

static StoreQuery lock_connection = {
	"SELECT FROM connect.connection AS t WHERE t.id OPERATOR(pg_catalog.=) $1"
	" FOR NO KEY UPDATE",
	1, {TEXTOID}, true
};

/* Its list of columns is made at the first use. */
static StoreQuery hold_connection = {NULL, 1, {TEXTOID}, true};

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

/* Returns the value of the status column for a state. */
Datum
connection_status_datum(int status)
{
	Oid			type = get_atttype(store_relation_id(&connection_table),
								   store_column(&connection_table,
												CONNECTION_STATUS));

	return DirectFunctionCall2(enum_in,
							   CStringGetDatum(connection_status_label(status)),
							   ObjectIdGetDatum(type));
}

/* Fills the struct from a row; it points into the row's tuple. */
void
connection_from_row(void *row, const StoreRow *from)
{
	Connection *connection = row;

	CONNECTION_COLUMNS(STORE_COLUMN_READ, connection)
}

/* Tells SPI whether a term is null in the table. */
static char
term_null(TimestampTz term)
{
	return term == DT_NOEND ? 'n' : ' ';
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
 * Locks the row of this id, if there is one, against changes by others to the
 * end of the transaction.
 */
void
connection_lock(text *id)
{
	Datum		value = PointerGetDatum(id);

	(void) store_query(&lock_connection, &value, NULL);
}

/*
 * Reads a Connection by its id as it is now, waiting for whoever is changing
 * it, and holds it unchanged to the end of the transaction.  Returns false if
 * there is none.  Raises 40001 in a REPEATABLE READ or SERIALIZABLE transaction
 * if the row has changed since its snapshot.
 */
bool
connection_hold(text *id, Connection *connection)
{
	Datum		value = PointerGetDatum(id);
	StoreResult result;

	if (hold_connection.sql == NULL)
		hold_connection.sql =
			MemoryContextStrdup(TopMemoryContext,
								psprintf("SELECT %s FROM connect.connection"
										 " AS c WHERE c.id"
										 " OPERATOR(pg_catalog.=) $1"
										 " FOR SHARE",
										 store_select_list(&connection_table,
														   "c")));
	result = store_query(&hold_connection, &value, NULL);
	return read_first(&result, connection);
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
 * Has an ordered pair a Connection that is committed, or our own?  For a writer
 * that inserts one if there is none: that finds out better, so SERIALIZABLE
 * keeps no track of this, and neighbours in the index are none of its business.
 */
bool
connection_has_pair(text *source, text *destination)
{
	Datum		values[] = {PointerGetDatum(source),
		PointerGetDatum(destination)};
	StoreScan	scan;
	bool		found;

	store_scan_begin_latest(&scan, &connection_by_pair, values);
	found = store_scan_next(&scan);
	store_scan_end(&scan);
	return found;
}

/*
 * Inserts a Connection, as the guard fills it.  Returns false if the pair has
 * one already, committed or not, or if a trigger has suppressed the row; waits
 * for whoever is inserting it right now.
 */
bool
connection_insert(const ConnectionWrite *write, const Connection *offer,
				  Connection *connection)
{
	Datum		values[] = {
		PointerGetDatum(offer->source),
		PointerGetDatum(offer->destination),
		PointerGetDatum(offer->name),
		PointerGetDatum(offer->scopes),
		TimestampTzGetDatum(offer->respond_by),
		TimestampTzGetDatum(offer->expires_at)
	};
	char		nulls[] = {
		' ', ' ', offer->name ? ' ' : 'n', offer->scopes ? ' ' : 'n',
		term_null(offer->respond_by), term_null(offer->expires_at)
	};
	StoreResult result = store_query_marked(&insert_connection, values, nulls,
											&connection_table, write);

	return read_first(&result, connection);
}

/*
 * Gives a row that is still the one of old the name, status, scopes and terms
 * of changed.  Returns false if it no longer is, or if a trigger has
 * suppressed the change; raises 40001 in the former case in a REPEATABLE READ
 * or SERIALIZABLE transaction.
 */
bool
connection_update(const ConnectionWrite *write, const Connection *old,
				  const Connection *changed, Connection *result)
{
	const char *status = connection_status_label(changed->status);
	Datum		values[] = {
		PointerGetDatum(old->id),
		PointerGetDatum(changed->name),
		CStringGetTextDatum(status),
		PointerGetDatum(changed->scopes),
		TimestampTzGetDatum(changed->respond_by),
		TimestampTzGetDatum(changed->expires_at),
		TimestampTzGetDatum(old->updated_at)
	};
	char		nulls[] = {
		' ', changed->name ? ' ' : 'n', ' ', ' ',
		term_null(changed->respond_by), term_null(changed->expires_at), ' '
	};
	StoreResult rows = store_query_marked(&update_connection, values, nulls,
										  &connection_table, write);

	return read_first(&rows, result);
}
