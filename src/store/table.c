/*
 * table.c
 *		Where the store's tables and columns are, and whether they are what
 *		C can read.
 *
 * Each table is described in the folder that owns it, in the form that table.h
 * shows.  Tables are found by name, and so are columns: a DBA may have added
 * some, and an upgrade may have put ours behind them.  What was found is kept
 * until PostgreSQL says that the table has changed.
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
#include "store/table.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#define MAX_WATCHERS 4

/*
 * The tables that have been used.  When one of them changes, what is known of
 * it is not valid any more.
 */
static StoreTable *used_tables = NULL;

/* The table whose owner runs all statements.  Without it there is no store. */
static StoreTable *main_table = NULL;

/* The functions that want to be told of changed relations too. */
static void (*watchers[MAX_WATCHERS]) (Oid relid);
static int	nwatchers = 0;

/*
 * Forgets what is known of a table that has changed, or of all tables for
 * InvalidOid, and tells the others.
 */
static void
forget_relation(Datum arg, Oid relid)
{
	for (StoreTable *table = used_tables; table != NULL; table = table->next)
	{
		if (OidIsValid(relid) && relid != table->relid)
			continue;
		table->valid = false;
		/* The table may have been emptied or replaced. */
		snapshot_key_expire_all();
	}
	for (int i = 0; i < nwatchers; i++)
		watchers[i] (relid);
}

/*
 * Registers our only relcache callback, by which PostgreSQL tells of changed
 * relations; it has room for few.  This is called once, at load.
 */
void
store_table_init(void)
{
	CacheRegisterRelcacheCallback(forget_relation, (Datum) 0);
}

/*
 * Asks for a function to be called with the OID of each relation that has
 * changed, or with InvalidOid if any may have.  This is called at load.
 */
void
store_watch_relations(void (*changed) (Oid relid))
{
	if (nwatchers >= MAX_WATCHERS)
		elog(ERROR, "more than %d parts of connect watch relations",
			 MAX_WATCHERS);
	watchers[nwatchers++] = changed;
}

/* Says which table stands for the store; called once, at load. */
void
store_set_main_table(StoreTable *table)
{
	main_table = table;
}

/* Returns the OID of the table that has this name now, or InvalidOid. */
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
	return main_table->valid || OidIsValid(find_table(main_table->name));
}

/* Can C read a column of this type as one of this kind? */
static bool
type_serves(Oid type, StoreKind kind)
{
	Oid			base = getBaseType(type);

	switch (kind)
	{
		case STORE_TEXT:
			return base == TEXTOID || base == VARCHAROID;
		case STORE_TEXTS:
			return base == TEXTARRAYOID;
		case STORE_TIME:
		case STORE_TERM:
			return base == TIMESTAMPTZOID;
		case STORE_BOOLEAN:
			return base == BOOLOID;
		case STORE_BYTES:
			return base == BYTEAOID;
		case STORE_INTEGER:
			return base == INT4OID;
		case STORE_XID:
			return base == XID8OID;
		case STORE_NAME:
			return base == NAMEOID;
		case STORE_RELATION:
			return base == REGCLASSOID;
		case STORE_STATE:
			return type_is_enum(base);
		case STORE_LABEL:
			return type_is_enum(base) || base == TEXTOID || base == VARCHAROID;
	}
	return false;
}

/* Returns the attribute of this name, or NULL. */
static Form_pg_attribute
find_attribute(TupleDesc desc, const char *name)
{
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);

		if (!attribute->attisdropped &&
			namestrcmp(&attribute->attname, name) == 0)
			return attribute;
	}
	return NULL;
}

/* Can C read this column, or do without it? */
static bool
column_serves(const StoreColumn *column, Form_pg_attribute attribute)
{
	if (attribute == NULL)
		return (column->presence & ADDED) != 0;
	return type_serves(attribute->atttypid, column->kind) &&
		(attribute->attnotnull || column->presence != NOT_NULL);
}

/* Raises store_altered for a column that cannot be read, and says why. */
static void
refuse_column(const StoreTable *table, const StoreColumn *column,
			  Form_pg_attribute attribute)
{
	if (attribute == NULL)
		ereport(ERROR,
				(connect_error(ERROR_STORE_ALTERED),
				 errdetail("Column \"%s\" of table \"connect.%s\" does not "
						   "exist.", column->name, table->name),
				 errhint("Restore the column from a backup.")));
	if (!type_serves(attribute->atttypid, column->kind))
		ereport(ERROR,
				(connect_error(ERROR_STORE_ALTERED),
				 errdetail("Column \"%s\" of table \"connect.%s\" is of type "
						   "%s.", column->name, table->name,
						   format_type_be(attribute->atttypid)),
				 errhint("Give the column its type again.")));
	ereport(ERROR,
			(connect_error(ERROR_STORE_ALTERED),
			 errdetail("Column \"%s\" of table \"connect.%s\" may be null.",
					   column->name, table->name),
			 errhint("Fill the column, and ALTER TABLE connect.%s ALTER %s SET "
					 "NOT NULL;", table->name, column->name)));
}

