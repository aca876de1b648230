/*
 * terms_api.c
 *		Terms, from SQL: the status of a row by the clock, and recording what has
 *		passed.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/arguments.h"
#include "catalog/pg_type.h"
#include "connection/terms.h"
#include "executor/executor.h"
#include "store/statement.h"
#include "utils/lsyscache.h"

PG_FUNCTION_INFO_V1(connect_effective_status);

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
	HeapTupleHeader row = PG_GETARG_HEAPTUPLEHEADER(0);
	AttrNumber	attnum;
	bool		null;
	Datum		value;
	int			status;

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
