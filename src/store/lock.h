/*
 * lock.h
 *		Locking single rows without a plan.
 */
#ifndef CONNECT_STORE_LOCK_H
#define CONNECT_STORE_LOCK_H

#include "nodes/lockoptions.h"
#include "store/scan.h"

extern bool store_lock(StoreScan *scan, LockTupleMode mode);
extern bool store_hold(StoreKey *key, Datum value, LockTupleMode mode,
					   StoreRow *row);

#endif							/* CONNECT_STORE_LOCK_H */
