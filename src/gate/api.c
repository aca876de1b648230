/*
 * api.c
 *		What policies and back ends call from SQL: the gate, and the
 *		functions that make a user's table shareable.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "gate/access.h"
#include "gate/history.h"
#include "gate/ids.h"
#include "gate/planner.h"
#include "gate/share.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(connect_is_allowed);
PG_FUNCTION_INFO_V1(connect_explain_access);
PG_FUNCTION_INFO_V1(connect_require_allowed);
PG_FUNCTION_INFO_V1(connect_was_allowed);
PG_FUNCTION_INFO_V1(connect_allowed_sources);
PG_FUNCTION_INFO_V1(connect_may_see);
PG_FUNCTION_INFO_V1(connect_may_see_uuid);
PG_FUNCTION_INFO_V1(connect_may_see_integer);
PG_FUNCTION_INFO_V1(connect_may_see_bigint);
PG_FUNCTION_INFO_V1(connect_visible_organizations);
PG_FUNCTION_INFO_V1(connect_visible_texts);
PG_FUNCTION_INFO_V1(connect_visible_uuids);
PG_FUNCTION_INFO_V1(connect_visible_integers);
PG_FUNCTION_INFO_V1(connect_visible_bigints);
PG_FUNCTION_INFO_V1(connect_sources_of);
PG_FUNCTION_INFO_V1(connect_gate_support);
PG_FUNCTION_INFO_V1(connect_share_table);
PG_FUNCTION_INFO_V1(connect_unshare_table);

Datum
connect_is_allowed(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(access_check(ARG_TEXT(0), ARG_TEXT(1), ARG_TEXT(2)) ==
				   ACCESS_ALLOWED);
}

Datum
connect_explain_access(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(access_word(access_check(ARG_TEXT(0),
															  ARG_TEXT(1),
															  ARG_TEXT(2)))));
}

Datum
connect_require_allowed(PG_FUNCTION_ARGS)
{
	access_require(ARG_TEXT(0), ARG_TEXT(1), ARG_TEXT(2));
	PG_RETURN_VOID();
}

Datum
connect_was_allowed(PG_FUNCTION_ARGS)
{
	argument_require(fcinfo, 3, "at");
	PG_RETURN_BOOL(history_allowed(ARG_TEXT(0), ARG_TEXT(1), ARG_TEXT(2),
								   PG_GETARG_TIMESTAMPTZ(3)));
}

Datum
connect_allowed_sources(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(access_sources(ARG_TEXT(0)));
}

Datum
connect_may_see(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(access_may_see(ARG_TEXT(0), ARG_TEXT(1)));
}

Datum
connect_may_see_uuid(PG_FUNCTION_ARGS)
{
	IdBuffer	buffer;

	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(access_may_see(id_from_uuid(PG_GETARG_POINTER(0), &buffer),
								  ARG_TEXT(1)));
}

Datum
connect_may_see_integer(PG_FUNCTION_ARGS)
{
	IdBuffer	buffer;

	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(access_may_see(id_from_integer(PG_GETARG_INT32(0), &buffer),
								  ARG_TEXT(1)));
}

Datum
connect_may_see_bigint(PG_FUNCTION_ARGS)
{
	IdBuffer	buffer;

	if (PG_ARGISNULL(0))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(access_may_see(id_from_integer(PG_GETARG_INT64(0), &buffer),
								  ARG_TEXT(1)));
}

Datum
connect_visible_organizations(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(access_visible(ARG_TEXT(0), TEXTOID));
}

/*
 * What index conditions call: see planner.c for why these are functions of
 * their own.
 */
Datum
connect_visible_texts(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(access_visible(ARG_TEXT(0), TEXTOID));
}

Datum
connect_visible_uuids(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(access_visible(ARG_TEXT(0), UUIDOID));
}

Datum
connect_visible_integers(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(access_visible(ARG_TEXT(0), INT4OID));
}

Datum
connect_visible_bigints(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(access_visible(ARG_TEXT(0), INT8OID));
}

Datum
connect_sources_of(PG_FUNCTION_ARGS)
{
	PG_RETURN_ARRAYTYPE_P(access_sources_of(ARG_TEXT(0), ARG_TEXT(1),
											TEXTOID));
}

Datum
connect_gate_support(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(planner_support((Node *) PG_GETARG_POINTER(0),
									  fcinfo->flinfo->fn_oid));
}

Datum
connect_share_table(PG_FUNCTION_ARGS)
{
	argument_require(fcinfo, 0, "relation");
	argument_require(fcinfo, 1, "organization_column");
	argument_require(fcinfo, 2, "scope");
	share_table(PG_GETARG_OID(0), PG_GETARG_NAME(1), PG_GETARG_TEXT_PP(2));
	PG_RETURN_VOID();
}

Datum
connect_unshare_table(PG_FUNCTION_ARGS)
{
	argument_require(fcinfo, 0, "relation");
	unshare_table(PG_GETARG_OID(0));
	PG_RETURN_VOID();
}
