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
#include "connection/terms.h"
#include "executor/executor.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_effective_status);
PG_FUNCTION_INFO_V1(connect_expire_due);

static StoreQuery record_due =
TERMS_RECORD_DUE("open_term", "connection",
				 "c.status OPERATOR(pg_catalog.<>) 'inactive'"
				 " AND " TERMS_END_SQL " OPERATOR(pg_catalog.<=) $1");

/* What ends by itself too, through Connections; NULL for nothing. */
static RecordDue record_others = NULL;

/* Has expire_due() record other things too; called once, at load. */
void
terms_register_due(RecordDue record)
{
	record_others = record;
}

/*
 * Runs such a statement, with what the writes to the table mean.  Returns how
 * many rows it has recorded.
 */
uint64
terms_record_due(StoreQuery *query, uint64 max_rows, StoreTable *table,
				 const void *meaning)
{
	Datum		values[] = {
		TimestampTzGetDatum(GetCurrentTimestamp()),
		Int64GetDatum((int64) max_rows)
	};
	uint64		count;

	PushActiveSnapshot(GetTransactionSnapshot());
	count = store_query_marked(query, values, NULL, table, meaning).count;
	PopActiveSnapshot();
	return count;
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
	uint64		count;

	if (max_rows < 1)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "max_rows"),
				 blame_argument("max_rows"),
				 errdetail("\"max_rows\" must be at least 1.")));
	count = terms_record_due(&record_due, max_rows, &connection_table, &write);
	if (record_others != NULL && count < max_rows)
		count += record_others(max_rows - count);
	PG_RETURN_INT64((int64) count);
}
