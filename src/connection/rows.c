/*
 * rows.c
 *		Reading, inserting and updating one Connection.
 */
#include "postgres.h"

#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "store/store.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

/* The columns of connect.connection, in the order of the definition. */
#define CONNECTION_COLUMNS \
	"c.id, c.source_organization_id, c.destination_organization_id, c.name, c.status, " \
	"c.scopes, c.creator_id, c.creator_type, c.created_at, c.updated_at"

/* Everything but the pair, name and scopes is the guard's to fill. */
static StoreQuery insert_connection = {
	"INSERT INTO connect.connection AS c"
	" (source_organization_id, destination_organization_id, name, scopes)"
	" VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (source_organization_id, destination_organization_id) DO NOTHING"
	" RETURNING " CONNECTION_COLUMNS,
	4, {TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID}, true, NULL
};

/*
 * Compare and set: it changes the row only if it still is what was decided
 * upon.  Under READ COMMITTED PostgreSQL asks again on the locked row.
 */
static StoreQuery update_connection = {
	"UPDATE connect.connection AS c"
	" SET name = $2, status = $3::connect.connection_status, scopes = $4"
	" WHERE c.id OPERATOR(pg_catalog.=) $1"
	" AND (c.name OPERATOR(pg_catalog.=) $5 OR (c.name IS NULL AND $5 IS NULL))"
	" AND c.status OPERATOR(pg_catalog.=) $6::connect.connection_status"
	" AND c.scopes OPERATOR(pg_catalog.=) $7"
	" RETURNING " CONNECTION_COLUMNS,
	7, {TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID, TEXTOID, TEXTOID, TEXTARRAYOID}, true, NULL
};

/* The values of type connect.connection_status, by ConnectionStatus; learnt one by one. */
static Oid	status_values[CONNECTION_INACTIVE + 1];

/* A label has changed, or the type is another one. */
static void
forget_status_values(Datum arg, int cacheid, uint32 hash)
{
	memset(status_values, 0, sizeof(status_values));
}

/* Registers the callback by which PostgreSQL tells of changed enums; called once, at load. */
void
store_connection_init(void)
{
	CacheRegisterSyscacheCallback(ENUMOID, forget_status_values, (Datum) 0);
}

/* Returns the state that a value of type connect.connection_status names. */
ConnectionStatus
store_status_from_datum(Datum value)
{
	HeapTuple	tuple;
	ConnectionStatus status;

	for (int i = CONNECTION_PENDING; i <= CONNECTION_INACTIVE; i++)
	{
		if (status_values[i] == DatumGetObjectId(value))
			return (ConnectionStatus) i;
	}

	tuple = SearchSysCache1(ENUMOID, value);
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for enum value %u", DatumGetObjectId(value));
	status = connection_status_parse(NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel));
	ReleaseSysCache(tuple);
	status_values[status] = DatumGetObjectId(value);
	return status;
}

/* Fills the struct from a row in the order of CONNECTION_COLUMNS; it points into the row's tuple. */
void
store_connection_from_row(Connection *connection, const StoreRow *row)
{
#define TEXT_OR_NULL(column) (row->nulls[column] ? NULL : DatumGetTextPP(row->values[column]))
	connection->id = TEXT_OR_NULL(CONNECTION_ID);
	connection->source = TEXT_OR_NULL(CONNECTION_SOURCE);
	connection->destination = TEXT_OR_NULL(CONNECTION_DESTINATION);
	connection->name = TEXT_OR_NULL(CONNECTION_NAME);
	connection->status = row->nulls[CONNECTION_STATUS] ? CONNECTION_NONE :
		store_status_from_datum(row->values[CONNECTION_STATUS]);
	connection->scopes = row->nulls[CONNECTION_SCOPES] ? NULL :
		DatumGetArrayTypeP(row->values[CONNECTION_SCOPES]);
	connection->creator_id = TEXT_OR_NULL(CONNECTION_CREATOR_ID);
	connection->creator_type = TEXT_OR_NULL(CONNECTION_CREATOR_TYPE);
	connection->created_at = row->nulls[CONNECTION_CREATED_AT] ? DT_NOBEGIN :
		DatumGetTimestampTz(row->values[CONNECTION_CREATED_AT]);
	connection->updated_at = row->nulls[CONNECTION_UPDATED_AT] ? DT_NOBEGIN :
		DatumGetTimestampTz(row->values[CONNECTION_UPDATED_AT]);
#undef TEXT_OR_NULL
}

/* Reads a Connection by id under the active snapshot; false if there is none. */
bool
store_find_connection(text *id, Connection *connection)
{
	Datum		key = PointerGetDatum(id);
	StoreRow	row;

	if (!store_fetch(STORE_KEY_CONNECTION_ID, &key, &row))
		return false;
	store_connection_from_row(connection, &row);
	return true;
}

/* Reads the Connection of an ordered pair under the active snapshot; false if there is none. */
bool
store_find_pair(text *source, text *destination, Connection *connection)
{
	Datum		key[] = {PointerGetDatum(source), PointerGetDatum(destination)};
	StoreRow	row;

	if (!store_fetch(STORE_KEY_CONNECTION_PAIR, key, &row))
		return false;
	store_connection_from_row(connection, &row);
	return true;
}

/* Returns the first row of a result as a Connection; false if there is none. */
static bool
first_connection(StoreResult result, Connection *connection)
{
	if (result.count == 0)
		return false;
	store_connection_from_row(connection, &result.rows[0]);
	return true;
}

/*
 * Inserts a Connection, as the guard fills it.  Returns false if the pair has
 * one already, committed or not; waits for whoever is inserting it right now.
 */
bool
store_insert_connection(const StoreWrite *write, text *source, text *destination,
						text *name, ArrayType *scopes, Connection *connection)
{
	Datum		values[] = {PointerGetDatum(source), PointerGetDatum(destination),
	PointerGetDatum(name), PointerGetDatum(scopes)};
	char		nulls[] = {' ', ' ', name ? ' ' : 'n', scopes ? ' ' : 'n'};

	return first_connection(store_query_for(&insert_connection, values, nulls, write), connection);
}

/*
 * Gives a row that still equals old the name, status and scopes of changed.
 * Returns false if it no longer does; raises 40001 then in a REPEATABLE READ
 * or SERIALIZABLE transaction.
 */
bool
store_update_connection(const StoreWrite *write, const Connection *old,
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
	char		nulls[] = {' ', changed->name ? ' ' : 'n', ' ', ' ', old->name ? ' ' : 'n', ' ', ' '};

	return first_connection(store_query_for(&update_connection, values, nulls, write), result);
}
