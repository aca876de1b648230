/*
 * scan.c
 *		Reading rows by the key of an index, without the executor, so that a
 *		look-up costs the search of the index and little else.
 *
 * Where key.c finds no index for a key, the table is read from end to end.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/skey.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "base/compat.h"
#include "base/text.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opfamily_d.h"
#include "executor/tuptable.h"
#include "store/scan.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/* Prepares what all scans by a key have in common. */
static void
init_scankeys(StoreKey *key)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	/* ScanKeyInit() sets the collation "C", which is that of the columns. */
	for (int i = 0; i < key->ncolumns; i++)
	{
		bool		bound = key->greater != InvalidOid &&
			i == key->ncolumns - 1;

		ScanKeyInit(&key->scankeys[i], i + 1,
					bound ? BTGreaterStrategyNumber : BTEqualStrategyNumber,
					bound ? key->greater : key->equal, (Datum) 0);
	}
	MemoryContextSwitchTo(old);
	key->scankeys_ready = true;
}

/*
 * Makes the scan keys for the first so many columns of the key.  Table and
 * index are open.
 */
static void
make_scankeys(const StoreScan *scan, const Datum *values, int count,
			  ScanKeyData *scankeys)
{
	StoreKey   *key = scan->key;

	if (!key->scankeys_ready)
		init_scankeys(key);
	memcpy(scankeys, key->scankeys, sizeof(ScanKeyData) * count);
	for (int i = 0; i < count; i++)
	{
		scankeys[i].sk_argument = values[i];
		if (!scan->ordered)
			scankeys[i].sk_attno = store_column(key->table, key->columns[i]);
	}
}

/* Begins to read, by the first so many columns of a key, under a snapshot. */
static void
begin_scan(StoreScan *scan, StoreKey *key, const Datum *values, int count,
		   Snapshot snapshot)
{
	ScanKeyData scankeys[STORE_KEY_COLUMNS];

	scan->key = key;
	scan->detoasted = NULL;
	scan->rel = store_open_table(key->table);
	scan->index = store_key_open(key, scan->rel);
	scan->ordered = scan->index != NULL;
	scan->slot = table_slot_create(scan->rel, NULL);
	make_scankeys(scan, values, count, scankeys);
	if (scan->ordered)
	{
		scan->index_scan = index_begin(scan->rel, scan->index, snapshot, count);
		index_rescan(scan->index_scan, scankeys, count, NULL, 0);
	}
	else
		scan->table_scan = table_begin(scan->rel, snapshot, count, scankeys);
}

/*
 * Begins to read the rows with this key that the active snapshot sees.  They
 * come in the order of the index if scan->ordered is true.  Neither permissions
 * nor row security are asked, so the caller decides who may learn of the rows.
 *
 * As after any query, the table and its index stay locked to the end of the
 * transaction; taking a lock again is cheap.
 */
void
store_scan_begin(StoreScan *scan, StoreKey *key, const Datum *values)
{
	begin_scan(scan, key, values, key->ncolumns, GetActiveSnapshot());
}

/*
 * The same for a writer that holds the lock under which rows with this key are
 * written, or that a unique index will stop: it sees what was committed before,
 * and what its own transaction did, up to now, under every level of isolation.
 * It is no read of which SERIALIZABLE keeps track: the lock or the index orders
 * the writers, and neighbours are none of their business.
 */
void
store_scan_begin_latest(StoreScan *scan, StoreKey *key, const Datum *values)
{
	begin_scan(scan, key, values, key->ncolumns, SnapshotSelf);
}

/* Goes to the next row.  Returns false after the last. */
bool
store_scan_next(StoreScan *scan)
{
	return scan->ordered ?
		index_getnext_slot(scan->index_scan, ForwardScanDirection, scan->slot) :
		table_scan_getnextslot(scan->table_scan, ForwardScanDirection,
							   scan->slot);
}

/* Returns a column of the row, which points into it. */
Datum
store_scan_column(StoreScan *scan, int column, bool *null)
{
	AttrNumber	attnum = store_column(scan->key->table, column);

	*null = attnum == InvalidAttrNumber;
	return *null ? (Datum) 0 : slot_getattr(scan->slot, attnum, null);
}

/* Ends what store_scan_begin() began. */
void
store_scan_end(StoreScan *scan)
{
	if (scan->ordered)
	{
		index_endscan(scan->index_scan);
		index_close(scan->index, NoLock);
	}
	else
		table_endscan(scan->table_scan);
	ExecDropSingleTupleTableSlot(scan->slot);
	table_close(scan->rel, NoLock);
}

