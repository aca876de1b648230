/*
 * snapshot_key.c
 *		What a snapshot can see, as a number to keep beside what was found
 *		under it.
 *
 * The number stays as long as the active snapshot is one that sees the same
 * rows.  Two MVCC snapshots of one backend do, however much lies between them,
 * if the fields of Sight are equal: with the same xmax the set of transactions
 * in progress below it can only shrink, so equal counts mean equal sets; in
 * recovery that set stands in subxip, hence both counts.  A transaction's own
 * changes are visible up to curcid.  A SERIALIZABLE transaction has to read for
 * itself what it relies on, so it has numbers of its own.  What the fields do
 * not tell, expires all numbers: the rollback of a subtransaction, the end of
 * a transaction with an xid, and a store table that was changed other than by
 * rows (TRUNCATE, DDL).
 *
 * Invalidation messages alone would not do: a session that keeps an old
 * snapshot consumes the message and then finds the old row again.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/snapshot_key.h"
#include "utils/snapmgr.h"

/* What decides on which rows an MVCC snapshot sees. */
typedef struct Sight
{
	TransactionId xmin;
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	bool		suboverflowed;
	bool		in_recovery;
	TransactionId own_xid;
	CommandId	curcid;			/* 0 without an own xid */
	uint64		transaction;	/* 0 unless SERIALIZABLE */
} Sight;

static Sight last_sight;
/* the number of last_sight, if it is one */
static uint64 last_key = SNAPSHOT_KEY_NONE;
static uint64 keys_given = SNAPSHOT_KEY_NONE;

static uint64 transactions = 0;
static bool own_xid_seen = false;

/* Every number given so far is of the past. */
void
snapshot_key_expire_all(void)
{
	last_key = SNAPSHOT_KEY_NONE;
}

/*
 * How many transactions have ended in this backend: equal numbers mean the
 * same transaction.
 */
uint64
snapshot_key_transactions(void)
{
	return transactions;
}

static void
end_transaction(XactEvent event, void *arg)
{
	switch (event)
	{
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_PARALLEL_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PARALLEL_ABORT:
		case XACT_EVENT_PREPARE:
			transactions++;
			if (own_xid_seen)
				snapshot_key_expire_all();
			own_xid_seen = false;
			break;
		default:
			break;
	}
}

static void
end_subtransaction(SubXactEvent event, SubTransactionId mine,
				   SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		snapshot_key_expire_all();
}

/* Registers for the ends of transactions; called once, at load. */
void
snapshot_key_init(void)
{
	RegisterXactCallback(end_transaction, NULL);
	RegisterSubXactCallback(end_subtransaction, NULL);
}

/*
 * Returns the number of the active snapshot; SNAPSHOT_KEY_NONE if it is not an
 * ordinary one.
 */
uint64
snapshot_key_current(void)
{
	Snapshot	snapshot = GetActiveSnapshot();
	TransactionId own_xid = GetTopTransactionIdIfAny();
	CommandId	curcid = TransactionIdIsValid(own_xid) ? snapshot->curcid : 0;
	uint64		transaction = IsolationIsSerializable() ? transactions + 1 : 0;

	if (snapshot->snapshot_type != SNAPSHOT_MVCC)
		return SNAPSHOT_KEY_NONE;
	if (last_key != SNAPSHOT_KEY_NONE &&
		last_sight.xmin == snapshot->xmin &&
		last_sight.xmax == snapshot->xmax &&
		last_sight.xcnt == snapshot->xcnt &&
		last_sight.subxcnt == snapshot->subxcnt &&
		last_sight.suboverflowed == snapshot->suboverflowed &&
		last_sight.in_recovery == snapshot->takenDuringRecovery &&
		last_sight.own_xid == own_xid &&
		last_sight.curcid == curcid &&
		last_sight.transaction == transaction)
		return last_key;

	last_sight.xmin = snapshot->xmin;
	last_sight.xmax = snapshot->xmax;
	last_sight.xcnt = snapshot->xcnt;
	last_sight.subxcnt = snapshot->subxcnt;
	last_sight.suboverflowed = snapshot->suboverflowed;
	last_sight.in_recovery = snapshot->takenDuringRecovery;
	last_sight.own_xid = own_xid;
	last_sight.curcid = curcid;
	last_sight.transaction = transaction;
	own_xid_seen |= TransactionIdIsValid(own_xid);
	last_key = ++keys_given;
	return last_key;
}
