/*
 * store_tables.c
 *		Where the store's tables and columns are, and reading single rows by a
 *		unique index without the executor.
 *
 * Tables are found by name, columns by name too: a DBA may have added some, and
 * an upgrade may have put ours behind them.  What was found is kept until
 * PostgreSQL says that the table has changed.
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
#include "catalog/namespace.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opfamily_d.h"
#include "catalog/pg_type.h"
#include "compat.h"
#include "errors.h"
#include "executor/tuptable.h"
#include "mb/pg_wchar.h"
#include "snapshot_key.h"
#include "store.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* A column as our code takes it; a text may be a varchar, and ANYENUMOID is any enum. */
typedef struct ColumnInfo
{
	const char *name;
	Oid			type;
	bool		nullable;
} ColumnInfo;

typedef struct TableInfo
{
	const char *name;
	ColumnInfo	columns[STORE_MAX_COLUMNS];

	/* found at first use; valid until the relation changes */
	bool		valid;
	Oid			relid;
	Oid			owner;
	int			ncolumns;
	AttrNumber	attnums[STORE_MAX_COLUMNS];
} TableInfo;

static TableInfo tables[] = {
	[STORE_ORGANIZATION] = {"organization", {
		{"id", TEXTOID}, {"name", TEXTOID}, {"created_at", TIMESTAMPTZOID}
	}},
	[STORE_SCOPE] = {"scope", {
		{"name", TEXTOID}, {"description", TEXTOID}, {"is_default", BOOLOID}
	}},
	[STORE_CONNECTION] = {"connection", {
		{"id", TEXTOID}, {"source_organization_id", TEXTOID}, {"destination_organization_id", TEXTOID},
		{"name", TEXTOID, true}, {"status", ANYENUMOID}, {"scopes", TEXTARRAYOID},
		{"creator_id", TEXTOID, true}, {"creator_type", TEXTOID, true},
		{"created_at", TIMESTAMPTZOID}, {"updated_at", TIMESTAMPTZOID}
	}},
	[STORE_EVENT] = {"event", {
		{"id", TEXTOID}, {"source_organization_id", TEXTOID}, {"destination_organization_id", TEXTOID},
		{"connection_id", TEXTOID}, {"action", TEXTOID}, {"from_status", ANYENUMOID, true},
		{"to_status", ANYENUMOID}, {"name", TEXTOID, true}, {"scopes", TEXTARRAYOID},
		{"actor_organization_id", TEXTOID, true}, {"actor_id", TEXTOID, true}, {"actor_type", TEXTOID, true},
		{"reason", TEXTOID, true}, {"request_id", TEXTOID, true}, {"created_at", TIMESTAMPTZOID}
	}},
	[STORE_ORGANIZATION_ROLE] = {"organization_role", {
		{"role_name", NAMEOID}, {"organization_id", TEXTOID}
	}},
	[STORE_GATEWAY_ROLE] = {"gateway_role", {
		{"role_name", NAMEOID}
	}},
	[STORE_API_KEY] = {"api_key", {
		{"id", TEXTOID}, {"organization_id", TEXTOID}, {"secret_sha256", BYTEAOID},
		{"permissions", TEXTARRAYOID}, {"expires_at", TIMESTAMPTZOID, true}, {"revoked_at", TIMESTAMPTZOID, true}
	}},
	[STORE_IDEMPOTENCY] = {"idempotency", {
		{"request_sha256", BYTEAOID}, {"status", INT4OID}, {"headers", TEXTOID}, {"body", TEXTOID}
	}},
};

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

	/* found at first use; valid until the table or the index changes */
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

/* Forgets a table that has changed, or all of them. */
static void
forget_table(Datum arg, Oid relid)
{
	for (int i = 0; i < (int) lengthof(tables); i++)
	{
		if (relid != InvalidOid && relid != tables[i].relid)
			continue;
		tables[i].valid = false;
		/* it may be empty now, or another table */
		snapshot_key_expire_all();
		for (int key = 0; key < (int) lengthof(keys_info); key++)
		{
			if (keys_info[key].table == i)
				keys_info[key].indexid = InvalidOid;
		}
	}
	for (int key = 0; key < (int) lengthof(keys_info); key++)
	{
		if (relid == keys_info[key].indexid)
			keys_info[key].indexid = InvalidOid;
	}
}

/* Registers the callback by which PostgreSQL tells of changed tables; called once, at load. */
void
store_tables_init(void)
{
	CacheRegisterRelcacheCallback(forget_table, (Datum) 0);
}

