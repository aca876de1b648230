/*
 * share.c
 *		Makes a user's table shareable: it gets row security and one policy,
 *		both of them ordinary, so that dump and restore keep them.
 *
 * The SQL functions that lead here pin search_path, so names in the SQL text
 * below need no schema.
 */
#include "postgres.h"

#include "access/table.h"
#include "base/compat.h"
#include "base/errors.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "gate/ids.h"
#include "gate/share.h"
#include "scope/rows.h"
#include "store/setup.h"
#include "store/statement.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#define POLICY_NAME "connect_shared"

/*
 * Opens a table that the caller owns, locked against everybody else.  Raises
 * 42809 for what is not a user's table, and 42501 for somebody else's table.
 */
static Relation
open_own_table(Oid relation)
{
	const char *name = get_rel_name(relation);
	char		kind = get_rel_relkind(relation);
	Relation	rel;

	if (name == NULL)
		name = psprintf("%u", relation);
	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_UNSUITABLE, name),
				 blame_argument("relation"),
				 errdetail("\"%s\" is not a table.", name),
				 kind == RELKIND_VIEW ?
				 errhint("Share the tables below the view, and give it "
						 "security_invoker or an owner whom their policies "
						 "hold.") :
				 errhint("Row security is for tables; name one.")));
	/* This comes before the lock, or anybody could lock anything. */
	if (!owns_relation(relation, GetUserId()))
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_NOT_OWNED, name),
				 blame_argument("relation"),
				 errdetail("Table \"%s\" is somebody else's.", name),
				 errhint("Ask its owner to share it.")));

	rel = table_open(relation, AccessExclusiveLock);
	if (IsCatalogNamespace(RelationGetNamespace(rel)) ||
		RelationGetNamespace(rel) == get_namespace_oid("connect", false))
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_UNSUITABLE,
								  RelationGetRelationName(rel)),
				 blame_argument("relation"),
				 errdetail("Table \"%s\" belongs to PostgreSQL or to connect.",
						   RelationGetRelationName(rel)),
				 errhint("Share tables of your own.")));
	return rel;
}

/* Returns a table's name with its schema, quoted for SQL. */
static const char *
quoted_name(Relation rel)
{
	const char *schema = get_namespace_name(RelationGetNamespace(rel));

	return quote_qualified_identifier(schema, RelationGetRelationName(rel));
}

/* Does the table have the policy? */
static bool
has_policy(Relation rel)
{
	char	   *sql = psprintf("SELECT oid FROM pg_policy WHERE polrelid = %u"
							   " AND polname = '" POLICY_NAME "'",
							   RelationGetRelid(rel));
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	found = store_select(sql, GetUserId()).count > 0;
	PopActiveSnapshot();
	return found;
}

/*
 * Raises 42703 or 42804 unless the table has this column and it can hold an
 * organization's id.
 */
static void
check_column(Relation rel, Name column)
{
	AttrNumber	attnum = get_attnum(RelationGetRelid(rel), NameStr(*column));
	Oid			type;
	int32		typmod;
	Oid			collation;

	if (attnum == InvalidAttrNumber)
		ereport(ERROR,
				(connect_error_in(ERROR_COLUMN_UNKNOWN, NameStr(*column)),
				 blame_argument("organization_column"),
				 errdetail("Table \"%s\" has no column \"%s\".",
						   RelationGetRelationName(rel), NameStr(*column)),
				 errhint("Name the column that says whose row it is.")));
	get_atttypetypmodcoll(RelationGetRelid(rel), attnum, &type, &typmod,
						  &collation);
	if (type != VARCHAROID && type != TEXTOID &&
		(store_sql_is_older() || !ids_have_type(type)))
		ereport(ERROR,
				(connect_error_in(ERROR_COLUMN_UNSUITABLE, NameStr(*column)),
				 blame_argument("organization_column"),
				 errdetail("Column \"%s\" of table \"%s\" is of type %s.",
						   NameStr(*column), RelationGetRelationName(rel),
						   format_type_be(type)),
				 errhint("Change the column to text, varchar, uuid, integer or "
						 "bigint.")));
	/* to which the ids of two organizations may be the same */
	if (OidIsValid(collation) && !get_collation_isdeterministic(collation))
		ereport(ERROR,
				(connect_error_in(ERROR_COLUMN_UNSUITABLE, NameStr(*column)),
				 blame_argument("organization_column"),
				 errdetail("The collation of column \"%s\" of table \"%s\" "
						   "takes different texts for the same.",
						   NameStr(*column), RelationGetRelationName(rel)),
				 errhint("Give the column a deterministic collation, such as "
						 "\"C\".")));
}

