/*
 * setup.c
 *		Making the store, bringing it up to date, granting its use, and looking
 *		for mistakes in its setup.
 *
 * What the store consists of is connect.store_definition(), in sql/.  The
 * functions that lead here pin search_path, so the SQL text below is plain.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/errors.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "store/setup.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

/* What each grant adds: functions of schema connect. */
static const struct
{
	int			kind;
	const char *functions;
}			grants[] = {
	{GRANT_CHECK, "connect.current_organization_id, connect.is_allowed, connect.allowed_sources"},
	{GRANT_READ, "connect.get_connection, connect.list_connections, connect.list_events, "
		"connect.get_organization, connect.list_scopes, connect.transition_rules"},
	{GRANT_WRITE, "connect.create_connection, connect.activate_connection, "
		"connect.deactivate_connection, connect.reactivate_connection, connect.update_connection"},
	{GRANT_SHARE, "connect.explain_access, connect.require_allowed"},
	{GRANT_ACT_AS, "connect.act_as"},
};

/* Returns the owner of a function: the owner of the extension. */
static Oid
function_owner(Oid function)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Oid			owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* Returns a role's name, quoted as SQL wants it. */
static const char *
quoted_role(Oid role)
{
	return quote_identifier(GetUserNameFromId(role, false));
}

/* Runs statements of the definition as the caller, who will own what they make. */
static void
run_statements(StoreResult statements)
{
	for (uint64 i = 0; i < statements.count; i++)
		store_command(TextDatumGetCString(statements.rows[i].values[0]), GetUserId());
}

/*
 * Lets the store's owner put the trigger functions on its tables, those that the
 * version of the SQL has, and compare them with the definition.
 */
static void
grant_owner_functions(Oid owner, Oid extension_owner)
{
	StoreResult result = store_select("SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc AS p"
									  " WHERE p.pronamespace = 'connect'::regnamespace"
									  " AND (p.prorettype = 'trigger'::regtype OR p.proname = 'store_definition')",
									  extension_owner);

	store_command(psprintf("GRANT EXECUTE ON FUNCTION %s TO %s",
						   TextDatumGetCString(result.rows[0].values[0]), quoted_role(owner)), extension_owner);
}

/*
 * Makes the store's tables, owned by the caller, who needs CREATE on schema
 * connect.  function is the SQL function that led here: its owner lets the
 * caller use the trigger functions.  Raises 0A000, 42P07, 55000, 42501.
 */
void
store_create(Oid function)
{
	Oid			extension_owner = function_owner(function);

	if (creating_extension)
		ereport(ERROR,
				(connect_error(ERROR_STORE_IN_EXTENSION),
				 errdetail("Tables made here would be members of that extension and lose their policies in a dump."),
				 errhint("Run SELECT connect.create_store(); after CREATE EXTENSION.")));
	if (GetDatabaseEncoding() != PG_UTF8)
		ereport(ERROR,
				(connect_error(ERROR_ENCODING),
				 errdetail("The database's encoding is \"%s\".", GetDatabaseEncodingName()),
				 errhint("Create the database WITH ENCODING 'UTF8' TEMPLATE template0.")));
	if (store_exists())
		ereport(ERROR,
				(connect_error(ERROR_STORE_EXISTS),
				 errdetail("Table \"connect.connection\" exists."),
				 errhint("Run SELECT connect.upgrade_store(); to bring it up to date.")));

	run_statements(store_select("SELECT statement FROM connect.store_definition()"
								" WHERE kind IN ('table', 'constraint') ORDER BY step", extension_owner));
	grant_owner_functions(GetUserId(), extension_owner);
	CommandCounterIncrement();
	run_statements(store_select("SELECT statement FROM connect.store_definition()"
								" WHERE kind = 'trigger' ORDER BY step", extension_owner));
	/* PostgREST keeps a picture of the schema */
	store_command("NOTIFY pgrst, 'reload schema'", GetUserId());
}

