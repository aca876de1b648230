/*
 * follow.c
 *		Makes a table of the application's one that is followed: its rows are
 *		organizations, by two triggers, which dump and restore keep.
 *
 * The SQL functions that lead here pin search_path, so names in the SQL text
 * below need no schema.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "base/compat.h"
#include "base/errors.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "identity/principal.h"
#include "identity/tables.h"
#include "miscadmin.h"
#include "organization/follow.h"
#include "organization/followed.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#define ROW_TRIGGER "connect_follow"
#define TRUNCATE_TRIGGER "connect_follow_truncate"

static StoreQuery list_table = {
	"INSERT INTO connect.followed_table (relation, id_column, name_column)"
	" VALUES ($1, $2, $3)",
	3, {REGCLASSOID, NAMEOID, NAMEOID}, true
};

static StoreQuery unlist_table = {
	"DELETE FROM connect.followed_table AS f"
	" WHERE f.relation OPERATOR(pg_catalog.=) $1",
	1, {REGCLASSOID}, true
};

/* Raises store_not_owned unless the caller has the rights of the owner. */
static void
require_store_owner(void)
{
	store_require_current(&organization_table);
	if (!principal_is_owner())
		ereport(ERROR,
				(connect_error(ERROR_STORE_NOT_OWNED),
				 errdetail("Rows of a followed table are organizations of the "
						   "store."),
				 errhint("Call it as a superuser, or as a member of both the "
						 "store's owner and the table's owner.")));
}

/* Raises follow_unsuitable, and says why a relation cannot be followed. */
static void
refuse_relation(const char *name, const char *detail)
{
	ereport(ERROR,
			(connect_error_in(ERROR_FOLLOW_UNSUITABLE, name),
			 blame_argument("relation"),
			 errdetail("\"%s\" %s.", name, detail),
			 errhint("Follow an ordinary table of your own.")));
}

/*
 * Opens a table that the caller owns, under a lock that lasts.  Raises
 * follow_unsuitable for what is no ordinary table of a user's, and
 * table_not_owned for somebody else's table.
 */
static Relation
open_own_table(Oid relation, LOCKMODE lock)
{
	const char *name = get_rel_name(relation);
	Relation	rel;

	if (name == NULL)
		name = psprintf("%u", relation);
	if (get_rel_relkind(relation) != RELKIND_RELATION)
		refuse_relation(name, "is no ordinary table");
	/* This comes before the lock, or anybody could lock anything. */
	if (!owns_relation(relation, GetUserId()))
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_NOT_OWNED, name),
				 blame_argument("relation"),
				 errdetail("Table \"%s\" is somebody else's.", name)));

	rel = table_open(relation, lock);
	if (IsCatalogNamespace(RelationGetNamespace(rel)) ||
		RelationGetNamespace(rel) == get_namespace_oid("connect", false))
		refuse_relation(name, "belongs to PostgreSQL or to connect");
	if (rel->rd_rel->relpersistence != RELPERSISTENCE_PERMANENT)
		refuse_relation(name, "may lose its rows without a trace");
	if (rel->rd_rel->relispartition || has_subclass(relation))
		refuse_relation(name, "is a part of other tables, or has parts");
	return rel;
}

/* Returns a table's name with its schema, quoted for SQL. */
static const char *
quoted_name(Relation rel)
{
	const char *schema = get_namespace_name(RelationGetNamespace(rel));

	return quote_qualified_identifier(schema, RelationGetRelationName(rel));
}

/* Returns the number of a column, or raises column_unknown. */
static AttrNumber
require_column(Relation rel, Name column, const char *argument)
{
	AttrNumber	attnum = get_attnum(RelationGetRelid(rel), NameStr(*column));

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(connect_error_in(ERROR_COLUMN_UNKNOWN, NameStr(*column)),
				 blame_argument(argument),
				 errdetail("Table \"%s\" has no column \"%s\".",
						   RelationGetRelationName(rel), NameStr(*column))));
	return attnum;
}

