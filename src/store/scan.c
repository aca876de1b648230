/*
 * scan.c
 *		Reading rows by the key of an index, without the executor: what a look-up
 *		costs then is the index and little else.
 *
 * An index is found by name.  One that a DBA has made anew is asked only if it
 * is what its name promises; else the table is read from end to end.
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
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opfamily_d.h"
#include "executor/tuptable.h"
#include "store/store.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

struct StoreKeyInfo
{
	StoreTable	table;
	const char *index;
	int			ncolumns;
	int			columns[2];
	RegProcedure equal;
	RegProcedure greater;		/* if set, the last column is a lower bound, exclusive */

	/* made at first use: the arguments are missing */
	bool		scankeys_ready;
	ScanKeyData scankeys[2];

	/* found at first use; the index is valid until it or the table changes */
	Oid			relid;
	Oid			indexid;
};

static StoreKeyInfo keys_info[] = {
	[STORE_KEY_ORGANIZATION_ID] = {STORE_ORGANIZATION, "organization_pkey", 1, {ORGANIZATION_ID}, F_TEXTEQ},
	[STORE_KEY_SCOPE_NAME] = {STORE_SCOPE, "scope_pkey", 1, {SCOPE_NAME}, F_TEXTEQ},
	[STORE_KEY_CONNECTION_ID] = {STORE_CONNECTION, "connection_pkey", 1, {CONNECTION_ID}, F_TEXTEQ},
	[STORE_KEY_CONNECTION_PAIR] = {STORE_CONNECTION, "connection_pair_key", 2, {CONNECTION_SOURCE, CONNECTION_DESTINATION}, F_TEXTEQ},
	[STORE_KEY_CONNECTION_DESTINATION] = {STORE_CONNECTION, "connection_destination_idx", 2, {CONNECTION_DESTINATION, CONNECTION_ID}, F_TEXTEQ, F_TEXT_GT},
	[STORE_KEY_EVENT_ID] = {STORE_EVENT, "event_pkey", 1, {EVENT_KEY_ID}, F_TEXTEQ},
	[STORE_KEY_ORGANIZATION_ROLE_NAME] = {STORE_ORGANIZATION_ROLE, "organization_role_pkey", 1, {ORGANIZATION_ROLE_NAME}, F_NAMEEQ},
	[STORE_KEY_GATEWAY_ROLE_NAME] = {STORE_GATEWAY_ROLE, "gateway_role_pkey", 1, {0}, F_NAMEEQ},
	[STORE_KEY_API_KEY_SHA256] = {STORE_API_KEY, "api_key_secret_sha256_key", 1, {API_KEY_SHA256}, F_BYTEAEQ},
};

/* Forgets an index that has changed, or all of a table that has, or all of them. */
static void
forget_index(Datum arg, Oid relid)
{
	for (int key = 0; key < (int) lengthof(keys_info); key++)
	{
		if (relid == InvalidOid || relid == keys_info[key].indexid || relid == keys_info[key].relid)
			keys_info[key].indexid = InvalidOid;
	}
}

/* Registers the callback by which PostgreSQL tells of changed indexes; called once, at load. */
void
store_scan_init(void)
{
	CacheRegisterRelcacheCallback(forget_index, (Datum) 0);
}

/*
 * May this index answer for the active snapshot?  Not while it is being built,
 * and not for a snapshot older than the broken HOT chains it was built over.
 */
static bool
index_usable(Relation index)
{
	return index->rd_index->indisvalid &&
		(!index->rd_index->indcheckxmin ||
		 TransactionIdPrecedes(HeapTupleHeaderGetXmin(index->rd_indextuple->t_data), TransactionXmin));
}

/*
 * Is this index the one that its name promises?  A DBA may have made it anew,
 * on other columns, in another order or for some rows only.
 */
static bool
index_serves(const StoreKeyInfo *info, Relation rel, Relation index)
{
	Form_pg_index form = index->rd_index;
	Oid			family = info->equal == F_BYTEAEQ ? BYTEA_BTREE_FAM_OID : TEXT_BTREE_FAM_OID;

	if (index->rd_rel->relkind != RELKIND_INDEX || form->indrelid != RelationGetRelid(rel) ||
		index->rd_rel->relam != BTREE_AM_OID || form->indnkeyatts < info->ncolumns ||
		!heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL))
		return false;
	for (int i = 0; i < info->ncolumns; i++)
	{
		Oid			collation = index->rd_indcollation[i];

		if (form->indkey.values[i] != store_column(info->table, info->columns[i]) ||
			index->rd_opfamily[i] != family || index->rd_indoption[i] != 0 ||
			(OidIsValid(collation) && collation != C_COLLATION_OID))
			return false;
	}
	return true;
}