/*
 * Makes what the present definition has and the store lacks: tables of later
 * versions, constraints that are missing or say something else, options that an
 * earlier version set otherwise, triggers that are missing.  May be repeated.
 * The caller must own the tables.  Raises 55000, 42501.
 */
void
store_upgrade(Oid function)
{
	Oid			extension_owner = function_owner(function);

	grant_owner_functions(store_owner(), extension_owner);
	CommandCounterIncrement();
	run_statements(store_select("SELECT statement FROM connect.store_definition() AS d"
								" WHERE kind = 'table'"
								" AND to_regclass('connect.' || quote_ident(d.name)) IS NULL"
								" ORDER BY step", extension_owner));
	run_statements(store_select("SELECT CASE WHEN c.oid IS NULL THEN '' ELSE"
								"  format('ALTER TABLE connect.%I DROP CONSTRAINT %I;', d.relation, d.name) END || d.statement"
								" FROM connect.store_definition() AS d LEFT JOIN pg_constraint AS c"
								" ON c.conrelid = to_regclass('connect.' || d.relation) AND c.conname = d.name"
								" WHERE d.kind = 'constraint'"
								/* a session may want all names quoted */
								" AND (c.oid IS NULL OR strpos(d.statement, replace(pg_get_constraintdef(c.oid), '\"', '')) = 0)"
								" ORDER BY step", extension_owner));
	run_statements(store_select("SELECT statement FROM connect.store_definition() AS d"
								" JOIN pg_class AS c ON c.oid = to_regclass('connect.' || d.relation)"
								" WHERE kind = 'option' AND d.name = ANY (c.reloptions)"
								" ORDER BY step", extension_owner));
	run_statements(store_select("SELECT statement FROM connect.store_definition() AS d"
								" WHERE kind = 'trigger' AND NOT EXISTS"
								" (SELECT FROM pg_trigger AS t"
								"  WHERE t.tgrelid = to_regclass('connect.' || d.relation)"
								"  AND t.tgname = d.name)"
								" ORDER BY step", extension_owner));
	store_command("NOTIFY pgrst, 'reload schema'", GetUserId());
}

/* Gives a role, as the caller, the functions of these kinds and the schema they are in. */
void
store_grant(Name role, int kinds)
{
	const char *grantee = quote_identifier(NameStr(*role));
	Oid			caller = GetUserId();

	if (kinds & GRANT_HTTP)
	{
		store_command(psprintf("GRANT USAGE ON SCHEMA connect_api TO %s", grantee), caller);
		store_command(psprintf("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA connect_api TO %s", grantee), caller);
		return;
	}
	store_command(psprintf("GRANT USAGE ON SCHEMA connect TO %s", grantee), caller);
	for (int i = 0; i < (int) lengthof(grants); i++)
	{
		if (kinds & grants[i].kind)
			store_command(psprintf("GRANT EXECUTE ON FUNCTION %s TO %s", grants[i].functions, grantee), caller);
	}
}

/* Takes act_as() from a role that may have been dropped meanwhile. */
void
store_revoke_act_as(Name role)
{
	if (OidIsValid(get_role_oid(NameStr(*role), true)))
		store_command(psprintf("REVOKE EXECUTE ON FUNCTION connect.act_as FROM %s",
							   quote_identifier(NameStr(*role))), GetUserId());
}