/* Raises column_unsuitable or name_unsuitable for a column of this type. */
static void
refuse_type(Relation rel, Name column, ErrorCode code, const char *argument,
			Oid type, const char *hint)
{
	ereport(ERROR,
			(connect_error_in(code, NameStr(*column)),
			 blame_argument(argument),
			 errdetail("Column \"%s\" of table \"%s\" is of type %s.",
					   NameStr(*column), RelationGetRelationName(rel),
					   format_type_be(type)),
			 errhint("%s", hint)));
}

/* Does the table have a unique index on this column alone? */
static bool
is_key(Relation rel, AttrNumber attnum)
{
	List	   *indexes = RelationGetIndexList(rel);
	ListCell   *cell;
	bool		found = false;

	foreach(cell, indexes)
	{
		Oid			indexid = lfirst_oid(cell);
		HeapTuple	tuple = SearchSysCache1(INDEXRELID,
											ObjectIdGetDatum(indexid));
		Form_pg_index index;

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for index %u", indexid);
		index = (Form_pg_index) GETSTRUCT(tuple);
		if (index->indisunique && index->indisvalid &&
			index->indnkeyatts == 1 && index->indkey.values[0] == attnum &&
			heap_attisnull(tuple, Anum_pg_index_indpred, NULL))
			found = true;
		ReleaseSysCache(tuple);
	}
	list_free(indexes);
	return found;
}

/*
 * Raises column_unknown, column_unsuitable or key_not_unique unless the values
 * of this column can be ids of organizations, one a row.
 */
static void
check_id_column(Relation rel, Name column)
{
	AttrNumber	attnum = require_column(rel, column, "id_column");
	Oid			type = get_atttype(RelationGetRelid(rel), attnum);

	switch (getBaseType(type))
	{
		case TEXTOID:
		case VARCHAROID:
		case UUIDOID:
		case INT4OID:
		case INT8OID:
			break;
		default:
			refuse_type(rel, column, ERROR_COLUMN_UNSUITABLE, "id_column", type,
						"A key can be text, varchar, uuid, integer or bigint.");
	}
	if (!is_key(rel, attnum))
		ereport(ERROR,
				(connect_error_in(ERROR_KEY_NOT_UNIQUE, NameStr(*column)),
				 blame_argument("id_column"),
				 errdetail("Table \"%s\" has no unique index on column \"%s\" "
						   "alone.", RelationGetRelationName(rel),
						   NameStr(*column)),
				 errhint("Two rows must not be the same organization.")));
}

/* Raises column_unknown or name_unsuitable unless the column can hold names. */
static void
check_name_column(Relation rel, Name column)
{
	AttrNumber	attnum = require_column(rel, column, "name_column");
	Oid			type = get_atttype(RelationGetRelid(rel), attnum);
	char		category;
	bool		preferred;

	get_type_category_preferred(getBaseType(type), &category, &preferred);
	if (category != TYPCATEGORY_STRING)
		refuse_type(rel, column, ERROR_NAME_UNSUITABLE, "name_column", type,
					"Names are text.");
}

/* Is the table listed as one that is followed? */
static bool
is_listed(Oid relation)
{
	Datum		value = ObjectIdGetDatum(relation);
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	found = store_query(&followed_columns, &value, NULL).count > 0;
	PopActiveSnapshot();
	return found;
}

/*
 * Registers the organizations that the rows of a table are, in the order of
 * their ids, and retires those whose rows it has no more.  Its owner reads it,
 * because a superuser must not run what others have put into it.
 */
