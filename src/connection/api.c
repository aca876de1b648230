/*
 * api.c
 *		What organizations call from SQL: functions that take SQL's arguments
 *		apart, ask operations.c, and return a document as jsonb.
 *
 * Arguments and errors are described where the functions are declared, in sql/.
 */
#include "postgres.h"

#include "base/errors.h"
#include "connection/change.h"
#include "connection/operations.h"
#include "connection/rules.h"
#include "fmgr.h"
#include "funcapi.h"
#include "identity/principal.h"
#include "miscadmin.h"
#include "resource/document.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_create_connection);
PG_FUNCTION_INFO_V1(connect_activate_connection);
PG_FUNCTION_INFO_V1(connect_deactivate_connection);
PG_FUNCTION_INFO_V1(connect_reactivate_connection);
PG_FUNCTION_INFO_V1(connect_update_connection);
PG_FUNCTION_INFO_V1(connect_get_connection);
PG_FUNCTION_INFO_V1(connect_list_connections);
PG_FUNCTION_INFO_V1(connect_list_events);
PG_FUNCTION_INFO_V1(connect_get_organization);
PG_FUNCTION_INFO_V1(connect_list_scopes);
PG_FUNCTION_INFO_V1(connect_current_organization_id);
PG_FUNCTION_INFO_V1(connect_act_as);
PG_FUNCTION_INFO_V1(connect_transition_rules);

#define ARG_TEXT(n) (PG_ARGISNULL(n) ? NULL : PG_GETARG_TEXT_PP(n))
#define ARG_ARRAY(n) (PG_ARGISNULL(n) ? NULL : PG_GETARG_ARRAYTYPE_P(n))

#define RETURN_DOCUMENT(document) \
	PG_RETURN_JSONB_P(json_jsonb_done(document))

/* Finds out who writes, under a snapshot that sees what this statement did so far. */
static void
require_writer(Principal *who)
{
	PushActiveSnapshot(GetTransactionSnapshot());
	principal_require(who, PERMISSION_WRITE);
	PopActiveSnapshot();
}

Datum
connect_create_connection(PG_FUNCTION_ARGS)
{
	Principal	who;
	Connection	connection;

	require_writer(&who);
	operation_create(&who, NULL, ARG_TEXT(0), ARG_TEXT(1), ARG_ARRAY(2), &connection);
	RETURN_DOCUMENT(document_connection(&document_jsonb, &who, &connection));
}

/* Common to the three that change the status alone. */
static Datum
transition(FunctionCallInfo fcinfo, ConnectionAction action, ArrayType *scopes)
{
	Principal	who;
	Connection	connection;

	require_writer(&who);
	operation_transition(&who, NULL, action, ARG_TEXT(0), ARG_TEXT(1), scopes, &connection);
	RETURN_DOCUMENT(document_connection(&document_jsonb, &who, &connection));
}

Datum
connect_activate_connection(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, ACTION_ACTIVATE, ARG_ARRAY(2));
}

Datum
connect_deactivate_connection(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, ACTION_DEACTIVATE, NULL);
}

Datum
connect_reactivate_connection(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, ACTION_REACTIVATE, NULL);
}

Datum
connect_update_connection(PG_FUNCTION_ARGS)
{
	Principal	who;
	Connection	connection;

	require_writer(&who);
	operation_update(&who, NULL, ARG_TEXT(0), ARG_TEXT(1), ARG_ARRAY(2), &connection);
	RETURN_DOCUMENT(document_connection(&document_jsonb, &who, &connection));
}

Datum
connect_get_connection(PG_FUNCTION_ARGS)
{
	Principal	who;
	Connection	connection;

	principal_require(&who, PERMISSION_READ);
	operation_get(&who, ARG_TEXT(0), &connection);
	RETURN_DOCUMENT(document_connection(&document_jsonb, &who, &connection));
}

/* Returns the state to filter by; raises parameter_invalid for one that a DBA has added to the enum. */
static ConnectionStatus
known_status(Datum value)
{
	ConnectionStatus status = store_status_from_datum(value);

	if (status == CONNECTION_NONE)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "status"),
				 blame_argument("status"),
				 errdetail("\"status\" must be \"pending\", \"active\" or \"inactive\".")));
	return status;
}