/* Every finding of check_setup() but store_missing; columns code, severity, finding, remedy. */
static const char setup_findings[] =
"WITH defined AS (SELECT * FROM connect.store_definition()),"
" tables AS (SELECT c.* FROM defined AS d JOIN pg_class AS c"
"   ON c.oid = to_regclass('connect.' || quote_ident(d.name)) WHERE d.kind = 'table'),"
" triggers AS (SELECT d.relation, d.name, t.tgenabled,"
"   d.statement LIKE '%ENABLE ALWAYS%' AS always,"
/* as pg_get_triggerdef() has it, in a session that may want all names quoted */
"   strpos(replace(replace(d.statement, chr(10) || '    ', ' '), 'OR UPDATE OR DELETE', 'OR DELETE OR UPDATE'),"
"     replace(pg_get_triggerdef(t.oid), '\"', '')) = 0 AS other"
"   FROM defined AS d LEFT JOIN pg_trigger AS t"
"   ON t.tgrelid = to_regclass('connect.' || quote_ident(d.relation)) AND t.tgname = d.name"
"   WHERE d.kind = 'trigger'),"
" owner AS (SELECT r.* FROM pg_class AS c JOIN pg_roles AS r ON r.oid = c.relowner"
"   WHERE c.oid = 'connect.connection'::regclass),"
" acl AS (SELECT t.relname, a.grantee, a.privilege_type FROM tables AS t, aclexplode(t.relacl) AS a"
"   WHERE a.grantee <> t.relowner),"
" settings AS (SELECT s.setrole, s.setdatabase, split_part(o, '=', 1) AS name,"
"   substr(o, strpos(o, '=') + 1) AS value FROM pg_db_role_setting AS s, unnest(s.setconfig) AS o"
"   WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),"
" logins AS (SELECT r.oid, r.rolname FROM connect.gateway_role AS g JOIN pg_roles AS r ON r.rolname = g.role_name"
"   UNION ALL SELECT 0::oid, current_user WHERE NOT EXISTS (SELECT FROM connect.gateway_role)),"
" logging AS (SELECT l.rolname,"
"   COALESCE((SELECT value FROM settings WHERE setrole = l.oid AND name = 'log_parameter_max_length'"
"     ORDER BY setdatabase DESC LIMIT 1), current_setting('log_parameter_max_length')) AS length,"
"   COALESCE((SELECT value FROM settings WHERE setrole = l.oid AND name = 'log_statement'"
"     ORDER BY setdatabase DESC LIMIT 1), current_setting('log_statement')) AS statement,"
"   COALESCE((SELECT value FROM settings WHERE setrole = l.oid AND name = 'log_min_duration_statement'"
"     ORDER BY setdatabase DESC LIMIT 1), current_setting('log_min_duration_statement')) AS duration"
"   FROM logins AS l)"

