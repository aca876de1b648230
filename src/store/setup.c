/*
 * setup.c
 *		Making the store, bringing it up to date, and granting its use.
 *
 * What the store consists of, what each grant opens and what counts as a
 * mistake is SQL, in sql/store/.  Here is what SQL cannot do: run the
 * statements that those functions return, each as the right role.
 *
 * The functions of connect that are asked read catalogs only, and run as their
 * owner, for whoever calls may have no EXECUTE on them.  Whatever reads tables
 * of the store runs as the store's owner: a superuser must not run what that
 * owner has put in a table's place.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/errors.h"
#include "catalog/namespace.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "store/narrow.h"
#include "store/setup.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/*
 * Returns the owner of a function of connect that has no arguments, or an
 * invalid id if there is none.
 */
static Oid
find_function_owner(const char *name)
{
	oidvector  *no_arguments = buildoidvector(NULL, 0);
	HeapTuple	tuple =
		SearchSysCache3(PROCNAMEARGSNSP, CStringGetDatum(name),
						PointerGetDatum(no_arguments),
						ObjectIdGetDatum(get_namespace_oid("connect", true)));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

/* Returns who owns the functions that are asked; every version has this one. */
Oid
store_functions_owner(void)
{
	Oid			owner = find_function_owner("store_definition");

	if (!OidIsValid(owner))
		elog(ERROR, "function connect.store_definition() does not exist");
	return owner;
}

/* Is the SQL of before 1.1.0, which leaves more to the library? */
bool
store_sql_is_older(void)
{
	return !OidIsValid(find_function_owner("setup_checks"));
}

/* Returns the rows of a query that sees what this command has done so far. */
StoreResult
setup_select(const char *query, Oid role)
{
	StoreResult result;

	PushActiveSnapshot(GetTransactionSnapshot());
	result = store_select(query, role);
	PopActiveSnapshot();
	return result;
}

/*
 * Returns the store's owner, whatever its tables look like.  Only for a store
 * that exists, beside SQL that is not older.
 */
Oid
setup_owner(void)
{
	StoreResult result = setup_select("SELECT connect.store_owner()",
									store_functions_owner());

	return DatumGetObjectId(result.rows[0].values[0]);
}

/* Returns one column of one row as a string, or NULL. */
const char *
setup_string(StoreResult result, uint64 row, int column)
{
	if (result.rows[row].nulls[column])
		return NULL;
	return TextDatumGetCString(result.rows[row].values[column]);
}

/*
 * Asks connect's functions for statements and runs them as a role.  Names in
 * both are short, so no search_path of the caller's is in force meanwhile.
 */
static void
run_statements_of(const char *query, Oid role)
{
	int			nest_level = NewGUCNestLevel();
	StoreResult statements;

	(void) set_config_option("search_path", "pg_catalog, pg_temp",
							 PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	statements = setup_select(query, store_functions_owner());
	for (uint64 i = 0; i < statements.count; i++)
		store_command(setup_string(statements, i, 0), role);
	AtEOXact_GUC(true, nest_level);
}

/* Gives a role what a purpose needs; grantor is whose right to grant counts. */
static void
grant_purpose(const char *role, const char *purpose, Oid grantor)
{
	const char *query;

	if (store_sql_is_older())
		query = older_grants(purpose, role);
	else
		query = psprintf("SELECT g FROM connect.grant_statements(%s, %s) AS g",
						 quote_literal_cstr(purpose), quote_literal_cstr(role));
	run_statements_of(query, grantor);
}

/*
 * Makes what the store lacks and mends what is another, in rounds: what is
 * needed of one shows when those before it are done.  Rows are written by the
 * store's owner, all else is done by the role given.
 */
static void
mend_store(Oid role)
{
	StoreResult rounds =
		setup_select("SELECT round::text, bool_and(kind IN ('rows', 'fill'))"
				   " FROM connect.store_definition()"
				   " GROUP BY round ORDER BY round", store_functions_owner());

	for (uint64 i = 0; i < rounds.count; i++)
	{
		bool		only_rows = DatumGetBool(rounds.rows[i].values[1]);

		run_statements_of(psprintf("SELECT statement"
								   " FROM connect.store_definition()"
								   " WHERE round = %s AND sound IS NOT TRUE"
								   " GROUP BY statement ORDER BY min(step)",
								   setup_string(rounds, i, 0)),
						  only_rows ? setup_owner() : role);
	}
}

/*
 * Makes the tables as their owner, who needs CREATE on the schema for that.  A
 * caller who has it lends it, and takes it back when they are there.
 */
static void
make_store(Oid owner)
{
	Oid			schema = get_namespace_oid("connect", false);
	bool		lent = !may_create_in(schema, owner) &&
		may_create_in(schema, GetUserId());
	const char *name = quote_identifier(GetUserNameFromId(owner, false));

	if (lent)
		store_command(psprintf("GRANT CREATE ON SCHEMA connect TO %s", name),
					  store_functions_owner());
	mend_store(owner);
	if (lent)
		store_command(psprintf("REVOKE CREATE ON SCHEMA connect FROM %s", name),
					  store_functions_owner());
}

/*
 * Raises 42P07 where a table has the name of one of ours, and not its columns:
 * what is left of a store that lost a table is taken on, nothing else is.
 */
static void
refuse_planted(void)
{
	StoreResult planted =
		setup_select("SELECT relation FROM connect.store_definition()"
				   " GROUP BY relation"
				   " HAVING bool_or(kind = 'table' AND present)"
				   " AND bool_or(kind = 'column' AND NOT sound)"
				   " ORDER BY min(step) LIMIT 1",
				   store_functions_owner());

	if (planted.count > 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_TABLE),
				 errmsg("relation \"%s\" already exists",
						setup_string(planted, 0, 0)),
				 errdetail("A new store takes no table of somebody else's for "
						   "its own."),
				 errhint("Look whose it is, and drop or rename it.")));
}