/*
 * Returns the condition of the policy.  SQL of before 1.1.0 has no may_see().
 */
static const char *
policy_condition(const char *owner, const char *scope)
{
	if (store_sql_is_older())
		return psprintf("%s = (SELECT connect.current_organization_id())"
						" OR connect.is_allowed(%s, (SELECT"
						" connect.current_organization_id()), %s)",
						owner, owner, scope);
	return psprintf("connect.may_see(%s, %s)", owner, scope);
}

/*
 * Warns of each way to read a table past its policies.  Who shares a table
 * needs no EXECUTE on the function that knows, so its owner asks it.
 */
static void
warn_of_bypasses(Oid relation, const char *table)
{
	StoreResult bypasses;

	if (store_sql_is_older())
		return;
	PushActiveSnapshot(GetTransactionSnapshot());
	bypasses = store_select(psprintf("SELECT finding, remedy"
									 " FROM connect.share_bypasses(%u)",
									 relation),
							store_functions_owner());
	PopActiveSnapshot();
	for (uint64 i = 0; i < bypasses.count; i++)
		ereport(WARNING,
				(errmsg("rows of table %s can be seen past its policies",
						table),
				 errdetail("%s",
						   TextDatumGetCString(bypasses.rows[i].values[0])),
				 errhint("%s",
						 TextDatumGetCString(bypasses.rows[i].values[1]))));
}

/*
 * Lets whoever may read a table see the rows of the organization that acts and
 * those that others share with it now.  The caller must own the table.  Raises
 * 42809, 42501, 42710, 42703, 42804, scope_unknown and store_missing.
 */
void
share_table(Oid relation, Name column, text *scope)
{
	Relation	rel = open_own_table(relation);
	const char *table = quoted_name(rel);
	const char *owner = quote_identifier(NameStr(*column));
	bool		was_off = !rel->rd_rel->relrowsecurity;

	if (has_policy(rel))
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_SHARED,
								  RelationGetRelationName(rel)),
				 blame_argument("relation"),
				 errdetail("Table \"%s\" has the policy \"" POLICY_NAME "\".",
						   RelationGetRelationName(rel)),
				 errhint("Run SELECT connect.unshare_table('%s'); first.",
						 table)));
	check_column(rel, column);
	scope_require(scope);
	/* ALTER TABLE refuses a table that is open.  The lock stays. */
	table_close(rel, NoLock);

	store_command(psprintf("ALTER TABLE %s ENABLE ROW LEVEL SECURITY", table),
				  GetUserId());
	store_command(psprintf("CREATE POLICY " POLICY_NAME
						   " ON %s AS PERMISSIVE FOR SELECT TO PUBLIC"
						   " USING (%s)", table,
						   policy_condition(owner, quote_literal_cstr(
								text_to_cstring(scope)))),
				  GetUserId());
	store_command(psprintf("COMMENT ON POLICY " POLICY_NAME " ON %s IS"
						   " 'The acting organization sees its own rows and"
						   " those shared with it now.'", table),
				  GetUserId());
	if (was_off)
		ereport(NOTICE,
				(errmsg("row security of table %s was off and is on now",
						table),
				 errhint("Other commands than SELECT need policies of their "
						 "own.")));
	warn_of_bypasses(relation, table);
}

/*
 * Drops the policy that share_table() made; row security stays on.  The caller
 * must own the table.  Raises 42809, 42501 and 42704.
 */
void
unshare_table(Oid relation)
{
	Relation	rel = open_own_table(relation);
	const char *table = quoted_name(rel);

	if (!has_policy(rel))
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_NOT_SHARED,
								  RelationGetRelationName(rel)),
				 blame_argument("relation"),
				 errdetail("Table \"%s\" has no policy \"" POLICY_NAME "\".",
						   RelationGetRelationName(rel))));
	table_close(rel, NoLock);
	store_command(psprintf("DROP POLICY " POLICY_NAME " ON %s", table),
				  GetUserId());
}
