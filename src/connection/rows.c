/*
 * rows.c
 *		Reading, inserting and updating one Connection.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "connection/rows.h"
#include "store/insert.h"
#include "store/label.h"
#include "store/lock.h"
#include "store/update.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#define STORE_VALUE_STATE(datum) connection_status(datum)
#define STORE_DATUM_STATE(value) connection_status_datum(value)

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

/* The guard fills in all other columns. */
static StoreInsert insert_connection = {
	&connection_table,
	STORE_BIT(CONNECTION_SOURCE) | STORE_BIT(CONNECTION_DESTINATION) |
	STORE_BIT(CONNECTION_NAME) | STORE_BIT(CONNECTION_STATUS) |
	STORE_BIT(CONNECTION_SCOPES) | STORE_BIT(CONNECTION_RESPOND_BY) |
	STORE_BIT(CONNECTION_EXPIRES_AT),
	&connection_by_pair
};

/*
 * Compare and set: it changes the row only if it still is what was decided
 * upon, which updated_at tells, for that ascends at each change.
 */
static StoreUpdate update_connection = {
	&connection_by_id, CONNECTION_UPDATED_AT,
	STORE_BIT(CONNECTION_NAME) | STORE_BIT(CONNECTION_STATUS) |
	STORE_BIT(CONNECTION_SCOPES) | STORE_BIT(CONNECTION_RESPOND_BY) |
	STORE_BIT(CONNECTION_EXPIRES_AT)
};

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
	(void) store_hold(&connection_by_id, PointerGetDatum(id),
					  LockTupleNoKeyExclusive, NULL);
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
	StoreRow	row;

	if (!store_hold(&connection_by_id, PointerGetDatum(id), LockTupleShare,
					&row))
		return false;
	connection_from_row(connection, &row);
	return true;
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
 * Inserts a Connection, as the guard fills it, under a new snapshot.  Returns
 * false if the pair has one already, committed or not, or if a trigger has
 * suppressed the row; waits for whoever is inserting it right now.
 */
bool
connection_insert(const ConnectionWrite *write, const Connection *offer,
				  Connection *connection)
{
	StoreRow	row;
	StoreRow   *to = &row;
	StoreRow	stored;
	bool		inserted;

	CONNECTION_COLUMNS(STORE_COLUMN_WRITE, offer)
	row.nulls[CONNECTION_SCOPES] = offer->scopes == NULL;
	store_push_snapshot();
	inserted = store_insert(&insert_connection, &row, write, &stored);
	PopActiveSnapshot();
	if (inserted)
		connection_from_row(connection, &stored);
	return inserted;
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
	Datum		id = PointerGetDatum(old->id);
	StoreRow	row;
	StoreRow   *to = &row;
	StoreRow	stored;

	CONNECTION_COLUMNS(STORE_COLUMN_WRITE, changed)
	if (!store_update(&update_connection, id,
					  TimestampTzGetDatum(old->updated_at), &row, write,
					  &stored))
		return false;
	connection_from_row(result, &stored);
	return true;
}
