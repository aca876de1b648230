/*
 * scan.h
 *		Reading rows by the key of an index, without the executor.
 */
#ifndef CONNECT_STORE_SCAN_H
#define CONNECT_STORE_SCAN_H

#include "access/skey.h"
#include "store/table.h"
#include "utils/fmgroids.h"

/* The most columns that a key may have. */
#define STORE_KEY_COLUMNS 3

/* A key by which rows of a table are read. */
typedef struct StoreKey
{
	StoreTable *table;
	const char *index;
	int			ncolumns;
	int			columns[STORE_KEY_COLUMNS];
	RegProcedure equal;
	RegProcedure greater;		/* if set, the last column is a lower bound,
								 * exclusive */

	/* made at first use, all but their arguments */
	bool		scankeys_ready;
	ScanKeyData scankeys[STORE_KEY_COLUMNS];

	/* found at first use; the index is valid until it or the table changes */
	Oid			relid;
	Oid			indexid;
	bool		used;
	struct StoreKey *next;		/* of those that were used */
} StoreKey;

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

extern void store_scan_init(void);
extern bool store_fetch(StoreKey *key, const Datum *values, StoreRow *row);
extern bool store_fetch_last(StoreKey *key, Datum value, StoreRow *row);
extern void store_scan_begin_last(StoreScan *scan, StoreKey *key, Datum value);
extern bool store_scan_previous(StoreScan *scan);
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
