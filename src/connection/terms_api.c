/*
 * terms_api.c
 *		Terms, from SQL: the status of a row by the clock, and recording what
 *		has passed.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/arguments.h"
#include "catalog/pg_type.h"
#include "connection/change.h"
#include "connection/open.h"
#include "connection/terms.h"
#include "executor/executor.h"
#include "store/statement.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_effective_status);
PG_FUNCTION_INFO_V1(connect_expire_due);

/* Has row c ended at the time $1, without saying so? */
#define IS_DUE "c.status OPERATOR(pg_catalog.<>) 'inactive'" \
	" AND " TERMS_END_SQL " OPERATOR(pg_catalog.<=) $1"

/*
 * Says of at most $2 rows that have ended at the time $1 that they have: any
 * write to a row does.  Those that others hold are passed by, and do not count.
 * So this never waits for a row, and no order of locking can make a deadlock.
 */
static StoreQuery expire_due = {
	"WITH due AS MATERIALIZED ("
	" SELECT c.id FROM connect.open_term AS o, connect.connection AS c"
	" WHERE o.ends_at OPERATOR(pg_catalog.<=) $1 AND " IS_DUE
	" AND c.id OPERATOR(pg_catalog.=) o.id"
	" ORDER BY o.ends_at, o.id LIMIT $2 FOR UPDATE OF c SKIP LOCKED)"
	" UPDATE connect.connection AS c SET status = c.status"
	" WHERE c.id OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT d.id FROM due AS d))",
	.nargs = 2,
	.types = {TIMESTAMPTZOID, INT8OID},
	.writes = true
};

/* What ends by itself too, through Connections; NULL for nothing. */
static RecordDue record_others = NULL;

/* Has expire_due() record other things too; called once, at load. */
void
terms_register_due(RecordDue record)
{
	record_others = record;
}

/* Raises parameter_invalid for a row that is not one of connect.connection. */
static void
require_connection_row(HeapTupleHeader row)
{
	Oid			type = HeapTupleHeaderGetTypeId(row);

	if (get_typ_typrelid(type) != store_relation_id(&connection_table))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "connection"),
				 blame_argument("connection"),
				 errdetail("\"connection\" must be a row of "
						   "connect.connection."),
				 errhint("Call it as connect.effective_status(c), where c is "
						 "the table or its alias.")));
}

/* Returns a term of a row. */
static TimestampTz
row_term(HeapTupleHeader row, int column)
{
	AttrNumber	attnum = store_column(&connection_table, column);
	bool		null = true;
	Datum		value = (Datum) 0;

	if (attnum != InvalidAttrNumber)
		value = GetAttributeByNum(row, attnum, &null);
	return null ? TERM_NEVER : DatumGetTimestampTz(value);
}

Datum
connect_effective_status(PG_FUNCTION_ARGS)
{
	HeapTupleHeader row;
	AttrNumber	attnum;
	bool		null;
	Datum		value;
	int			status;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	row = PG_GETARG_HEAPTUPLEHEADER(0);
	require_connection_row(row);
	attnum = store_column(&connection_table, CONNECTION_STATUS);
	value = GetAttributeByNum(row, attnum, &null);
	if (null)
		PG_RETURN_NULL();
	status = connection_status(value);
	if (terms_end(status, row_term(row, CONNECTION_RESPOND_BY),
				  row_term(row, CONNECTION_EXPIRES_AT)) >
		terms_reading_clock())
		PG_RETURN_DATUM(value);
	PG_RETURN_DATUM(connection_status_datum(CONNECTION_INACTIVE));
}

Datum
connect_expire_due(PG_FUNCTION_ARGS)
{
	Principal	owner = {.kind = PRINCIPAL_OWNER};
	ConnectionWrite write = {.principal = &owner};
	int			max_rows = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT32(0);
	Datum		values[2];
	uint64		count;

	if (max_rows < 1)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "max_rows"),
				 blame_argument("max_rows"),
				 errdetail("\"max_rows\" must be at least 1.")));
	values[0] = TimestampTzGetDatum(GetCurrentTimestamp());
	values[1] = Int64GetDatum(max_rows);
	PushActiveSnapshot(GetTransactionSnapshot());
	count = store_query_marked(&expire_due, values, NULL, &connection_table,
							   &write).count;
	PopActiveSnapshot();
	if (record_others != NULL && count < max_rows)
		count += record_others(max_rows - count);
	PG_RETURN_INT64((int64) count);
}
