/*
 * api.c
 *		What a DBA calls from SQL for the store as a whole: making it, bringing it
 *		up to date, looking for mistakes, and granting its use.
 *
 * Who may call it is a matter of EXECUTE, which nobody has by default.
 */
#include "postgres.h"

#include "base/errors.h"
#include "base/random.h"
#include "base/arguments.h"
#include "base/preload.h"
#include "funcapi.h"
#include "store/setup.h"
#include "store/statement.h"
#include "utils/acl.h"

PG_FUNCTION_INFO_V1(connect_create_store);
PG_FUNCTION_INFO_V1(connect_upgrade_store);
PG_FUNCTION_INFO_V1(connect_check_setup);
PG_FUNCTION_INFO_V1(connect_grant_check);
PG_FUNCTION_INFO_V1(connect_grant_read);
PG_FUNCTION_INFO_V1(connect_grant_usage);
PG_FUNCTION_INFO_V1(connect_grant_share);
PG_FUNCTION_INFO_V1(connect_grant_http);

/* Returns the name of a role that exists, or raises as GRANT does. */
static Name
require_role(FunctionCallInfo fcinfo)
{
	Name		role;

	argument_require(fcinfo, 0, "role_name");
	role = PG_GETARG_NAME(0);
	(void) get_role_oid(NameStr(*role), false);
	return role;
}

Datum
connect_create_store(PG_FUNCTION_ARGS)
{
	store_create(fcinfo->flinfo->fn_oid);
	PG_RETURN_VOID();
}

Datum
connect_upgrade_store(PG_FUNCTION_ARGS)
{
	store_upgrade(fcinfo->flinfo->fn_oid);
	PG_RETURN_VOID();
}

Datum
connect_check_setup(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	StoreResult findings;

	InitMaterializedSRF(fcinfo, 0);
	findings = store_check_setup(connect_preloaded);
	for (uint64 i = 0; i < findings.count; i++)
		tuplestore_putvalues(set->setResult, set->setDesc, findings.rows[i].values, findings.rows[i].nulls);
	return (Datum) 0;
}

Datum
connect_grant_check(PG_FUNCTION_ARGS)
{
	store_grant(require_role(fcinfo), GRANT_CHECK);
	PG_RETURN_VOID();
}

Datum
connect_grant_read(PG_FUNCTION_ARGS)
{
	store_grant(require_role(fcinfo), GRANT_CHECK | GRANT_READ);
	PG_RETURN_VOID();
}

Datum
connect_grant_usage(PG_FUNCTION_ARGS)
{
	store_grant(require_role(fcinfo), GRANT_CHECK | GRANT_READ | GRANT_WRITE);
	PG_RETURN_VOID();
}

Datum
connect_grant_share(PG_FUNCTION_ARGS)
{
	store_grant(require_role(fcinfo), GRANT_CHECK | GRANT_SHARE);
	PG_RETURN_VOID();
}

Datum
connect_grant_http(PG_FUNCTION_ARGS)
{
	store_grant(require_role(fcinfo), GRANT_HTTP);
	PG_RETURN_VOID();
}
