/*
 * api.c
 *		What organizations and the application call from SQL: functions that
 *		take SQL's arguments apart, ask operations.c, and return a document as
 *		jsonb.
 *
 * Arguments and errors are described where the functions are declared, in sql/.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "funcapi.h"
#include "resource/document.h"
#include "share_token/document.h"
#include "share_token/operations.h"
#include "share_token/share_rows.h"
#include "store/setup.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(connect_share_rows);
PG_FUNCTION_INFO_V1(connect_unshare_rows);
PG_FUNCTION_INFO_V1(connect_grant_fulfil);
PG_FUNCTION_INFO_V1(connect_create_share_token);
PG_FUNCTION_INFO_V1(connect_get_share_token);
PG_FUNCTION_INFO_V1(connect_list_share_tokens);
PG_FUNCTION_INFO_V1(connect_expire_share_token);
PG_FUNCTION_INFO_V1(connect_redeem_share_token);
PG_FUNCTION_INFO_V1(connect_complete_share_token);
PG_FUNCTION_INFO_V1(connect_fail_share_token);
PG_FUNCTION_INFO_V1(connect_share_token_rules);

Datum
connect_share_rows(PG_FUNCTION_ARGS)
{
	ShareKind	kind = {.retired_at = DT_NOBEGIN};

	argument_require(fcinfo, 0, "kind");
	argument_require(fcinfo, 1, "relation");
	argument_require(fcinfo, 2, "organization_column");
	argument_require(fcinfo, 3, "key_column");
	argument_require(fcinfo, 4, "scope");
	kind.name = PG_GETARG_TEXT_PP(0);
	kind.relation = PG_GETARG_OID(1);
	kind.organization_column = PG_GETARG_NAME(2);
	kind.key_column = PG_GETARG_NAME(3);
	kind.scope = PG_GETARG_TEXT_PP(4);
	kind.id_prefix = ARG_TEXT(5);
	share_rows(&kind, PG_ARGISNULL(6) ? InvalidOid : PG_GETARG_OID(6));
	PG_RETURN_VOID();
}

Datum
connect_unshare_rows(PG_FUNCTION_ARGS)
{
	unshare_rows(ARG_TEXT(0));
	PG_RETURN_VOID();
}

Datum
connect_grant_fulfil(PG_FUNCTION_ARGS)
{
	argument_require(fcinfo, 0, "role_name");
	store_grant(PG_GETARG_NAME(0), "fulfil");
	PG_RETURN_VOID();
}

/* Returns the document of a token, as this reader sees it. */
static Datum
return_token(const Principal *who, const ShareToken *token)
{
	RETURN_DOCUMENT(document_one(&document_jsonb, &share_token_resource, who,
								 token));
}

Datum
connect_create_share_token(PG_FUNCTION_ARGS)
{
	Principal	who;
	ShareToken	token;

	principal_require_now(&who, PERMISSION_WRITE);
	token_create(&who, NULL, ARG_TEXT(0), ARG_TEXT(1),
				 PG_ARGISNULL(2) ? NULL : PG_GETARG_INTERVAL_P(2), ARG_TEXT(3),
				 &token);
	return return_token(&who, &token);
}

Datum
connect_get_share_token(PG_FUNCTION_ARGS)
{
	Principal	who;
	ShareToken	token;

	principal_require(&who, PERMISSION_READ);
	token_get(&who, ARG_TEXT(0), &token);
	return return_token(&who, &token);
}

/* Returns the label of the state to filter by, as the list takes it. */
static text *
state_filter(FunctionCallInfo fcinfo, int n)
{
	const char *label;

	if (PG_ARGISNULL(n))
		return NULL;
	label = share_token_status_label(share_token_status(PG_GETARG_DATUM(n)));
	/*
	 * The empty label makes the list refuse a state that a DBA has added to the
	 * enum.
	 */
	return cstring_to_text(label != NULL ? label : "");
}

Datum
connect_list_share_tokens(PG_FUNCTION_ARGS)
{
	Principal	who;
	ListPage	page;
	ListRequest request = {
		.filters[TOKEN_FILTER_CONNECTION] = ARG_TEXT(0),
		.filters[TOKEN_FILTER_STATUS] = state_filter(fcinfo, 1),
		.filters[TOKEN_FILTER_DIRECTION] = ARG_TEXT(2),
		.page_size = PG_ARGISNULL(3) ? PAGE_SIZE_DEFAULT : PG_GETARG_INT32(3),
		.after = ARG_TEXT(4),
		.before = ARG_TEXT(5)
	};

	principal_require(&who, PERMISSION_READ);
	page = resource_list(&share_token_resource, &who, &request);
	RETURN_DOCUMENT(document_page(&document_jsonb, &share_token_resource, &who,
								  share_token_resource.path, &request, &page));
}

Datum
connect_expire_share_token(PG_FUNCTION_ARGS)
{
	Principal	who;
	ShareToken	token;

	principal_require_now(&who, PERMISSION_WRITE);
	token_expire(&who, NULL, ARG_TEXT(0), ARG_TEXT(1), &token);
	return return_token(&who, &token);
}

Datum
connect_redeem_share_token(PG_FUNCTION_ARGS)
{
	Principal	who;
	ShareToken	token;

	principal_require_now(&who, PERMISSION_WRITE);
	token_redeem(&who, NULL, ARG_TEXT(0), ARG_TEXT(1),
				 PG_ARGISNULL(2) ? NULL : PG_GETARG_JSONB_P(2), &token);
	return return_token(&who, &token);
}

Datum
connect_complete_share_token(PG_FUNCTION_ARGS)
{
	Principal	who;
	ShareToken	token;

	token_require_application(&who);
	token_complete(&who, ARG_TEXT(0), ARG_TEXT(1), &token);
	return return_token(&who, &token);
}

Datum
connect_fail_share_token(PG_FUNCTION_ARGS)
{
	Principal	who;
	ShareToken	token;

	token_require_application(&who);
	token_fail(&who, ARG_TEXT(0), ARG_TEXT(1), &token);
	return return_token(&who, &token);
}

/*
 * Puts a state into a row, as a value of connect.share_token_status, or null if
 * there is no row in it.
 */
static void
put_state(TupleDesc desc, int column, int status, Datum *values, bool *nulls)
{
	const char *label = share_token_status_label(status);
	Oid			type = TupleDescAttr(desc, column)->atttypid;

	nulls[column] = label == NULL;
	if (label != NULL)
		values[column] = DirectFunctionCall2(enum_in, CStringGetDatum(label),
											 ObjectIdGetDatum(type));
}

Datum
connect_share_token_rules(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < share_token_life.nrules; i++)
	{
		const Rule *rule = &share_token_life.rules[i];
		Datum		values[4];
		bool		nulls[4] = {false};

		values[0] = CStringGetTextDatum(rules_action_label(&share_token_life,
														   rule->action));
		put_state(result->setDesc, 1, rule->from, values, nulls);
		put_state(result->setDesc, 2, rule->to, values, nulls);
		values[3] = CStringGetTextDatum(rules_party_label(rule->party));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
