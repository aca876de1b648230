/*
 * api.c
 *		SQL functions that tell who is acting, and those with which a DBA
 *		says who acts for whom: roles, gateways and keys.
 *
 * Arguments and errors are described where the functions are declared, in sql/.
 * Nobody has EXECUTE on a DBA's functions by default.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/arguments.h"
#include "base/random.h"
#include "base/text.h"
#include "base/values.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "identity/acting.h"
#include "identity/principal.h"
#include "identity/rows.h"
#include "identity/tables.h"
#include "miscadmin.h"
#include "nodes/params.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(connect_current_organization_id);
PG_FUNCTION_INFO_V1(connect_act_as);
PG_FUNCTION_INFO_V1(connect_map_role);
PG_FUNCTION_INFO_V1(connect_unmap_role);
PG_FUNCTION_INFO_V1(connect_trust_gateway);
PG_FUNCTION_INFO_V1(connect_distrust_gateway);
PG_FUNCTION_INFO_V1(connect_create_api_key);
PG_FUNCTION_INFO_V1(connect_revoke_api_key);

Datum
connect_current_organization_id(PG_FUNCTION_ARGS)
{
	const text *organization = principal_organization();

	if (organization == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(PG_DETOAST_DATUM_COPY(PointerGetDatum(organization)));
}

/*
 * Raises parameter_invalid unless this names a kind of actor, such as "user".
 */
static void
require_actor_type(const text *type)
{
	const char *data = VARDATA_ANY(type);
	int			len = VARSIZE_ANY_EXHDR(type);
	bool		ok = len >= 1 && len <= 64;

	for (int i = 0; i < len && ok; i++)
		ok = (data[i] >= 'a' && data[i] <= 'z') || data[i] == '-';
	if (!ok)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "actor_type"),
				 blame_argument("actor_type"),
				 errdetail("\"actor_type\" cannot be \"%s\".",
						   error_excerpt(data, len)),
				 errhint("A type has 1 to 64 characters out of a-z and \"-\", "
						 "such as \"user\".")));
}

/* Raises gateway_cannot_act where what act_as() says would not count. */
static void
require_effect(void)
{
	if (principal_outranks_gateway())
		ereport(ERROR,
				(connect_error(ERROR_GATEWAY_CANNOT_ACT),
				 principal_shows_key() ?
				 errdetail("The session presents an API key, which says for "
						   "whom it acts.") :
				 errdetail("Role \"%s\" stands for an organization, and acts "
						   "for no other.",
						   GetUserNameFromId(GetUserId(), false)),
				 principal_shows_key() ?
				 errhint("RESET request.headers; first.") :
				 errhint("A DBA takes that back with connect.unmap_role().")));
}

/* Is this statement the client's own, and not one of a function or DO block? */
static bool
is_own_statement(void)
{
	for (ErrorContextCallback *c = error_context_stack; c != NULL;
		 c = c->previous)
	{
		/* what the extended protocol adds to errors */
		if (c->callback != ParamsErrorCallback)
			return false;
	}
	return true;
}

/* Warns of act_as() where it ends with its own statement. */
static void
warn_of_end(void)
{
	if (!IsTransactionBlock() && is_own_statement())
		ereport(WARNING,
				(errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
				 errmsg("connect.act_as() has no effect outside a transaction "
						"block"),
				 errhint("Run BEGIN; first. It ends with the transaction.")));
}

