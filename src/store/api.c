/*
 * api.c
 *		What a DBA calls from SQL about the store: making it, bringing it up to
 *		date, checking it, granting its use.  Who may is a matter of EXECUTE,
 *		which nobody has by default.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "base/compat.h"
#include "base/preload.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "store/setup.h"
#include "utils/acl.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(connect_create_store);
PG_FUNCTION_INFO_V1(connect_upgrade_store);
PG_FUNCTION_INFO_V1(connect_check_setup);
PG_FUNCTION_INFO_V1(connect_grant_check);
PG_FUNCTION_INFO_V1(connect_grant_read);
PG_FUNCTION_INFO_V1(connect_grant_usage);
PG_FUNCTION_INFO_V1(connect_grant_share);
PG_FUNCTION_INFO_V1(connect_grant_http);

/*
 * With the name of a role, which then owns the store; with none, or without an
 * argument, that is the caller.
 */
Datum
connect_create_store(PG_FUNCTION_ARGS)
{
	Oid			owner = GetUserId();

	if (PG_NARGS() > 0 && !PG_ARGISNULL(0))
	{
		owner = get_role_oid(NameStr(*PG_GETARG_NAME(0)), false);
		require_set_role(GetUserId(), owner);
	}
	store_create(owner);
	PG_RETURN_VOID();
}

Datum
connect_upgrade_store(PG_FUNCTION_ARGS)
{
	store_upgrade();
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
		tuplestore_putvalues(set->setResult, set->setDesc,
							 findings.rows[i].values, findings.rows[i].nulls);
	return (Datum) 0;
}

/*
 * Grants a purpose to the role that is the only argument; raises as GRANT does
 * for an unknown one.
 */
static Datum
grant_purpose(FunctionCallInfo fcinfo, const char *purpose)
{
	argument_require(fcinfo, 0, "role_name");
	(void) get_role_oid(NameStr(*PG_GETARG_NAME(0)), false);
	store_grant(PG_GETARG_NAME(0), purpose);
	PG_RETURN_VOID();
}

Datum
connect_grant_check(PG_FUNCTION_ARGS)
{
	return grant_purpose(fcinfo, GRANT_CHECK);
}

Datum
connect_grant_read(PG_FUNCTION_ARGS)
{
	return grant_purpose(fcinfo, GRANT_READ);
}

Datum
connect_grant_usage(PG_FUNCTION_ARGS)
{
	return grant_purpose(fcinfo, GRANT_USAGE);
}

Datum
connect_grant_share(PG_FUNCTION_ARGS)
{
	return grant_purpose(fcinfo, GRANT_SHARE);
}

Datum
connect_grant_http(PG_FUNCTION_ARGS)
{
	return grant_purpose(fcinfo, GRANT_HTTP);
}
