/*
 * transaction.c
 *		Whether a transaction is over, and seen to be, and waiting for that.
 *
 * A replica sees a transaction once it has replayed its commit; nothing tells
 * when, so it is asked again and again.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/transaction.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

/* How long to wait between two looks, in milliseconds. */
#define PAUSE 10

/* Ids further back than this are over, and their 32 bits are others' by now. */
#define FURTHEST_BACK (UINT64CONST(1) << 31)

/* Has this id been given to a transaction, as far as this server knows? */
bool
transaction_is_given(FullTransactionId transaction)
{
	return FullTransactionIdPrecedes(transaction,
									 ReadNextFullTransactionId());
}

/*
 * Does a snapshot that is taken now see this transaction, or that it was rolled
 * back?  One's own is seen.
 */
bool
transaction_is_seen(FullTransactionId transaction)
{
	TransactionId xid = XidFromFullTransactionId(transaction);
	Snapshot	snapshot = GetTransactionSnapshot();
	FullTransactionId next = ReadNextFullTransactionId();

	if (!FullTransactionIdPrecedes(transaction, next))
		return false;
	if (!TransactionIdIsNormal(xid) ||
		U64FromFullTransactionId(next) >=
		U64FromFullTransactionId(transaction) + FURTHEST_BACK ||
		TransactionIdIsCurrentTransactionId(xid))
		return true;
	return !XidInMVCCSnapshot(xid, snapshot);
}

/* Waits until a transaction is seen, or returns false after this time. */
bool
transaction_await(FullTransactionId transaction, int milliseconds)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(),
												  milliseconds);

	while (!transaction_is_seen(transaction))
	{
		if (GetCurrentTimestamp() >= end)
			return false;
		(void) WaitLatch(MyLatch,
						 WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, PAUSE,
						 PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	return true;
}