" SELECT 'trigger_missing', 'error', format('Trigger %I on connect.%I does not exist.', name, relation),"
"   'SELECT connect.upgrade_store();' FROM triggers WHERE tgenabled IS NULL"
" UNION ALL SELECT 'trigger_missing', 'error',"
"   format('Trigger %I on connect.%I is another one than create_store() makes.', name, relation),"
"   format('DROP TRIGGER %I ON connect.%I; SELECT connect.upgrade_store();', name, relation) FROM triggers WHERE other"
" UNION ALL SELECT 'trigger_disabled', 'error',"
"   format('Trigger %I on connect.%I does not fire for ordinary writers, or fires for replicated rows.', name, relation),"
"   format('ALTER TABLE connect.%I ENABLE TRIGGER %I;', relation, name)"
"   FROM triggers WHERE tgenabled <> 'O' AND NOT always"
" UNION ALL SELECT 'trigger_disabled', 'warning',"
"   format('Trigger %I on connect.%I does not fire for every writer: the gate keeps nothing beyond a statement.', name, relation),"
"   format('ALTER TABLE connect.%I ENABLE ALWAYS TRIGGER %I;', relation, name)"
"   FROM triggers WHERE tgenabled <> 'A' AND always"
" UNION ALL SELECT 'row_security_disabled', 'error', format('Row security is off for connect.%I.', relname),"
"   format('ALTER TABLE connect.%I ENABLE ROW LEVEL SECURITY;', relname) FROM tables WHERE NOT relrowsecurity"
" UNION ALL SELECT 'public_grant', 'error', format('PUBLIC has %s on connect.%I.', privilege_type, relname),"
"   format('REVOKE %s ON connect.%I FROM PUBLIC;', privilege_type, relname) FROM acl WHERE grantee = 0"
" UNION ALL SELECT 'trigger_privilege', 'error',"
"   format('Role %s may put triggers on connect.%I, which run as its owner.', grantee::regrole, relname),"
"   format('REVOKE TRIGGER ON connect.%I FROM %s;', relname, grantee::regrole)"
"   FROM acl WHERE grantee <> 0 AND privilege_type = 'TRIGGER'"
" UNION ALL SELECT 'truncate_privilege', 'warning',"
"   format('Role %s has TRUNCATE on connect.%I, past row security.', grantee::regrole, relname),"
"   format('REVOKE TRUNCATE ON connect.%I FROM %s;', relname, grantee::regrole)"
"   FROM acl WHERE grantee <> 0 AND privilege_type = 'TRUNCATE'"
" UNION ALL SELECT 'owner_member', 'warning',"
"   format('Role %I is a member of the store''s owner %I and may write for no organization.', m.rolname, o.rolname),"
"   format('REVOKE %I FROM %I;', o.rolname, m.rolname)"
"   FROM owner AS o, pg_roles AS m WHERE m.oid <> o.oid AND NOT m.rolsuper AND pg_has_role(m.oid, o.oid, 'MEMBER')"
" UNION ALL SELECT 'owner_login', 'warning', format('The store''s owner %I can log in.', rolname),"
"   'Give the tables of schema connect to a NOLOGIN role with USAGE on it, with ALTER TABLE ... OWNER TO, then SELECT connect.upgrade_store();'"
"   FROM owner WHERE rolcanlogin"
" UNION ALL SELECT 'bypassrls_role', 'warning', format('Role %I bypasses row security.', rolname),"
"   format('ALTER ROLE %I NOBYPASSRLS;', rolname) FROM pg_roles WHERE rolbypassrls AND NOT rolsuper"
" UNION ALL SELECT 'gateway_superuser', 'error', format('Gateway %I is a superuser.', r.rolname),"
"   format('ALTER ROLE %I NOSUPERUSER;', r.rolname)"
"   FROM connect.gateway_role AS g JOIN pg_roles AS r ON r.rolname = g.role_name WHERE r.rolsuper"
" UNION ALL SELECT 'execute_public', 'error', format('PUBLIC may execute %s.', p.oid::regprocedure),"
"   format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC;', p.oid::regprocedure)"
"   FROM pg_proc AS p, aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) AS a"
"   WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('connect', 'connect_api')) AND a.grantee = 0"
" UNION ALL SELECT 'logs_parameters', 'warning',"
"   format('Statements of %I are logged with their parameters, which hold API keys and tokens.', rolname),"
"   format('ALTER ROLE %I SET log_parameter_max_length = 0;', rolname)"
"   FROM logging WHERE length <> '0' AND (statement IN ('mod', 'all') OR duration <> '-1')";

/* Returns one finding. */
static StoreResult
single_finding(const char *code, const char *severity, const char *finding, const char *remedy)
{
	StoreResult result = {.count = 1,.rows = palloc0(sizeof(StoreRow))};

	result.rows[0].values[0] = CStringGetTextDatum(code);
	result.rows[0].values[1] = CStringGetTextDatum(severity);
	result.rows[0].values[2] = CStringGetTextDatum(finding);
	result.rows[0].values[3] = CStringGetTextDatum(remedy);
	return result;
}

/* Looks for mistakes in the setup; returns rows of code, severity, finding, remedy. */
StoreResult
store_check_setup(bool preloaded)
{
	StoreResult findings;

	if (!store_exists())
		return single_finding("store_missing", "error", "The store does not exist.",
							  "SELECT connect.create_store();");
	findings = store_select(setup_findings, store_owner());
	if (!preloaded)
	{
		StoreResult more = single_finding("not_preloaded", "warning",
										  "The module is loaded at the first call of each session only, and the gate keeps nothing beyond a statement.",
										  "ALTER SYSTEM SET shared_preload_libraries = 'connect'; and restart.");

		findings.rows = repalloc(findings.rows, (findings.count + 1) * sizeof(StoreRow));
		findings.rows[findings.count++] = more.rows[0];
	}
	return findings;
}
