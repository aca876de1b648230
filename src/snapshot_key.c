/*
 * snapshot_key.c
 *		What a snapshot can see, as a key for what was found under it.
 *
 * Two MVCC snapshots of one backend with equal keys see the same rows, however
 * much lies between them: with the same xmax the set of transactions in
 * progress below it can only shrink, so equal counts mean equal sets; in
 * recovery that set stands in subxip, hence both counts.  A transaction's own
 * changes are visible up to curcid.  What the fields do not tell, expires all
 * keys: the rollback of a subtransaction, the end of a transaction with an xid,
 * and a store table that was changed other than by rows (TRUNCATE, DDL).
 *
 * Invalidation messages alone would not do: a session that keeps an old
 * snapshot consumes the message and then finds the old row again.
 */
#include "postgres.h"

#include "access/xact.h"
#include "snapshot_key.h"
#include "utils/snapmgr.h"

static uint64 epoch = 1;
static uint64 transactions = 0;
static bool own_xid_seen = false;

/* Every key taken so far is of the past. */
void
snapshot_key_expire_all(void)
{
	epoch++;
}

/* How many transactions have ended in this backend: equal numbers mean the same transaction. */
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
end_subtransaction(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
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

/* Takes the key of the active snapshot; that of no snapshot if it is not an ordinary one. */
void
snapshot_key_take(SnapshotKey *key)
{
	Snapshot	snapshot = GetActiveSnapshot();

	memset(key, 0, sizeof(*key));
	if (snapshot->snapshot_type != SNAPSHOT_MVCC)
		return;
	key->epoch = epoch;
	key->xmin = snapshot->xmin;
	key->xmax = snapshot->xmax;
	key->xcnt = snapshot->xcnt;
	key->subxcnt = snapshot->subxcnt;
	key->suboverflowed = snapshot->suboverflowed;
	key->in_recovery = snapshot->takenDuringRecovery;
	key->own_xid = GetTopTransactionIdIfAny();
	if (TransactionIdIsValid(key->own_xid))
	{
		key->curcid = snapshot->curcid;
		own_xid_seen = true;
	}
}

/* Does the active snapshot see what the one saw that this key was taken of? */
bool
snapshot_key_is_current(const SnapshotKey *key)
{
	Snapshot	snapshot = GetActiveSnapshot();

	return key->epoch == epoch &&
		key->xmin == snapshot->xmin &&
		key->xmax == snapshot->xmax &&
		key->xcnt == snapshot->xcnt &&
		key->subxcnt == snapshot->subxcnt &&
		key->suboverflowed == snapshot->suboverflowed &&
		key->in_recovery == snapshot->takenDuringRecovery &&
		snapshot->snapshot_type == SNAPSHOT_MVCC &&
		key->own_xid == GetTopTransactionIdIfAny() &&
		(!TransactionIdIsValid(key->own_xid) || key->curcid == snapshot->curcid);
}
