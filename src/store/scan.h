/*
 * scan.h
 *		Reading rows by the key of an index, without the executor.
 */
#ifndef CONNECT_STORE_SCAN_H
#define CONNECT_STORE_SCAN_H

#include "store/key.h"

/* Rows of one table being read by a key. */
typedef struct StoreScan
{
	StoreKey   *key;			/* NULL for a look-up that has not begun */
	Relation	rel;
	Relation	index;			/* or NULL */
	struct IndexScanDescData *index_scan;	/* one of these two */
	struct TableScanDescData *table_scan;
	struct TupleTableSlot *slot;
	void	   *detoasted;		/* a copy made of a column of the row, or
								 * NULL */
	bool		ordered;
} StoreScan;

extern bool store_fetch(StoreKey *key, const Datum *values, StoreRow *row);
extern bool store_fetch_last(StoreKey *key, Datum value, StoreRow *row);
extern void store_scan_begin_last(StoreScan *scan, StoreKey *key, Datum value);
extern bool store_scan_previous(StoreScan *scan);
extern bool store_scan_has(StoreScan *scan, int column, Datum expected);
extern void store_scan_row(StoreScan *scan, StoreRow *row);
extern bool store_has(StoreKey *key, const Datum *values);
extern void store_scan_begin(StoreScan *scan, StoreKey *key,
							 const Datum *values);
extern void store_scan_begin_latest(StoreScan *scan, StoreKey *key,
									const Datum *values);
extern bool store_scan_next(StoreScan *scan);
extern Datum store_scan_column(StoreScan *scan, int column, bool *null);
extern void store_scan_end(StoreScan *scan);
extern bool store_look_up(StoreScan *look_up, StoreKey *key, Datum value);
extern void store_look_up_end(StoreScan *look_up);

#endif							/* CONNECT_STORE_SCAN_H */
