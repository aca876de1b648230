/*
 * api.c
 *		What a DBA calls from SQL for the HTTP interface.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "http/stored_answer.h"
#include "utils/fmgrprotos.h"

PG_FUNCTION_INFO_V1(connect_prune_idempotency);

/* How long ago a stored answer may be, so that the time can be told. */
#define MAX_YEARS 5000

/*
 * Returns the age that is the first argument; raises parameter_missing, or
 * parameter_invalid for what cannot be one.
 */
static Interval *
get_age(FunctionCallInfo fcinfo)
{
	Interval   *age;
	Interval	zero = {0};
	Interval	limit = {.month = MAX_YEARS * MONTHS_PER_YEAR};

	argument_require(fcinfo, 0, "older_than");
	age = PG_GETARG_INTERVAL_P(0);
	if (DatumGetInt32(DirectFunctionCall2(interval_cmp, IntervalPGetDatum(age),
										  IntervalPGetDatum(&zero))) < 0)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "older_than"),
				 blame_argument("older_than"),
				 errdetail("\"older_than\" must not be negative.")));
	if (DatumGetInt32(DirectFunctionCall2(interval_cmp, IntervalPGetDatum(age),
										  IntervalPGetDatum(&limit))) > 0)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "older_than"),
				 blame_argument("older_than"),
				 errdetail("\"older_than\" must be at most %d years.",
						   MAX_YEARS)));
	return age;
}

Datum
connect_prune_idempotency(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(stored_answer_prune(get_age(fcinfo)));
}