/* Returns a table's OID as it is by name now, or InvalidOid. */
static Oid
find_table(const char *name)
{
	Oid			schema = get_namespace_oid("connect", true);

	return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

/* Is there a store in this database? */
bool
store_exists(void)
{
	return tables[STORE_CONNECTION].valid || OidIsValid(find_table("connection"));
}

/* Can our code take a column of this type for what it should be? */
static bool
type_serves(Oid type, Oid expected)
{
	Oid			base = getBaseType(type);

	if (expected == ANYENUMOID)
		return type_is_enum(base);
	return base == expected || (expected == TEXTOID && base == VARCHAROID);
}

/*
 * Finds one of our columns.  A DBA may have dropped it, or altered it to what
 * our code would read as something else.
 */
static AttrNumber
find_column(const TableInfo *info, const ColumnInfo *column, TupleDesc desc)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (attribute->attisdropped || namestrcmp(&attribute->attname, column->name) != 0)
			continue;
		if (!type_serves(attribute->atttypid, column->type))
			error_raise(ERROR_STORE_ALTERED, NULL, "Give the column its type again.",
						"Column \"%s\" of table \"connect.%s\" is of type %s.", column->name, info->name,
						format_type_be(attribute->atttypid));
		if (!attribute->attnotnull && !column->nullable)
			error_raise(ERROR_STORE_ALTERED, NULL, psprintf("Fill the column, and ALTER TABLE connect.%s ALTER %s SET NOT NULL;",
															info->name, column->name),
						"Column \"%s\" of table \"connect.%s\" may be null.", column->name, info->name);
		return attribute->attnum;
	}
	error_raise(ERROR_STORE_ALTERED, NULL, "Restore the column from a backup.",
				"Column \"%s\" of table \"connect.%s\" does not exist.", column->name, info->name);
}

/* Notes what is needed of an open relation, if it is what our code can read. */
static void
fill_info(TableInfo *info, Relation rel)
{
	if (GetDatabaseEncoding() != PG_UTF8)
		error_raise(ERROR_ENCODING, NULL, "Restore the store into a database WITH ENCODING 'UTF8'.",
					"The database's encoding is \"%s\".", GetDatabaseEncodingName());
	if (rel->rd_rel->relkind != RELKIND_RELATION)
		error_raise(ERROR_STORE_ALTERED, NULL, "Make it an ordinary table again.",
					"\"connect.%s\" is not an ordinary table.", info->name);
	info->ncolumns = 0;
	while (info->ncolumns < STORE_MAX_COLUMNS && info->columns[info->ncolumns].name != NULL)
	{
		info->attnums[info->ncolumns] = find_column(info, &info->columns[info->ncolumns], RelationGetDescr(rel));
		info->ncolumns++;
	}
	info->relid = RelationGetRelid(rel);
	info->owner = rel->rd_rel->relowner;
	info->valid = true;
}

/* Opens a table for reading and makes sure that what is known of it is right. */
static Relation
open_table(StoreTable table)
{
	TableInfo  *info = &tables[table];
	Oid			relid = info->valid ? info->relid : find_table(info->name);
	Relation	rel = OidIsValid(relid) ? try_relation_open(relid, AccessShareLock) : NULL;

	if (rel == NULL)
		error_raise(ERROR_STORE_MISSING, NULL, "Run SELECT connect.create_store();",
					"Table \"connect.%s\" does not exist.", info->name);
	/* the lock may have brought news */
	if (!info->valid)
		fill_info(info, rel);
	return rel;
}

/* Returns what is known of a table, raising store_missing where there is none. */
static const TableInfo *
table_info(StoreTable table)
{
	if (!tables[table].valid)
		table_close(open_table(table), AccessShareLock);
	return &tables[table];
}

/* Returns the owner of connect.connection, as whom all statements run. */
Oid
store_owner(void)
{
	return table_info(STORE_CONNECTION)->owner;
}

/* Returns the OID of one of our tables. */
Oid
store_relation_id(StoreTable table)
{
	return table_info(table)->relid;
}

/* Returns the attribute number of one of our columns. */
AttrNumber
store_column(StoreTable table, int column)
{
	return table_info(table)->attnums[column];
}

/*
 * Takes a tuple of one of our tables apart into our columns.  The datums point
 * into the tuple.
 */
void
store_deform(StoreTable table, HeapTuple tuple, TupleDesc desc, StoreRow *row)
{
	const TableInfo *info = table_info(table);
	Datum	   *values = palloc(desc->natts * sizeof(Datum));
	bool	   *nulls = palloc(desc->natts * sizeof(bool));

	heap_deform_tuple(tuple, desc, values, nulls);
	for (int i = 0; i < info->ncolumns; i++)
	{
		row->values[i] = values[info->attnums[i] - 1];
		row->nulls[i] = nulls[info->attnums[i] - 1];
	}
	pfree(values);
	pfree(nulls);
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

		if (form->indkey.values[i] != tables[info->table].attnums[info->columns[i]] ||
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
			scankeys[i].sk_attno = tables[info->table].attnums[info->columns[i]];
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
	scan->rel = open_table(info->table);
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
	return slot_getattr(scan->slot, tables[scan->key->table].attnums[column], null);
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

/* Reads all rows of a small table as the active snapshot sees them, in no order. */
StoreRow *
store_fetch_all(StoreTable table, int *count)
{
	Relation	rel = open_table(table);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false, GetActiveSnapshot(), 0, NULL);
	int			room = 16;
	StoreRow   *rows = palloc(room * sizeof(StoreRow));
	HeapTuple	tuple;

	*count = 0;
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		if (*count == room)
		{
			room *= 2;
			rows = repalloc(rows, room * sizeof(StoreRow));
		}
		store_deform(table, heap_copytuple(tuple), RelationGetDescr(rel), &rows[(*count)++]);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return rows;
}
