/*
 * lock.c
 *		Locking single rows without a plan, as SELECT FOR UPDATE and its kind
 *		do.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "base/text.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "store/lock.h"
#include "store/statement.h"
#include "utils/snapmgr.h"

/*
 * Locks the row that a scan is at to the end of the transaction, waiting for
 * whoever is changing it, and goes to what they made of it: the caller looks
 * whether it still is the row that it wants.  Returns false if it is gone.
 * Raises 40001 in a REPEATABLE READ or SERIALIZABLE transaction if it has
 * changed.
 */
bool
store_lock(StoreScan *scan, LockTupleMode mode)
{
	TM_FailureData failure;
	/* a key may be shared while others change the rest: lock that row too */
	uint8		flags = TUPLE_LOCK_FLAG_LOCK_UPDATE_IN_PROGRESS;

	if (!IsolationUsesXactSnapshot())
		flags |= TUPLE_LOCK_FLAG_FIND_LAST_VERSION;
	if (table_tuple_lock(scan->rel, &scan->slot->tts_tid, GetActiveSnapshot(),
						 scan->slot, GetCurrentCommandId(false), mode,
						 LockWaitBlock, flags, &failure) == TM_Ok)
		return true;
	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent "
						"update")));
	return false;
}

/*
 * Finds, under a new snapshot, the row with this unique key of one column, of
 * type text, and locks it as store_lock() does.  Copies it as it is now into
 * the current memory context, unless row is NULL.  Returns false if there is
 * none.
 */
bool
store_hold(StoreKey *key, Datum value, LockTupleMode mode, StoreRow *row)
{
	StoreScan	scan;
	bool		found;

	PreventCommandIfReadOnly("SELECT FOR UPDATE");
	store_push_snapshot();
	store_scan_begin(&scan, key, &value);
	LockRelationOid(RelationGetRelid(scan.rel), RowShareLock);
	found = store_scan_next(&scan) && store_lock(&scan, mode) &&
		store_scan_has(&scan, key->columns[0], value);
	if (found && row != NULL)
		store_scan_row(&scan, row);
	store_scan_end(&scan);
	PopActiveSnapshot();
	return found;
}
