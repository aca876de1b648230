/*
 * rows.c
 *		What the gate reads of Connections: status and scopes, of one pair
 *		or of all pairs of a destination, and the lock that holds a
 *		Connection unchanged.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "gate/rows.h"
#include "store/statement.h"
#include "utils/builtins.h"

static StoreQuery lock_pair = {
	"SELECT c.status, c.scopes FROM connect.connection AS c"
	" WHERE c.source_organization_id OPERATOR(pg_catalog.=) $1"
	" AND c.destination_organization_id OPERATOR(pg_catalog.=) $2"
	" FOR SHARE",
	2, {TEXTOID, TEXTOID}, true
};

/*
 * Takes status and scopes from the row that a scan has reached.  *scopes points
 * into the row, or is a copy that scan->detoasted notes.
 */
static void
read_grant(StoreScan *scan, int *status, ArrayType **scopes)
{
	bool		null;
	Datum		value = store_scan_column(scan, CONNECTION_STATUS, &null);

	*status = null ? CONNECTION_NONE : connection_status(value);
	value = store_scan_column(scan, CONNECTION_SCOPES, &null);
	*scopes = null ? NULL : DatumGetArrayTypeP(value);
	scan->detoasted = (Pointer) *scopes != DatumGetPointer(value) ?
		*scopes : NULL;
}

/*
 * Reads status and scopes of a pair's Connection under the active snapshot,
 * without the executor.  Returns false if there is none; otherwise *scopes is a
 * copy in the current memory context.
 */
bool
gate_read_pair(const text *source, const text *destination,
				int *status, ArrayType **scopes)
{
	Datum		keys[] = {PointerGetDatum(source),
		PointerGetDatum(destination)};
	StoreScan	scan;
	bool		found;

	store_scan_begin(&scan, &connection_by_pair, keys);
	found = store_scan_next(&scan);
	if (found)
	{
		read_grant(&scan, status, scopes);
		if (*scopes != NULL && scan.detoasted == NULL)
			*scopes = (ArrayType *) memcpy(palloc(VARSIZE(*scopes)), *scopes,
										   VARSIZE(*scopes));
	}
	store_scan_end(&scan);
	return found;
}

/*
 * Reads the same as it is now, waiting for whoever is changing it, and holds
 * the row unchanged to the end of the transaction.  Raises 40001 in a
 * REPEATABLE READ or SERIALIZABLE transaction if the row has changed since its
 * snapshot.
 */
bool
gate_lock_pair(text *source, text *destination, int *status, ArrayType **scopes)
{
	Datum		values[] = {PointerGetDatum(source),
		PointerGetDatum(destination)};
	StoreResult result = store_query(&lock_pair, values, NULL);

	if (result.count == 0)
		return false;
	*status = connection_status(result.rows[0].values[0]);
	*scopes = DatumGetArrayTypeP(result.rows[0].values[1]);
	return true;
}

/*
 * Begins to read those of a destination's Connections whose id is above after.
 * They come in the order of their ids if scan->ordered is true.
 */
void
gate_destination_begin(StoreScan *scan, const text *destination,
					   const text *after)
{
	Datum		keys[] = {PointerGetDatum(destination), PointerGetDatum(after)};

	store_scan_begin(scan, &connection_by_destination, keys);
}

/*
 * Reads the id, source, status and scopes of the next one, which are valid
 * until the next call.  Returns false after the last.
 */
bool
gate_destination_next(StoreScan *scan, Connection *connection)
{
	bool		null;

	if (scan->detoasted != NULL)
		pfree(scan->detoasted);
	scan->detoasted = NULL;
	if (!store_scan_next(scan))
		return false;
	memset(connection, 0, sizeof(*connection));
	connection->id =
		DatumGetTextPP(store_scan_column(scan, CONNECTION_ID, &null));
	connection->source =
		DatumGetTextPP(store_scan_column(scan, CONNECTION_SOURCE, &null));
	read_grant(scan, &connection->status, &connection->scopes);
	return true;
}
