/*
 * api.c
 *		What a DBA calls from SQL for the HTTP interface.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "http/stored_answer.h"
#include "utils/fmgrprotos.h"

PG_FUNCTION_INFO_V1(connect_prune_idempotency);

Datum
connect_prune_idempotency(PG_FUNCTION_ARGS)
{
	Interval   *older_than;

	argument_require(fcinfo, 0, "older_than");
	older_than = PG_GETARG_INTERVAL_P(0);
	if (DatumGetInt32(DirectFunctionCall2(interval_cmp,
										  IntervalPGetDatum(older_than),
										  IntervalPGetDatum(&(Interval) {0}))) <
		0)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "older_than"),
				 blame_argument("older_than"),
				 errdetail("\"older_than\" must not be negative.")));
	PG_RETURN_INT64(stored_answer_prune(older_than));
}