/*
 * Reads the row with this unique key, as store_scan_begin() does, and copies it
 * into the current memory context.  Returns false if there is none.
 */
bool
store_fetch(StoreKey *key, const Datum *values, StoreRow *row)
{
	StoreScan	scan;
	bool		found;

	store_scan_begin(&scan, key, values);
	found = store_scan_next(&scan);
	if (found)
		store_deform(scan.key->table, ExecCopySlotHeapTuple(scan.slot),
					 RelationGetDescr(scan.rel), row);
	store_scan_end(&scan);
	return found;
}

/* Is there a row with this unique key? */
bool
store_has(StoreKey *key, const Datum *values)
{
	StoreScan	scan;
	bool		found;

	store_scan_begin(&scan, key, values);
	found = store_scan_next(&scan);
	store_scan_end(&scan);
	return found;
}

/*
 * Goes to the row with this unique key of one column, as the active snapshot
 * sees it; returns false if there is none.  The first look-up, for which the
 * scan's key is NULL, opens table and index for all that follow.
 */
bool
store_look_up(StoreScan *look_up, StoreKey *key, Datum value)
{
	ScanKeyData scankeys[STORE_KEY_COLUMNS];

	if (look_up->key == NULL)
		store_scan_begin(look_up, key, &value);
	else
	{
		make_scankeys(look_up, &value, 1, scankeys);
		if (look_up->ordered)
			index_rescan(look_up->index_scan, scankeys, 1, NULL, 0);
		else
			table_rescan(look_up->table_scan, scankeys);
	}
	return store_scan_next(look_up);
}

/* Ends the look-ups, if there were any. */
void
store_look_up_end(StoreScan *look_up)
{
	if (look_up->key != NULL)
		store_scan_end(look_up);
}

/*
 * Begins to read the rows whose first column of the key has this value, from
 * the last of the second column on.
 */
void
store_scan_begin_last(StoreScan *scan, StoreKey *key, Datum value)
{
	begin_scan(scan, key, &value, 1, GetActiveSnapshot());
}

/*
 * Goes to the row before, or to any other if the scan is not ordered; false
 * when there is none left.
 */
bool
store_scan_previous(StoreScan *scan)
{
	return scan->ordered ?
		index_getnext_slot(scan->index_scan, BackwardScanDirection,
						   scan->slot) :
		table_scan_getnextslot(scan->table_scan, ForwardScanDirection,
							   scan->slot);
}

/* Has the row that a scan is at this value in a column? */
bool
store_scan_has(StoreScan *scan, int column, Datum expected)
{
	bool		null;
	Datum		value = store_scan_column(scan, column, &null);

	if (null || scan->key->table->columns[column].kind != STORE_TEXT)
		return !null && value == expected;
	return text_equal(DatumGetTextPP(value), DatumGetTextPP(expected));
}

/* Takes the row apart, copied into the current memory context. */
void
store_scan_row(StoreScan *scan, StoreRow *row)
{
	store_deform(scan->key->table, ExecCopySlotHeapTuple(scan->slot),
				 RelationGetDescr(scan->rel), row);
}

/* Is the row that a scan is at behind one that was read before? */
static bool
is_behind(StoreScan *scan, const StoreRow *row)
{
	int			column = scan->key->columns[1];
	bool		null;
	Datum		value = store_scan_column(scan, column, &null);

	return !null && text_compare(DatumGetTextPP(value),
								 DatumGetTextPP(row->values[column])) > 0;
}

/*
 * Reads, of the rows whose first column of a key has this value, the one whose
 * second column is last, copied into the current memory context; returns false
 * if there is none.
 *
 * For a writer as store_scan_begin_latest() is.  Of a row that somebody else is
 * changing, it sees either version.
 */
bool
store_fetch_last(StoreKey *key, Datum value, StoreRow *row)
{
	SnapshotData snapshot;
	StoreScan	scan;
	bool		found = false;

	InitDirtySnapshot(snapshot);
	begin_scan(&scan, key, &value, 1, &snapshot);
	while (!(found && scan.ordered) && store_scan_previous(&scan))
	{
		if (!found || is_behind(&scan, row))
			store_scan_row(&scan, row);
		found = true;
	}
	store_scan_end(&scan);
	return found;
}
