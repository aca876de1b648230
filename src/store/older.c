/*
 * older.c
 *		What SQL of before 1.1.0 leaves to the library, which is newer until
 *		ALTER EXTENSION connect UPDATE: the privileges of each grant, as 1.0.0
 *		had them, and a definition whose statements are all to be run.
 */
#include "postgres.h"

#include "store/setup.h"
#include "utils/builtins.h"

#define OLDER_CHECK "current_organization_id,is_allowed,allowed_sources"
#define OLDER_READ OLDER_CHECK \
	",get_connection,list_connections,list_events,get_organization" \
	",list_scopes,transition_rules"
#define OLDER_USAGE OLDER_READ \
	",create_connection,activate_connection,deactivate_connection" \
	",reactivate_connection,update_connection"

/* The functions of each purpose; 0.1.0 has not got all of them. */
static const char older_functions[] =
"(VALUES ('check', '{" OLDER_CHECK "}'::text[]),"
" ('read', '{" OLDER_READ "}'), ('usage', '{" OLDER_USAGE "}'),"
" ('share', '{" OLDER_CHECK ",explain_access,require_allowed}'),"
" ('act_as', '{act_as}'), ('http', NULL),"
" ('owner', '{guard_connection,record_event,guard_event,mark_pair}'))"
" AS o (purpose, functions)";

/* Returns a query for a statement of this format about each function. */
static const char *
select_functions(const char *purpose, const char *role, const char *format)
{
	return psprintf("SELECT format(%s, p.oid::regprocedure, %s)"
					" FROM %s"
					" JOIN pg_proc AS p ON p.proname = ANY (o.functions)"
					" AND p.pronamespace = 'connect'::regnamespace"
					" OR o.functions IS NULL"
					" AND p.pronamespace = 'connect_api'::regnamespace"
					" WHERE o.purpose = %s",
					quote_literal_cstr(format), quote_literal_cstr(role),
					older_functions, quote_literal_cstr(purpose));
}

/* Returns a query for the statements that make a store. */
const char *
older_definition(void)
{
	return "SELECT statement FROM connect.store_definition() ORDER BY step";
}

/* Returns a query for the statements that grant a purpose to a role. */
const char *
older_grants(const char *purpose, const char *role)
{
	const char *schema = strcmp(purpose, GRANT_HTTP) == 0 ?
		"connect_api" : "connect";

	return psprintf("SELECT format('GRANT USAGE ON SCHEMA %s TO %%I', %s)"
					" UNION ALL (%s)",
					schema, quote_literal_cstr(role),
					select_functions(purpose, role,
									 "GRANT EXECUTE ON FUNCTION %s TO %I"));
}

/* Returns a query for the statements that take a purpose back from a role. */
const char *
older_revokes(const char *purpose, const char *role)
{
	return select_functions(purpose, role,
							"REVOKE EXECUTE ON FUNCTION %s FROM %I");
}