Datum
connect_list_connections(PG_FUNCTION_ARGS)
{
	Principal	who;
	ListPage	page;
	ListRequest request = {
		.status = PG_ARGISNULL(0) ? CONNECTION_NONE : known_status(PG_GETARG_DATUM(0)),
		.direction = ARG_TEXT(1),
		.source = ARG_TEXT(2),
		.destination = ARG_TEXT(3),
		.page_size = PG_ARGISNULL(4) ? PAGE_SIZE_DEFAULT : PG_GETARG_INT32(4),
		.after = ARG_TEXT(5),
		.before = ARG_TEXT(6)
	};

	principal_require(&who, PERMISSION_READ);
	page = operation_list_connections(&who, &request);
	RETURN_DOCUMENT(document_connections(&document_jsonb, &who, &request, &page));
}

Datum
connect_list_events(PG_FUNCTION_ARGS)
{
	Principal	who;
	ListPage	page;
	ListRequest request = {
		.connection_id = ARG_TEXT(0),
		.page_size = PG_ARGISNULL(1) ? PAGE_SIZE_DEFAULT : PG_GETARG_INT32(1),
		.after = ARG_TEXT(2),
		.before = ARG_TEXT(3)
	};

	principal_require(&who, PERMISSION_READ);
	page = operation_list_events(&who, &request);
	RETURN_DOCUMENT(document_events(&document_jsonb, &who, &request, &page));
}

Datum
connect_get_organization(PG_FUNCTION_ARGS)
{
	Principal	who;
	StoreRow	row;

	principal_require(&who, PERMISSION_READ);
	operation_get_organization(&who, &row);
	RETURN_DOCUMENT(document_organization(&document_jsonb, &row));
}

Datum
connect_list_scopes(PG_FUNCTION_ARGS)
{
	Principal	who;
	StoreResult scopes;

	principal_require(&who, PERMISSION_READ);
	scopes = store_list_scopes();
	RETURN_DOCUMENT(document_scopes(&document_jsonb, &scopes));
}

Datum
connect_current_organization_id(PG_FUNCTION_ARGS)
{
	const text *organization = principal_organization();

	if (organization == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(PG_DETOAST_DATUM_COPY(PointerGetDatum(organization)));
}

/* Raises parameter_invalid unless this names a kind of actor, such as "user". */
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
				 errdetail("\"actor_type\" cannot be \"%s\".", error_excerpt(data, len)),
				 errhint("A type has 1 to 64 characters out of a-z and \"-\", such as \"user\".")));
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
		principal_stop_acting();
	else
	{
		bool		has_actor = actor_id != NULL && VARSIZE_ANY_EXHDR(actor_id) > 0;

		change_require_id(organization, "organization_id");
		if (has_actor && actor_type == NULL)
			ereport(ERROR,
					(connect_error_in(ERROR_PARAMETER_MISSING, "actor_type"),
					 blame_argument("actor_type"),
					 errdetail("\"actor_type\" must be given with \"actor_id\".")));
		if (actor_type != NULL)
			require_actor_type(actor_type);
		if (!store_organization_exists(organization))
			ereport(ERROR,
					(connect_error(ERROR_ORGANIZATION_UNKNOWN),
					 blame_argument("organization_id"),
					 errdetail("Organization \"%s\" is not registered.", text_to_cstring(organization)),
					 errhint("Register it with connect.register_organization().")));
		if (has_actor)
			change_check_length(actor_id, ACTOR_MAX_CHARS, ERROR_ACTOR_TOO_LONG, "actor_id");
		principal_act_as(text_to_cstring(organization),
						 has_actor ? text_to_cstring(actor_id) : NULL,
						 has_actor ? text_to_cstring(actor_type) : NULL);
	}
	PopActiveSnapshot();
	PG_RETURN_VOID();
}

/* Returns the value of connect.connection_status that a state is, or null. */
static Datum
status_datum(TupleDesc desc, int column, ConnectionStatus status, bool *null)
{
	*null = status == CONNECTION_NONE;
	if (*null)
		return (Datum) 0;
	return DirectFunctionCall2(enum_in, CStringGetDatum(connection_status_label(status)),
							   ObjectIdGetDatum(TupleDescAttr(desc, column)->atttypid));
}

Datum
connect_transition_rules(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < rules_count(); i++)
	{
		const Rule *rule = rules_get(i);
		Datum		values[4];
		bool		nulls[4] = {false};

		values[0] = CStringGetTextDatum(connection_action_label(rule->action));
		values[1] = status_datum(result->setDesc, 1, rule->from, &nulls[1]);
		values[2] = status_datum(result->setDesc, 2, rule->to, &nulls[2]);
		values[3] = CStringGetTextDatum(connection_party_label(rule->party));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
