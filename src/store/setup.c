/*
 * setup.c
 *		Making the store, bringing it up to date, granting its use, and looking
 *		for mistakes in its setup.
 *
 * What the store consists of, what each grant opens and what counts as a
 * mistake is SQL, in sql/store/.  Here is what SQL cannot do: run the
 * statements that those functions return, each as the right role, and keep
 * check_setup() from raising.
 *
 * The functions of connect that are asked read catalogs only, and run as their
 * owner, for whoever calls may have no EXECUTE on them.  Whatever reads tables
 * of the store runs as the store's owner: a superuser must not run what that
 * owner has put in a table's place.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/errors.h"
#include "catalog/namespace.h"
#include "catalog/pg_proc.h"
#include "commands/extension.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "store/setup.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
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
static Oid
functions_owner(void)
{
	Oid			owner = find_function_owner("store_definition");

	if (!OidIsValid(owner))
		elog(ERROR, "function connect.store_definition() does not exist");
	return owner;
}

/* Is the SQL of before 1.1.0, which leaves more to the library? */
static bool
sql_is_older(void)
{
	return !OidIsValid(find_function_owner("setup_checks"));
}

/* Returns the rows of a query that sees what this command has done so far. */
static StoreResult
select_now(const char *query, Oid role)
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
static Oid
setup_owner(void)
{
	StoreResult result = select_now("SELECT connect.store_owner()",
									functions_owner());

	return DatumGetObjectId(result.rows[0].values[0]);
}

/* Returns one column of one row as a string, or NULL. */
static const char *
get_string(StoreResult result, uint64 row, int column)
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
	statements = select_now(query, functions_owner());
	for (uint64 i = 0; i < statements.count; i++)
		store_command(get_string(statements, i, 0), role);
	AtEOXact_GUC(true, nest_level);
}

/* Gives a role what a purpose needs; grantor is whose right to grant counts. */
static void
grant_purpose(const char *role, const char *purpose, Oid grantor)
{
	const char *query;

	if (sql_is_older())
		query = older_grants(purpose, role);
	else
		query = psprintf("SELECT g FROM connect.grant_statements(%s, %s) AS g",
						 quote_literal_cstr(purpose), quote_literal_cstr(role));
	run_statements_of(query, grantor);
}

/*
 * Makes what the store lacks and mends what is another, in rounds: what is
 * needed of one shows when those before it are done.  Rows are written by the
 * store's owner, all else is done by the caller.
 */
static void
mend_store(void)
{
	StoreResult rounds =
		select_now("SELECT round::text, bool_and(kind IN ('rows', 'fill'))"
				   " FROM connect.store_definition()"
				   " GROUP BY round ORDER BY round", functions_owner());

	for (uint64 i = 0; i < rounds.count; i++)
	{
		bool		only_rows = DatumGetBool(rounds.rows[i].values[1]);

		run_statements_of(psprintf("SELECT statement"
								   " FROM connect.store_definition()"
								   " WHERE round = %s AND sound IS NOT TRUE"
								   " ORDER BY step", get_string(rounds, i, 0)),
						  only_rows ? setup_owner() : GetUserId());
	}
}

/*
 * Makes the store's tables, owned by the caller, who needs CREATE on schema
 * connect.  Raises 0A000, 42P07, 55000, 42501.
 */
void
store_create(void)
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

	grant_purpose(GetUserNameFromId(GetUserId(), false), GRANT_OWNER,
				  functions_owner());
	if (sql_is_older())
		run_statements_of(older_definition(), GetUserId());
	else
		mend_store();
	/* PostgREST keeps a picture of the schema */
	store_command("NOTIFY pgrst, 'reload schema'", GetUserId());
}

/*
 * Makes what the present definition has and the store lacks, mends what is
 * another, and gives the store's owner what it needs.  May be repeated.  The
 * caller must own the tables.  Raises 55000, 42501, and what PostgreSQL raises
 * where rows or other objects stand against a change.
 */
