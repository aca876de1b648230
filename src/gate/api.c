/*
 * api.c
 *		What policies and back ends call from SQL: the gate, and what makes a
 *		user's table shareable.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "fmgr.h"
#include "gate/access.h"
#include "gate/history.h"
#include "gate/share.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(connect_is_allowed);
PG_FUNCTION_INFO_V1(connect_explain_access);
PG_FUNCTION_INFO_V1(connect_require_allowed);
PG_FUNCTION_INFO_V1(connect_was_allowed);
PG_FUNCTION_INFO_V1(connect_allowed_sources);
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
