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
#include "utils/snapmgr.h"

static StoreQuery lock_pair = {
	"SELECT c.id FROM connect.connection AS c"
	" WHERE c.source_organization_id OPERATOR(pg_catalog.=) $1"
	" AND c.destination_organization_id OPERATOR(pg_catalog.=) $2"
	" FOR SHARE",
	2, {TEXTOID, TEXTOID}, true
};

/* Reads a term of the row that a scan has reached. */
static TimestampTz
read_term(StoreScan *scan, int column)
{
	bool		null;
	Datum		value = store_scan_column(scan, column, &null);

	return null ? TERM_NEVER : DatumGetTimestampTz(value);
}

/*
 * Takes what decides from the row that a scan has reached.  The scopes point
 * into the row, or are a copy that scan->detoasted notes.
 */
static void
read_grant(StoreScan *scan, Grant *grant)
{
	bool		null;
	Datum		value = store_scan_column(scan, CONNECTION_STATUS, &null);

	grant->status = null ? CONNECTION_NONE : connection_status(value);
	grant->ends = terms_end_or_ended(grant->status,
									 read_term(scan, CONNECTION_RESPOND_BY),
									 read_term(scan, CONNECTION_EXPIRES_AT));
	value = store_scan_column(scan, CONNECTION_SCOPES, &null);
	grant->scopes = null ? NULL : DatumGetArrayTypeP(value);
	scan->detoasted = (Pointer) grant->scopes != DatumGetPointer(value) ?
		grant->scopes : NULL;
}

/*
 * Reads what a pair's Connection grants under the active snapshot, without the
 * executor.  Returns false if there is none; otherwise the scopes are a copy in
 * the current memory context.
 */
bool
gate_read_pair(const text *source, const text *destination, Grant *grant)
{
	Datum		keys[] = {PointerGetDatum(source),
		PointerGetDatum(destination)};
	StoreScan	scan;
	bool		found;

	store_scan_begin(&scan, &connection_by_pair, keys);
	found = store_scan_next(&scan);
	if (found)
	{
		read_grant(&scan, grant);
		if (grant->scopes != NULL && scan.detoasted == NULL)
			grant->scopes = (ArrayType *)
				memcpy(palloc(VARSIZE(grant->scopes)), grant->scopes,
					   VARSIZE(grant->scopes));
	}
	store_scan_end(&scan);
	return found;
}

/*
 * Reads a pair's Connection as it is now, waiting for whoever is changing it,
 * and holds the row unchanged to the end of the transaction.  Raises 40001 in a
 * REPEATABLE READ or SERIALIZABLE transaction if the row has changed since its
 * snapshot.
 */
bool
gate_lock_pair(text *source, text *destination, Connection *connection)
{
	Datum		values[] = {PointerGetDatum(source),
		PointerGetDatum(destination)};
	bool		found;

	if (store_query(&lock_pair, values, NULL).count == 0)
		return false;
	PushActiveSnapshot(GetTransactionSnapshot());
	found = connection_find_pair(source, destination, connection);
	PopActiveSnapshot();
	return found;
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
 * Reads the id, the source and the grant of the next one, which are valid until
 * the next call.  Returns false after the last.
 */
bool
gate_destination_next(StoreScan *scan, GrantedSource *next)
{
	bool		null;

	if (scan->detoasted != NULL)
		pfree(scan->detoasted);
	scan->detoasted = NULL;
	if (!store_scan_next(scan))
		return false;
	next->id = DatumGetTextPP(store_scan_column(scan, CONNECTION_ID, &null));
	next->source =
		DatumGetTextPP(store_scan_column(scan, CONNECTION_SOURCE, &null));
	read_grant(scan, &next->grant);
	return true;
}