void
store_upgrade(void)
{
	if (sql_is_older())
		ereport(ERROR,
				(connect_error(ERROR_EXTENSION_OUTDATED),
				 errdetail("The library is newer than the functions of schema "
						   "\"connect\"."),
				 errhint("Run ALTER EXTENSION connect UPDATE; first.")));
	if (!store_exists())
		(void) store_owner();	/* raises store_missing */
	grant_purpose(GetUserNameFromId(setup_owner(), false), GRANT_OWNER,
				  functions_owner());
	mend_store();
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
	if (sql_is_older())
		query = older_revokes(purpose, NameStr(*role));
	else
		query = psprintf("SELECT r FROM connect.revoke_statements(%s, %s) AS r",
						 quote_literal_cstr(purpose),
						 quote_literal_cstr(NameStr(*role)));
	run_statements_of(query, GetUserId());
}

/* Adds a finding. */
static void
add_finding(StoreResult *findings, const char *code, const char *severity,
			const char *finding, const char *remedy)
{
	StoreRow   *row;

	findings->rows = findings->rows == NULL ? palloc(sizeof(StoreRow)) :
		repalloc(findings->rows, (findings->count + 1) * sizeof(StoreRow));
	row = &findings->rows[findings->count++];
	memset(row, 0, sizeof(StoreRow));
	row->values[0] = CStringGetTextDatum(code);
	row->values[1] = CStringGetTextDatum(severity);
	row->values[2] = CStringGetTextDatum(finding);
	row->values[3] = CStringGetTextDatum(remedy);
}

/*
 * Runs a query of check_setup() as a role, in a subtransaction.  An error, also
 * in finding out who that role is, becomes a finding; all but one that ends the
 * statement on demand.
 */
static void
try_select(const char *query, Oid (*role) (void), StoreResult *result,
		   StoreResult *findings)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		*result = select_now(query, role());
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		ErrorData  *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED)
			PG_RE_THROW();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		result->count = 0;
		add_finding(findings, "check_failed", "error",
					psprintf("A part of the setup could not be looked at: %s.",
							 error->message),
					"Mend what the other rows show, and look again.");
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
}

/* Runs everything that setup_checks() names and adds what it finds. */
static void
run_checks(StoreResult *findings)
{
	StoreResult checks;

	try_select("SELECT function, as_owner FROM connect.setup_checks()",
			   functions_owner, &checks, findings);
	for (uint64 i = 0; i < checks.count; i++)
	{
		bool		as_owner = DatumGetBool(checks.rows[i].values[1]);
		StoreResult found;

		try_select(psprintf("SELECT code, severity, finding, remedy FROM %s",
							get_string(checks, i, 0)),
				   as_owner ? setup_owner : functions_owner, &found, findings);
		for (uint64 j = 0; j < found.count; j++)
			add_finding(findings, get_string(found, j, 0),
						get_string(found, j, 1), get_string(found, j, 2),
						get_string(found, j, 3));
	}
}

/*
 * Looks for mistakes in the setup; returns rows of code, severity, finding and
 * remedy.  Raises nothing.
 */
StoreResult
store_check_setup(bool preloaded)
{
	StoreResult findings = {.count = 0};

	if (!store_exists())
	{
		add_finding(&findings, "store_missing", "error", "The store does not "
					"exist.", "SELECT connect.create_store();");
		return findings;
	}
	if (sql_is_older())
		add_finding(&findings, "extension_outdated", "warning",
					"The library is newer than the functions of schema "
					"connect.", "ALTER EXTENSION connect UPDATE; SELECT"
					" connect.upgrade_store();");
	else
		run_checks(&findings);
	if (!preloaded)
		add_finding(&findings, "not_preloaded", "warning", "The module is"
					" loaded at the first call of each session only,"
					" and the gate keeps nothing beyond a statement.",
					"ALTER SYSTEM SET shared_preload_libraries = 'connect';"
					" and restart.");
	return findings;
}