/*
 * Finds one of our columns.  A store of an earlier version may lack it, or not
 * have filled it, if it came later.  A DBA may have dropped it, or altered it
 * to what C would read as something else: then this raises store_altered, or
 * returns false if it may not raise.
 */
static bool
find_column(StoreTable *table, int n, TupleDesc desc, bool raise)
{
	const StoreColumn *column = &table->columns[n];
	Form_pg_attribute attribute = find_attribute(desc, column->name);

	if (!column_serves(column, attribute))
	{
		if (raise)
			refuse_column(table, column, attribute);
		return false;
	}
	if (attribute == NULL)
		table->absent |= STORE_BIT(n);
	if (attribute == NULL ||
		(!attribute->attnotnull && (column->presence & NULLABLE) == 0))
		table->outdated = true;
	table->attnums[n] = attribute == NULL ?
		InvalidAttrNumber : attribute->attnum;
	return true;
}

/*
 * Notes what is needed of an open relation, if it is what our code can read; if
 * not, raises store_altered, or returns false if it may not raise.
 */
static bool
fill_table(StoreTable *table, Relation rel, bool raise)
{
	if (GetDatabaseEncoding() != PG_UTF8)
	{
		if (raise)
			ereport(ERROR,
					(connect_error(ERROR_ENCODING),
					 errdetail("The database's encoding is \"%s\".",
							   GetDatabaseEncodingName()),
					 errhint("Restore the store into a database WITH ENCODING "
							 "'UTF8'.")));
		return false;
	}
	if (rel->rd_rel->relkind != RELKIND_RELATION)
	{
		if (raise)
			ereport(ERROR,
					(connect_error(ERROR_STORE_ALTERED),
					 errdetail("\"connect.%s\" is not an ordinary table.",
							   table->name),
					 errhint("Make it an ordinary table again.")));
		return false;
	}
	if (table->ncolumns > STORE_MAX_COLUMNS)
		elog(ERROR, "table \"%s\" has more than %d columns", table->name,
			 STORE_MAX_COLUMNS);
	table->absent = 0;
	table->outdated = false;
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (!find_column(table, i, RelationGetDescr(rel), raise))
			return false;
	}
	if (!table->used)
	{
		table->used = true;
		table->next = used_tables;
		used_tables = table;
	}
	table->relid = RelationGetRelid(rel);
	table->owner = rel->rd_rel->relowner;
	table->valid = true;
	return true;
}

/* Can this table be read?  This never raises an error. */
bool
store_readable(StoreTable *table)
{
	Oid			relid;
	Relation	rel;
	bool		readable;

	if (table->valid)
		return true;
	relid = find_table(table->name);
	rel = OidIsValid(relid) ? try_relation_open(relid, AccessShareLock) : NULL;
	if (rel == NULL)
		return false;
	readable = table->valid || fill_table(table, rel, false);
	relation_close(rel, AccessShareLock);
	return readable;
}

/*
 * Can the table that stands for the store be read?  This never raises an error.
 */
bool
store_main_readable(void)
{
	return store_readable(main_table);
}

/*
 * Opens a table for reading and makes sure that what is known of it is right.
 * Raises store_missing if it is not there, and what fill_table() raises.
 */
Relation
store_open_table(StoreTable *table)
{
	Oid			relid = table->valid ? table->relid : find_table(table->name);
	Relation	rel = OidIsValid(relid) ?
		try_relation_open(relid, AccessShareLock) : NULL;

	if (rel == NULL)
		ereport(ERROR,
				(connect_error(ERROR_STORE_MISSING),
				 errdetail("Table \"connect.%s\" does not exist.", table->name),
				 errhint("Run SELECT connect.create_store();")));
	/* Taking the lock may have brought news of a change. */
	if (!table->valid)
		(void) fill_table(table, rel, true);
	return rel;
}

/* Returns what is known of a table.  Raises what store_open_table() raises. */
static const StoreTable *
valid_table(StoreTable *table)
{
	if (!table->valid)
		table_close(store_open_table(table), AccessShareLock);
	return table;
}

/* Returns the owner of the main table, who runs all statements. */
Oid
store_owner(void)
{
	return valid_table(main_table)->owner;
}

/* Returns the OID of one of our tables. */
Oid
store_relation_id(StoreTable *table)
{
	return valid_table(table)->relid;
}

/* Returns the attribute number of one of our columns. */
AttrNumber
store_column(StoreTable *table, int column)
{
	return valid_table(table)->attnums[column];
}

/* Returns a bit for each of our columns that an older store lacks. */
uint64
store_absent_columns(StoreTable *table)
{
	return valid_table(table)->absent;
}

/*
 * Raises store_outdated for a table that upgrade_store() has not yet brought up
 * to date: it can be read, and not written to.
 */
void
store_require_current(StoreTable *table)
{
	if (valid_table(table)->outdated)
		ereport(ERROR,
				(connect_error(ERROR_STORE_OUTDATED),
				 errdetail("Table \"connect.%s\" lacks what this version "
						   "writes.", table->name),
				 errhint("Run SELECT connect.upgrade_store();")));
}