/* Opens a key's index if there is one that may be used, else returns NULL. */
static Relation
open_index(StoreKeyInfo *info, Relation rel)
{
	bool		known = OidIsValid(info->indexid);
	Oid			indexid = known ? info->indexid : get_relname_relid(info->index, RelationGetNamespace(rel));
	Relation	index = OidIsValid(indexid) ? try_relation_open(indexid, AccessShareLock) : NULL;

	if (index == NULL)
		return NULL;
	if ((known || index_serves(info, rel, index)) && index_usable(index))
	{
		info->relid = RelationGetRelid(rel);
		info->indexid = indexid;
		return index;
	}
	relation_close(index, AccessShareLock);
	return NULL;
}

/* Prepares what all scans by a key have in common. */
static void
init_scankeys(StoreKeyInfo *info)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	/* ScanKeyInit sets collation C, which is the columns' own */
	for (int i = 0; i < info->ncolumns; i++)
	{
		bool		bound = info->greater != InvalidOid && i == info->ncolumns - 1;

		ScanKeyInit(&info->scankeys[i], i + 1,
					bound ? BTGreaterStrategyNumber : BTEqualStrategyNumber,
					bound ? info->greater : info->equal, (Datum) 0);
	}
	MemoryContextSwitchTo(old);
	info->scankeys_ready = true;
}

/* Makes the keys of a scan whose table and index are open. */
static void
make_scankeys(const StoreScan *scan, const Datum *keys, ScanKeyData *scankeys)
{
	StoreKeyInfo *info = scan->key;

	if (!info->scankeys_ready)
		init_scankeys(info);
	memcpy(scankeys, info->scankeys, sizeof(info->scankeys));
	for (int i = 0; i < info->ncolumns; i++)
	{
		scankeys[i].sk_argument = keys[i];
		if (!scan->ordered)
			scankeys[i].sk_attno = store_column(info->table, info->columns[i]);
	}
}

/*
 * Begins to read the rows with this key as the active snapshot sees them, in
 * the order of the index if scan->ordered.  Past permissions and row security,
 * so the caller decides who may learn of them.
 *
 * As after any query, the table and its index stay locked to the end of the
 * transaction; taking a lock again is cheap.
 */
void
store_scan_begin(StoreScan *scan, StoreKey key, const Datum *keys)
{
	StoreKeyInfo *info = &keys_info[key];
	ScanKeyData scankeys[2];

	scan->key = info;
	scan->detoasted = NULL;
	scan->rel = store_open_table(info->table);
	scan->index = open_index(info, scan->rel);
	scan->ordered = scan->index != NULL;
	scan->slot = table_slot_create(scan->rel, NULL);
	make_scankeys(scan, keys, scankeys);
	if (scan->ordered)
	{
		scan->index_scan = index_begin(scan->rel, scan->index, GetActiveSnapshot(), info->ncolumns);
		index_rescan(scan->index_scan, scankeys, info->ncolumns, NULL, 0);
	}
	else
		scan->table_scan = table_beginscan(scan->rel, GetActiveSnapshot(), info->ncolumns, scankeys);
}

/* Begins again with another key. */
void
store_scan_again(StoreScan *scan, const Datum *keys)
{
	ScanKeyData scankeys[2];

	make_scankeys(scan, keys, scankeys);
	if (scan->ordered)
		index_rescan(scan->index_scan, scankeys, scan->key->ncolumns, NULL, 0);
	else
		table_rescan(scan->table_scan, scankeys);
}

/* Goes to the next row; false behind the last. */
bool
store_scan_next(StoreScan *scan)
{
	return scan->ordered ?
		index_getnext_slot(scan->index_scan, ForwardScanDirection, scan->slot) :
		table_scan_getnextslot(scan->table_scan, ForwardScanDirection, scan->slot);
}

/* Returns a column of the row, which points into it. */
Datum
store_scan_column(StoreScan *scan, int column, bool *null)
{
	return slot_getattr(scan->slot, store_column(scan->key->table, column), null);
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
 * Reads the row with this unique key, copied into the current memory context,
 * on the same terms.  Returns false if there is none.
 */
bool
store_fetch(StoreKey key, const Datum *keys, StoreRow *row)
{
	StoreScan	scan;
	bool		found;

	store_scan_begin(&scan, key, keys);
	found = store_scan_next(&scan);
	if (found)
		store_deform(scan.key->table, ExecCopySlotHeapTuple(scan.slot), RelationGetDescr(scan.rel), row);
	store_scan_end(&scan);
	return found;
}

/* Is there a row with this unique key? */
bool
store_has(StoreKey key, Datum value)
{
	StoreScan	scan;
	bool		found;

	store_scan_begin(&scan, key, &value);
	found = store_scan_next(&scan);
	store_scan_end(&scan);
	return found;
}
