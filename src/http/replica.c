/*
 * replica.c
 *		Reading what a transaction has written, wherever one reads.
 *
 * An answer to a write names its transaction; a request that reads may name it,
 * and on a replica waits until it is there.  Few may wait at a time, for each
 * keeps one of PostgREST's sessions.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "base/transaction.h"
#include "common/hashfn.h"
#include "http/replica.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

/* How long a request waits, in milliseconds, and how many may at a time. */
#define PATIENCE 5000
#define PLACES 2

/* The first keys of the advisory locks by which these are counted. */
#define PLACE_LOCKS 0x636f6e6f
#define ORGANIZATION_LOCKS 0x636f6e70

/*
 * Takes an advisory lock to the end of the transaction; false if another has
 * it.
 */
static bool
take_lock(int32 kind, int32 key)
{
	return DatumGetBool(DirectFunctionCall2(pg_try_advisory_xact_lock_int4,
											Int32GetDatum(kind),
											Int32GetDatum(key)));
}

/* Takes a place to wait in; returns false if there is none. */
static bool
take_place(const text *organization)
{
	uint32		hash = hash_bytes((const unsigned char *)
								  VARDATA_ANY(organization),
								  VARSIZE_ANY_EXHDR(organization));

	if (!take_lock(ORGANIZATION_LOCKS, (int32) hash))
		return false;
	for (int32 i = 0; i < PLACES; i++)
	{
		if (take_lock(PLACE_LOCKS, i))
			return true;
	}
	return false;
}

/* Returns the transaction that a request names, or raises parameter_invalid. */
static FullTransactionId
require_transaction(const HttpRequest *request)
{
	const char *text = request->transaction;
	char	   *end;
	uint64		value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
		(!RecoveryInProgress() &&
		 !transaction_is_given(FullTransactionIdFromU64(value))))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID,
								  "Connect-Transaction"),
				 blame_header("Connect-Transaction"),
				 errdetail("\"%s\" is no transaction of this database.",
						   error_excerpt(text, strlen(text)))));
	return FullTransactionIdFromU64(value);
}

/*
 * Returns once the transaction that a request names is seen by new snapshots.
 * Raises parameter_invalid for what names none, unavailable if it does not come
 * in time, or if others are waiting already.
 */
void
replica_await(const HttpRequest *request, const text *organization)
{
	FullTransactionId transaction = require_transaction(request);

	if (!RecoveryInProgress() || transaction_is_seen(transaction))
		return;
	if (!take_place(organization))
		ereport(ERROR,
				(connect_error(ERROR_UNAVAILABLE),
				 errdetail("Other requests are waiting for transactions.")));
	if (!transaction_await(transaction, PATIENCE))
		ereport(ERROR,
				(connect_error(ERROR_UNAVAILABLE),
				 errdetail("Transaction %s is not yet here.",
						   request->transaction)));
}
