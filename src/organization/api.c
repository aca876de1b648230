/*
 * api.c
 *		Organizations, from SQL.
 *
 * Arguments and errors are described where the functions are declared, in sql/.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "base/values.h"
#include "organization/document.h"
#include "organization/follow.h"
#include "organization/operations.h"
#include "resource/document.h"

PG_FUNCTION_INFO_V1(connect_get_organization);
PG_FUNCTION_INFO_V1(connect_register_organization);
PG_FUNCTION_INFO_V1(connect_follow_organizations);
PG_FUNCTION_INFO_V1(connect_unfollow_organizations);

Datum
connect_get_organization(PG_FUNCTION_ARGS)
{
	Principal	who;
	Organization organization;

	principal_require(&who, PERMISSION_READ);
	organization_get(&who, &organization);
	RETURN_DOCUMENT(document_one(&document_jsonb, &organization_resource, &who,
								 &organization));
}

Datum
connect_register_organization(PG_FUNCTION_ARGS)
{
	text	   *id = ARG_TEXT(0);
	text	   *name = ARG_TEXT(1);

	value_require_id(id, "id");
	value_require_name(name);
	organization_register(id, name);
	PG_RETURN_VOID();
}

Datum
connect_follow_organizations(PG_FUNCTION_ARGS)
{
	argument_require(fcinfo, 0, "relation");
	argument_require(fcinfo, 1, "id_column");
	argument_require(fcinfo, 2, "name_column");
	follow_table(PG_GETARG_OID(0), PG_GETARG_NAME(1), PG_GETARG_NAME(2));
	PG_RETURN_VOID();
}

Datum
connect_unfollow_organizations(PG_FUNCTION_ARGS)
{
	argument_require(fcinfo, 0, "relation");
	unfollow_table(PG_GETARG_OID(0));
	PG_RETURN_VOID();
}