static void
register_rows(Oid relation, Oid owner, const char *table, const char *id,
			  const char *name)
{
	const char *role = GetUserNameFromId(GetUserId(), false);
	StoreResult rows;
	Datum	   *ids;

	PushActiveSnapshot(GetLatestSnapshot());
	rows = store_select(psprintf("SELECT %s::text, %s::text FROM ONLY %s"
								 " ORDER BY %s::text COLLATE \"C\"",
								 id, name, table, id), owner);
	PopActiveSnapshot();
	ids = palloc(Max(1, rows.count) * sizeof(Datum));
	for (uint64 i = 0; i < rows.count; i++)
	{
		const StoreRow *row = &rows.rows[i];

		ids[i] = row->values[0];
		followed_register(relation,
						  row->nulls[0] ? NULL : DatumGetTextPP(ids[i]),
						  row->nulls[1] ? NULL : DatumGetTextPP(row->values[1]),
						  role);
		CHECK_FOR_INTERRUPTS();
	}
	followed_retire_others(relation,
						   construct_array(ids, rows.count, TEXTOID, -1, false,
										   TYPALIGN_INT), role);
}

/*
 * Makes the rows of a table organizations, now and from now on.  The lock keeps
 * writers away, so that no row comes between the two.  Raises what the
 * declaration in sql/ lists.
 */
void
follow_table(Oid relation, Name id_column, Name name_column)
{
	Datum		values[] = {ObjectIdGetDatum(relation),
		NameGetDatum(id_column), NameGetDatum(name_column)};
	Relation	rel;
	const char *table;
	Oid			owner;

	require_store_owner();
	rel = open_own_table(relation, ShareRowExclusiveLock);
	table = quoted_name(rel);
	owner = rel->rd_rel->relowner;
	if (is_listed(relation))
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_FOLLOWED,
								  RelationGetRelationName(rel)),
				 blame_argument("relation"),
				 errdetail("Table \"%s\" is listed in connect.followed_table.",
						   RelationGetRelationName(rel)),
				 errhint("Run SELECT connect.unfollow_organizations(%s); "
						 "first.", quote_literal_cstr(table))));
	check_id_column(rel, id_column);
	check_name_column(rel, name_column);
	/* CREATE TRIGGER refuses a table that is open.  The lock stays. */
	table_close(rel, NoLock);

	store_query(&list_table, values, NULL);
	store_command(psprintf("CREATE TRIGGER " ROW_TRIGGER
						   " AFTER INSERT OR UPDATE OR DELETE ON %s"
						   " FOR EACH ROW EXECUTE FUNCTION"
						   " connect.follow_organization(%s)", table,
						   quote_literal_cstr(GetUserNameFromId(owner, false))),
				  GetUserId());
	store_command(psprintf("CREATE TRIGGER " TRUNCATE_TRIGGER
						   " BEFORE TRUNCATE ON %s"
						   " FOR EACH STATEMENT EXECUTE FUNCTION"
						   " connect.follow_organization()", table),
				  GetUserId());
	register_rows(relation, owner, table, quote_identifier(NameStr(*id_column)),
				  quote_identifier(NameStr(*name_column)));
}

/*
 * Takes back what follow_table() did; the organizations stay as they are.  A
 * table that was dropped is taken off the list.  Raises what the declaration in
 * sql/ lists.
 */
void
unfollow_table(Oid relation)
{
	Datum		value = ObjectIdGetDatum(relation);
	const char *name = get_rel_name(relation);

	require_store_owner();
	if (!is_listed(relation))
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_NOT_FOLLOWED,
								  name != NULL ? name :
								  psprintf("%u", relation)),
				 blame_argument("relation"),
				 errdetail("The table is not listed in "
						   "connect.followed_table.")));
	if (name != NULL)
	{
		Relation	rel = open_own_table(relation, AccessExclusiveLock);
		const char *table = quoted_name(rel);

		table_close(rel, NoLock);
		store_command(psprintf("DROP TRIGGER IF EXISTS " ROW_TRIGGER " ON %s",
							   table), GetUserId());
		store_command(psprintf("DROP TRIGGER IF EXISTS " TRUNCATE_TRIGGER
							   " ON %s", table), GetUserId());
	}
	(void) store_query(&unlist_table, &value, NULL);
}
