/*
 * admin.c
 *		What a DBA calls from SQL: organizations, roles, API keys.  Who may is a
 *		matter of EXECUTE, which nobody has by default.
 */
#include "postgres.h"

#include "base/errors.h"
#include "base/random.h"
#include "catalog/pg_type.h"
#include "connection/change.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "store/store.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(connect_register_organization);
PG_FUNCTION_INFO_V1(connect_map_role);
PG_FUNCTION_INFO_V1(connect_unmap_role);
PG_FUNCTION_INFO_V1(connect_trust_gateway);
PG_FUNCTION_INFO_V1(connect_distrust_gateway);
PG_FUNCTION_INFO_V1(connect_create_api_key);
PG_FUNCTION_INFO_V1(connect_revoke_api_key);
PG_FUNCTION_INFO_V1(connect_prune_idempotency);

#define ARG_TEXT(n) (PG_ARGISNULL(n) ? NULL : PG_GETARG_TEXT_PP(n))

/* Raises parameter_missing for a null argument. */
static void
require_argument(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, name),
				 blame_argument(name),
				 errdetail("\"%s\" must be given.", name)));
}

/* Returns the name of a role that exists, or raises as GRANT does. */
static Name
require_role(FunctionCallInfo fcinfo)
{
	Name		role;

	require_argument(fcinfo, 0, "role_name");
	role = PG_GETARG_NAME(0);
	(void) get_role_oid(NameStr(*role), false);
	return role;
}

/* Raises organization_unknown. */
static void
require_registered(text *organization)
{
	bool		exists;

	change_require_id(organization, "organization_id");
	PushActiveSnapshot(GetTransactionSnapshot());
	exists = store_organization_exists(organization);
	PopActiveSnapshot();
	if (!exists)
		ereport(ERROR,
				(connect_error(ERROR_ORGANIZATION_UNKNOWN),
				 blame_argument("organization_id"),
				 errdetail("Organization \"%s\" is not registered.", text_to_cstring(organization)),
				 errhint("Register it with connect.register_organization().")));
}

/* Returns a name that is required: neither null nor empty nor too long. */
static text *
require_name(FunctionCallInfo fcinfo, int n)
{
	text	   *name = ARG_TEXT(n);

	if (name == NULL || VARSIZE_ANY_EXHDR(name) == 0)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, "name"),
				 blame_argument("name"),
				 errdetail("\"name\" must be given.")));
	change_check_name(name);
	return name;
}

Datum
connect_register_organization(PG_FUNCTION_ARGS)
{
	text	   *id = ARG_TEXT(0);

	change_require_id(id, "id");
	store_register_organization(id, require_name(fcinfo, 1));
	PG_RETURN_VOID();
}

Datum
connect_map_role(PG_FUNCTION_ARGS)
{
	Name		role = require_role(fcinfo);
	text	   *organization = ARG_TEXT(1);

	require_registered(organization);
	store_map_role(role, organization);
	PG_RETURN_VOID();
}

Datum
connect_unmap_role(PG_FUNCTION_ARGS)
{
	require_argument(fcinfo, 0, "role_name");
	store_unmap_role(PG_GETARG_NAME(0));
	PG_RETURN_VOID();
}

Datum
connect_trust_gateway(PG_FUNCTION_ARGS)
{
	store_trust_gateway(require_role(fcinfo));
	PG_RETURN_VOID();
}

Datum
connect_distrust_gateway(PG_FUNCTION_ARGS)
{
	require_argument(fcinfo, 0, "role_name");
	store_distrust_gateway(PG_GETARG_NAME(0));
	PG_RETURN_VOID();
}

/* Returns permissions sorted; raises parameter_invalid unless a non-empty subset of read and write. */
static ArrayType *
require_permissions(FunctionCallInfo fcinfo, int n)
{
	ArrayType  *permissions;
	Datum	   *names;
	int			count;

	require_argument(fcinfo, n, "permissions");
	permissions = change_normalise_names(PG_GETARG_ARRAYTYPE_P(n), "permissions");
	deconstruct_array(permissions, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		char	   *name = TextDatumGetCString(names[i]);

		if (strcmp(name, "read") != 0 && strcmp(name, "write") != 0)
			count = 0;
	}
	if (count == 0)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "permissions"),
				 blame_argument("permissions"),
				 errdetail("\"permissions\" must be a non-empty subset of {read,write}.")));
	return permissions;
}

Datum
connect_create_api_key(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	text	   *organization = ARG_TEXT(0);
	ArrayType  *permissions;
	text	   *name;
	char	   *secret;
	Datum		values[2];
	bool		nulls[2] = {false, false};

	InitMaterializedSRF(fcinfo, 0);
	change_require_id(organization, "organization_id");
	permissions = require_permissions(fcinfo, 2);
	name = require_name(fcinfo, 1);
	require_registered(organization);

	secret = random_secret();
	values[0] = PointerGetDatum(store_insert_api_key(organization, name, secret, permissions,
													 PG_GETARG_DATUM(3), PG_ARGISNULL(3)));
	values[1] = CStringGetTextDatum(secret);
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	return (Datum) 0;
}

Datum
connect_revoke_api_key(PG_FUNCTION_ARGS)
{
	text	   *id = ARG_TEXT(0);

	change_require_id(id, "id");
	if (!store_revoke_api_key(id))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "id"),
				 blame_argument("id"),
				 errdetail("API key \"%s\" does not exist.", text_to_cstring(id)),
				 errhint("See table connect.api_key.")));
	PG_RETURN_VOID();
}

Datum
connect_prune_idempotency(PG_FUNCTION_ARGS)
{
	Interval   *older_than;

	require_argument(fcinfo, 0, "older_than");
	older_than = PG_GETARG_INTERVAL_P(0);
	if (DatumGetInt32(DirectFunctionCall2(interval_cmp, IntervalPGetDatum(older_than),
										  IntervalPGetDatum(&(Interval) {0}))) < 0)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "older_than"),
				 blame_argument("older_than"),
				 errdetail("\"older_than\" must not be negative.")));
	PG_RETURN_INT64(store_prune_idempotency(older_than));
}