/*
 * Makes the store's tables for their owner.  Either it or the caller needs
 * CREATE on schema connect.  Raises 0A000, 42P07, 55000, 42501.
 */
void
store_create(Oid owner)
{
	if (creating_extension)
		ereport(ERROR,
				(connect_error(ERROR_STORE_IN_EXTENSION),
				 errdetail("Tables made here would be members of that extension"
						   " and lose their policies in a dump."),
				 errhint("Run SELECT connect.create_store();"
						 " after CREATE EXTENSION.")));
	if (GetDatabaseEncoding() != PG_UTF8)
		ereport(ERROR,
				(connect_error(ERROR_ENCODING),
				 errdetail("The database's encoding is \"%s\".",
						   GetDatabaseEncodingName()),
				 errhint("Create the database WITH ENCODING 'UTF8' TEMPLATE "
						 "template0.")));
	if (store_exists())
		ereport(ERROR,
				(connect_error(ERROR_STORE_EXISTS),
				 errdetail("Its tables are in schema \"connect\"."),
				 errhint("Run SELECT connect.upgrade_store(); to bring it up "
						 "to date.")));

	grant_purpose(GetUserNameFromId(owner, false), GRANT_OWNER,
				  store_functions_owner());
	if (store_sql_is_older())
		run_statements_of(older_definition(), owner);
	else
	{
		refuse_planted();
		make_store(owner);
	}
	/* PostgREST keeps a picture of the schema */
	store_command("NOTIFY pgrst, 'reload schema'", GetUserId());
}

/*
 * Raises store_in_use, which names them all, if objects of the DBA's stand in
 * the way: PostgreSQL would name the first of them when much is done.
 */
static void
refuse_obstacles(void)
{
	StoreResult obstacles = setup_select("SELECT string_agg(o, E'.\n') FROM"
										 " connect.upgrade_obstacles() AS o",
										 store_functions_owner());

	if (obstacles.rows[0].nulls[0])
		return;
	ereport(ERROR,
			(connect_error(ERROR_STORE_IN_USE),
			 errdetail("%s.", setup_string(obstacles, 0, 0)),
			 errhint("Drop them, run SELECT connect.upgrade_store(); and make "
					 "them anew, where they compare the column with a text.")));
}

/*
 * Keeps others from writing to the tables that narrow ones follow, to the end
 * of the transaction: who changes a row meanwhile would not find the narrow row
 * that is being made for it, or would find one that is being taken away.  This
 * comes before all else is locked, and in the order in which writers come to
 * tables.
 *
 * A table that is to be altered is kept from readers too, at once: a reader who
 * goes on to write and a mender who first locks less would wait for each other.
 */
static void
lock_followed(void)
{
	run_statements_of(psprintf("SELECT format("
							   "'LOCK TABLE connect.%%I IN %%s MODE', relation,"
							   " CASE WHEN bool_and(sound)"
							   " THEN 'SHARE ROW EXCLUSIVE'"
							   " ELSE 'ACCESS EXCLUSIVE' END)"
							   " FROM connect.store_definition()"
							   " WHERE relation IN (%s) AND kind <> 'comment'"
							   " GROUP BY relation"
							   " HAVING bool_or(kind = 'table' AND present)"
							   " ORDER BY min(step)",
							   store_narrow_followed()), GetUserId());
}

/*
 * Makes what the present definition has and the store lacks, mends what is
 * another, and gives the store's owner what it needs.  May be repeated.  The
 * caller must own the tables.  Raises 55000, 2BP01, 42501, and what PostgreSQL
 * raises where rows or other objects stand against a change.
 */
void
store_upgrade(void)
{
	if (store_sql_is_older())
		ereport(ERROR,
				(connect_error(ERROR_EXTENSION_OUTDATED),
				 errdetail("The library is newer than the functions of schema "
						   "\"connect\"."),
				 errhint("Run ALTER EXTENSION connect UPDATE; first.")));
	if (!store_exists())
		(void) store_owner();	/* raises store_missing */
	refuse_obstacles();
	lock_followed();
	grant_purpose(GetUserNameFromId(setup_owner(), false), GRANT_OWNER,
				  store_functions_owner());
	mend_store(GetUserId());
	store_command("NOTIFY pgrst, 'reload schema'", GetUserId());
}

/* Gives a role, as the caller, what a purpose needs. */
void
store_grant(Name role, const char *purpose)
{
	grant_purpose(NameStr(*role), purpose, GetUserId());
}

/*
 * Takes a purpose's functions from a role that may have been dropped meanwhile.
 */
void
store_revoke(Name role, const char *purpose)
{
	const char *query;

	if (!OidIsValid(get_role_oid(NameStr(*role), true)))
		return;
	if (store_sql_is_older())
		query = older_revokes(purpose, NameStr(*role));
	else
		query = psprintf("SELECT r FROM connect.revoke_statements(%s, %s) AS r",
						 quote_literal_cstr(purpose),
						 quote_literal_cstr(NameStr(*role)));
	run_statements_of(query, GetUserId());
}
