/*
 * api.c
 *		SQL functions beside the HTTP handlers: what a DBA calls for them, and
 *		what a reader on a replica needs too.
 */
#include "postgres.h"

#include "access/xact.h"
#include "access/xlog.h"
#include "base/arguments.h"
#include "base/transaction.h"
#include "http/stored_answer.h"
#include "utils/fmgrprotos.h"
#include "utils/xid8.h"

PG_FUNCTION_INFO_V1(connect_prune_idempotency);
PG_FUNCTION_INFO_V1(connect_wait_for_transaction);

/* The longest that wait_for_transaction() may wait, in microseconds. */
#define LONGEST_WAIT (60 * USECS_PER_SEC)

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

/* Returns a time to wait in milliseconds, or raises parameter_invalid. */
static int
require_timeout(const Interval *timeout)
{
	bool		fixed = timeout->month == 0 && timeout->day == 0;

	if (!fixed || timeout->time < 0 || timeout->time > LONGEST_WAIT)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "timeout"),
				 blame_argument("timeout"),
				 errdetail("\"timeout\" must be from 0 to 60 seconds.")));
	return (int) (timeout->time / 1000);
}

/*
 * Waits, on a replica, until a transaction is visible; on a primary it only
 * looks.
 */
Datum
connect_wait_for_transaction(PG_FUNCTION_ARGS)
{
	FullTransactionId transaction;
	int			timeout;

	argument_require(fcinfo, 0, "transaction_id");
	argument_require(fcinfo, 1, "timeout");
	transaction = PG_GETARG_FULLTRANSACTIONID(0);
	timeout = require_timeout(PG_GETARG_INTERVAL_P(1));
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(connect_error(ERROR_SNAPSHOT_FIXED),
				 errdetail("This transaction sees what was there when it took "
						   "its snapshot, however long it waits."),
				 errhint("Wait in a transaction of its own, or under READ "
						 "COMMITTED.")));
	if (RecoveryInProgress())
		PG_RETURN_BOOL(transaction_await(transaction, timeout));
	if (!transaction_is_given(transaction))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "transaction_id"),
				 blame_argument("transaction_id"),
				 errdetail("Transaction " UINT64_FORMAT " has not begun on "
						   "this primary.",
						   U64FromFullTransactionId(transaction))));
	PG_RETURN_BOOL(transaction_is_seen(transaction));
}
