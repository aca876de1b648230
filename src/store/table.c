/*
 * table.c
 *		Where the store's tables and columns are, and whether they are what our
 *		code can read.
 *
 * Tables are found by name, columns by name too: a DBA may have added some, and
 * an upgrade may have put ours behind them.  What was found is kept until
 * PostgreSQL says that the table has changed.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/table.h"
#include "base/errors.h"
#include "base/snapshot_key.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "store/store.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

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
 * our code would read as something else: then raises store_altered, or returns
 * InvalidAttrNumber if it may not raise.
 */
static AttrNumber
find_column(const TableInfo *info, const ColumnInfo *column, TupleDesc desc, bool raise)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (attribute->attisdropped || namestrcmp(&attribute->attname, column->name) != 0)
			continue;
		if (type_serves(attribute->atttypid, column->type) && (attribute->attnotnull || column->nullable))
			return attribute->attnum;
		if (!raise)
			return InvalidAttrNumber;
		if (!type_serves(attribute->atttypid, column->type))
			ereport(ERROR,
					(connect_error(ERROR_STORE_ALTERED),
					 errdetail("Column \"%s\" of table \"connect.%s\" is of type %s.", column->name, info->name, format_type_be(attribute->atttypid)),
					 errhint("Give the column its type again.")));
		ereport(ERROR,
				(connect_error(ERROR_STORE_ALTERED),
				 errdetail("Column \"%s\" of table \"connect.%s\" may be null.", column->name, info->name),
				 errhint("Fill the column, and ALTER TABLE connect.%s ALTER %s SET NOT NULL;", info->name, column->name)));
	}
	if (raise)
		ereport(ERROR,
				(connect_error(ERROR_STORE_ALTERED),
				 errdetail("Column \"%s\" of table \"connect.%s\" does not exist.", column->name, info->name),
				 errhint("Restore the column from a backup.")));
	return InvalidAttrNumber;
}

/*
 * Notes what is needed of an open relation, if it is what our code can read; if
 * not, raises store_altered, or returns false if it may not raise.
 */
static bool
fill_info(TableInfo *info, Relation rel, bool raise)
{
	if (GetDatabaseEncoding() != PG_UTF8)
	{
		if (raise)
			ereport(ERROR,
					(connect_error(ERROR_ENCODING),
					 errdetail("The database's encoding is \"%s\".", GetDatabaseEncodingName()),
					 errhint("Restore the store into a database WITH ENCODING 'UTF8'.")));
		return false;
	}
	if (rel->rd_rel->relkind != RELKIND_RELATION)
	{
		if (raise)
			ereport(ERROR,
					(connect_error(ERROR_STORE_ALTERED),
					 errdetail("\"connect.%s\" is not an ordinary table.", info->name),
					 errhint("Make it an ordinary table again.")));
		return false;
	}
	info->ncolumns = 0;
	while (info->ncolumns < STORE_MAX_COLUMNS && info->columns[info->ncolumns].name != NULL)
	{
		AttrNumber	found = find_column(info, &info->columns[info->ncolumns], RelationGetDescr(rel), raise);

		if (found == InvalidAttrNumber)
			return false;
		info->attnums[info->ncolumns++] = found;
	}
	info->relid = RelationGetRelid(rel);
	info->owner = rel->rd_rel->relowner;
	info->valid = true;
	return true;
}

/* Can this table be read?  Raises nothing. */
bool
store_readable(StoreTable table)
{
	TableInfo  *info = &tables[table];
	Oid			relid;
	Relation	rel;
	bool		readable;

	if (info->valid)
		return true;
	relid = find_table(info->name);
	rel = OidIsValid(relid) ? try_relation_open(relid, AccessShareLock) : NULL;
	if (rel == NULL)
		return false;
	readable = info->valid || fill_info(info, rel, false);
	relation_close(rel, AccessShareLock);
	return readable;
}

/* Opens a table for reading and makes sure that what is known of it is right; raises store_missing. */
Relation
store_open_table(StoreTable table)
{
	TableInfo  *info = &tables[table];
	Oid			relid = info->valid ? info->relid : find_table(info->name);
	Relation	rel = OidIsValid(relid) ? try_relation_open(relid, AccessShareLock) : NULL;

	if (rel == NULL)
		ereport(ERROR,
				(connect_error(ERROR_STORE_MISSING),
				 errdetail("Table \"connect.%s\" does not exist.", info->name),
				 errhint("Run SELECT connect.create_store();")));
	/* the lock may have brought news */
	if (!info->valid)
		(void) fill_info(info, rel, true);
	return rel;
}

/* Returns what is known of a table, raising store_missing where there is none. */
static const TableInfo *
table_info(StoreTable table)
{
	if (!tables[table].valid)
		table_close(store_open_table(table), AccessShareLock);
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

/* Reads all rows of a small table as the active snapshot sees them, in no order. */
StoreRow *
store_fetch_all(StoreTable table, int *count)
{
	Relation	rel = store_open_table(table);
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
