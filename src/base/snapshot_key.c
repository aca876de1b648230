/*
 * snapshot_key.c
 *		Numbers what a snapshot can see.  Whoever remembers something that
 *		was found under a snapshot keeps the snapshot's number beside it.
 *
 * The number stays the same as long as the active snapshot sees the same rows.
 * Two MVCC snapshots of one backend do, however much time lies between them, if
 * all fields of Sight are equal:
 *   * A snapshot sees what the transactions below its xmax have committed,
 *     except those that were still running when it was taken.  Every id below
 *     xmax has been given by then, so the set of running transactions below the
 *     same xmax can only shrink.  Hence equal counts mean equal sets.  In
 *     recovery that set is kept in subxip, so both counts are compared.
 *   * A transaction sees its own changes up to curcid.
 *   * A SERIALIZABLE transaction must itself read whatever it relies on, or
 *     PostgreSQL could not detect its conflicts.  So each has numbers of its
 *     own.
 *
 * Some things change what can be seen, although these fields stay the same.
 * They expire all numbers: the rollback of a subtransaction, the end of a
 * transaction that had an xid, a change of one of the store's tables other than
 * by rows, such as TRUNCATE or DDL (table.c), and a change of roles (known.c).
 *
 * It would not be enough to forget when an invalidation message arrives.  A
 * session that still uses an old snapshot would take the message, forget, and
 * then find the old row again and remember it for the snapshots that follow.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/snapshot_key.h"
#include "utils/snapmgr.h"

/*
 * A field more in a snapshot could decide what it sees.  So the size of what is
 * known stands here: 18 dropped two fields, and neither was one of Sight's.
 */
#if SIZEOF_VOID_P == 8
StaticAssertDecl(sizeof(SnapshotData) == (PG_VERSION_NUM >= 180000 ? 104 : 120),
				 "what decides what a snapshot sees must be looked at");
#endif

/* What decides which rows an MVCC snapshot sees. */
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
/* The number of last_sight, or SNAPSHOT_KEY_NONE if it has expired. */
static uint64 last_key = SNAPSHOT_KEY_NONE;
static uint64 keys_given = SNAPSHOT_KEY_NONE;

static uint64 transactions = 0;
static bool own_xid_seen = false;

/*
 * Expires every number given so far: no snapshot will have one of them again.
 */
void
snapshot_key_expire_all(void)
{
	last_key = SNAPSHOT_KEY_NONE;
}

/*
 * Returns how many transactions have ended in this backend.  Two calls that
 * return the same were made in the same transaction.
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

/*
 * Asks to be told of the ends of transactions and subtransactions; called once,
 * at load.
 */
void
snapshot_key_init(void)
{
	RegisterXactCallback(end_transaction, NULL);
	RegisterSubXactCallback(end_subtransaction, NULL);
}

/*
 * Returns the number of the active snapshot.  One that is not an ordinary MVCC
 * snapshot gets another number each time.
 */
uint64
snapshot_key_current(void)
{
	Snapshot	snapshot = GetActiveSnapshot();
	TransactionId own_xid = GetTopTransactionIdIfAny();
	CommandId	curcid = TransactionIdIsValid(own_xid) ? snapshot->curcid : 0;
	uint64		transaction = IsolationIsSerializable() ? transactions + 1 : 0;

	if (snapshot->snapshot_type != SNAPSHOT_MVCC)
	{
		last_key = SNAPSHOT_KEY_NONE;
		return ++keys_given;
	}
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