Datum
connect_act_as(PG_FUNCTION_ARGS)
{
	text	   *organization = ARG_TEXT(0);
	text	   *actor_id = ARG_TEXT(1);
	text	   *actor_type = ARG_TEXT(2);

	PushActiveSnapshot(GetTransactionSnapshot());
	if (!principal_is_gateway())
		ereport(ERROR,
				(connect_error_in(ERROR_NOT_A_GATEWAY,
								  GetUserNameFromId(GetSessionUserId(), false)),
				 errdetail("The session's login may not say for whom it acts."),
				 errhint("A DBA makes it one with connect.trust_gateway().")));
	if (organization == NULL)
		acting_end();
	else
	{
		bool		has_actor = actor_id != NULL &&
			VARSIZE_ANY_EXHDR(actor_id) > 0;

		value_require_id(organization, "organization_id");
		require_effect();
		if (has_actor && actor_type == NULL)
			ereport(ERROR,
					(connect_error_in(ERROR_PARAMETER_MISSING, "actor_type"),
					 blame_argument("actor_type"),
					 errdetail("\"actor_type\" must be given with "
							   "\"actor_id\".")));
		if (actor_type != NULL)
			require_actor_type(actor_type);
		organization_check(organization, "organization_id", HINT_REGISTER);
		if (has_actor)
			value_check_length(actor_id, ACTOR_MAX_CHARS, ERROR_ACTOR_TOO_LONG,
							   "actor_id");
		acting_set(text_to_cstring(organization),
						 has_actor ? text_to_cstring(actor_id) : NULL,
						 has_actor ? text_to_cstring(actor_type) : NULL);
		warn_of_end();
	}
	PopActiveSnapshot();
	PG_RETURN_VOID();
}

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
connect_map_role(PG_FUNCTION_ARGS)
{
	Name		role = require_role(fcinfo);
	text	   *organization = ARG_TEXT(1);

	organization_require(organization);
	identity_map_role(role, organization);
	PG_RETURN_VOID();
}

Datum
connect_unmap_role(PG_FUNCTION_ARGS)
{
	argument_require(fcinfo, 0, "role_name");
	identity_unmap_role(PG_GETARG_NAME(0));
	PG_RETURN_VOID();
}

/*
 * Returns the path to a claim; raises parameter_missing, and parameter_invalid
 * unless it is one or more names.
 */
static ArrayType *
require_claim(FunctionCallInfo fcinfo, int n, const char *name)
{
	ArrayType  *path;

	argument_require(fcinfo, n, name);
	path = PG_GETARG_ARRAYTYPE_P(n);
	if (ARR_NDIM(path) != 1 || array_contains_nulls(path))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, name),
				 blame_argument(name),
				 errdetail("\"%s\" must be a list of one or more names "
						   "without nulls.", name),
				 errhint("The names lead to the claim, one inside the other; "
						 "\"*\" stands for each member of an object.")));
	return path;
}

Datum
connect_trust_gateway(PG_FUNCTION_ARGS)
{
	Name		role = require_role(fcinfo);

	/* the library serves the function of before 1.1.0 too */
	if (PG_NARGS() < 3)
		identity_trust_older_gateway(role);
	else
		identity_trust_gateway(role,
							   require_claim(fcinfo, 1, "organization_claim"),
							   require_claim(fcinfo, 2, "actor_claim"));
	PG_RETURN_VOID();
}

Datum
connect_distrust_gateway(PG_FUNCTION_ARGS)
{
	argument_require(fcinfo, 0, "role_name");
	identity_distrust_gateway(PG_GETARG_NAME(0));
	PG_RETURN_VOID();
}

/*
 * Returns the permissions sorted.  Raises parameter_invalid unless they are a
 * non-empty subset of read and write.
 */
static ArrayType *
require_permissions(FunctionCallInfo fcinfo, int n)
{
	ArrayType  *permissions;
	Datum	   *names;
	int			count;

	argument_require(fcinfo, n, "permissions");
	permissions = value_sort_names(PG_GETARG_ARRAYTYPE_P(n), "permissions");
	deconstruct_array(permissions, TEXTOID, -1, false, TYPALIGN_INT, &names,
					  NULL, &count);
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
				 errdetail("\"permissions\" must be a non-empty subset of "
						   "{read,write}.")));
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
	value_require_id(organization, "organization_id");
	permissions = require_permissions(fcinfo, 2);
	name = ARG_TEXT(1);
	value_require_name(name);
	organization_require(organization);

	secret = random_secret();
	values[0] = PointerGetDatum(identity_insert_api_key(organization, name,
														secret, permissions,
														PG_GETARG_DATUM(3),
														PG_ARGISNULL(3)));
	values[1] = CStringGetTextDatum(secret);
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	return (Datum) 0;
}

Datum
connect_revoke_api_key(PG_FUNCTION_ARGS)
{
	text	   *id = ARG_TEXT(0);

	value_require_id(id, "id");
	if (!identity_revoke_api_key(id))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "id"),
				 blame_argument("id"),
				 errdetail("API key \"%s\" does not exist.",
						   text_to_cstring(id)),
				 errhint("See table connect.api_key.")));
	PG_RETURN_VOID();
}
