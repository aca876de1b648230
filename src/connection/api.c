/*
 * api.c
 *		What organizations call from SQL: functions that take SQL's arguments
 *		apart, ask operations.c, and return a document as jsonb.
 *
 * Arguments and errors are described where the functions are declared, in sql/.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "base/time.h"
#include "connection/document.h"
#include "connection/operations.h"
#include "event/document.h"
#include "funcapi.h"
#include "resource/document.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(connect_create_connection);
PG_FUNCTION_INFO_V1(connect_activate_connection);
PG_FUNCTION_INFO_V1(connect_deactivate_connection);
PG_FUNCTION_INFO_V1(connect_reactivate_connection);
PG_FUNCTION_INFO_V1(connect_update_connection);
PG_FUNCTION_INFO_V1(connect_get_connection);
PG_FUNCTION_INFO_V1(connect_list_connections);
PG_FUNCTION_INFO_V1(connect_list_events);
PG_FUNCTION_INFO_V1(connect_transition_rules);

/* Returns what the caller says of the two terms, from this argument on. */
static TermsGiven
given_terms(FunctionCallInfo fcinfo, int n)
{
	TermsGiven	terms = {0};

	/* before 1.1.0 the functions had no such arguments */
	if (PG_NARGS() <= n)
		return terms;
	terms.has_respond_by = !PG_ARGISNULL(n);
	terms.has_expires_at = !PG_ARGISNULL(n + 1);
	if (terms.has_respond_by)
		terms.respond_by = PG_GETARG_TIMESTAMPTZ(n);
	if (terms.has_expires_at)
		terms.expires_at = PG_GETARG_TIMESTAMPTZ(n + 1);
	return terms;
}

Datum
connect_create_connection(PG_FUNCTION_ARGS)
{
	Principal	who;
	Connection	connection;
	TermsGiven	terms = given_terms(fcinfo, 3);

	principal_require_now(&who, PERMISSION_WRITE);
	connection_create(&who, NULL, ARG_TEXT(0), ARG_TEXT(1), ARG_ARRAY(2),
					  &terms, &connection);
	RETURN_DOCUMENT(document_one(&document_jsonb, &connection_resource, &who,
								 &connection));
}

/* Does what the three functions that change only the status have in common. */
static Datum
transition(FunctionCallInfo fcinfo, ConnectionAction action, ArrayType *scopes,
		   TermsGiven terms)
{
	Principal	who;
	Connection	connection;

	principal_require_or_owner_now(&who, PERMISSION_WRITE);
	connection_transition(&who, NULL, action, ARG_TEXT(0), ARG_TEXT(1), scopes,
						  &terms, &connection);
	RETURN_DOCUMENT(document_one(&document_jsonb, &connection_resource, &who,
								 &connection));
}

Datum
connect_activate_connection(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, ACTION_ACTIVATE, ARG_ARRAY(2),
					  (TermsGiven) {0});
}

Datum
connect_deactivate_connection(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, ACTION_DEACTIVATE, NULL, (TermsGiven) {0});
}

Datum
connect_reactivate_connection(PG_FUNCTION_ARGS)
{
	return transition(fcinfo, ACTION_REACTIVATE, NULL,
					  given_terms(fcinfo, 2));
}

Datum
connect_update_connection(PG_FUNCTION_ARGS)
{
	Principal	who;
	Connection	connection;
	TermsGiven	terms = given_terms(fcinfo, 3);

	principal_require_or_owner_now(&who, PERMISSION_WRITE);
	connection_change(&who, NULL, ARG_TEXT(0), ARG_TEXT(1), ARG_ARRAY(2),
					  &terms, &connection);
	RETURN_DOCUMENT(document_one(&document_jsonb, &connection_resource, &who,
								 &connection));
}

Datum
connect_get_connection(PG_FUNCTION_ARGS)
{
	Principal	who;
	Connection	connection;

	principal_require_or_owner(&who, PERMISSION_READ);
	connection_get(&who, ARG_TEXT(0), &connection);
	RETURN_DOCUMENT(document_one(&document_jsonb, &connection_resource, &who,
								 &connection));
}

/* Returns the label of the state to filter by, as the list takes it. */
static text *
state_filter(FunctionCallInfo fcinfo, int n)
{
	const char *label;

	if (PG_ARGISNULL(n))
		return NULL;
	label = connection_status_label(connection_status(PG_GETARG_DATUM(n)));
	/*
	 * The empty label makes the list refuse a state that a DBA has added to the
	 * enum.
	 */
	return cstring_to_text(label != NULL ? label : "");
}

/* Returns the size that is asked for a page. */
static int
page_size(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? PAGE_SIZE_DEFAULT : PG_GETARG_INT32(n);
}

Datum
connect_list_connections(PG_FUNCTION_ARGS)
{
	Principal	who;
	ListPage		page;
	ListRequest request = {
		.filters[FILTER_STATUS] = state_filter(fcinfo, 0),
		.filters[FILTER_BOUND] = ARG_TEXT(1),
		.filters[FILTER_SOURCE] = ARG_TEXT(2),
		.filters[FILTER_DESTINATION] = ARG_TEXT(3),
		.page_size = page_size(fcinfo, 4),
		.after = ARG_TEXT(5),
		.before = ARG_TEXT(6)
	};

	/* before 1.1.0 the function had no such arguments */
	if (PG_NARGS() > 8)
	{
		request.filters[FILTER_EXPIRES_BEFORE] = PG_ARGISNULL(7) ? NULL :
			time_text(PG_GETARG_TIMESTAMPTZ(7));
		request.filters[FILTER_PARTNER] = ARG_TEXT(8);
	}

	principal_require(&who, PERMISSION_READ);
	page = resource_list(&connection_resource, &who, &request);
	RETURN_DOCUMENT(document_page(&document_jsonb, &connection_resource, &who,
								  connection_resource.path, &request, &page));
}

/*
 * Lists the events of one Connection, or of all.  This stands here because the
 * folder of events knows nothing of Connections.
 */
Datum
connect_list_events(PG_FUNCTION_ARGS)
{
	Principal	who;
	ListPage		page;
	text	   *id = ARG_TEXT(0);
	ListRequest request = {
		.page_size = page_size(fcinfo, 1),
		.after = ARG_TEXT(2),
		.before = ARG_TEXT(3)
	};

	principal_require_or_owner(&who, PERMISSION_READ);
	page = id != NULL ? connection_list_events(&who, id, NULL, &request) :
		resource_list(&event_resource, &who, &request);
	RETURN_DOCUMENT(document_page(&document_jsonb, &event_resource, &who,
								  id != NULL ? connection_events_path(id) :
								  event_resource.path, &request, &page));
}

/*
 * Returns a state as a value of connect.connection_status, or null if there is
 * no row in it.
 */
static Datum
status_datum(TupleDesc desc, int column, int status, bool *null)
{
	Oid			type = TupleDescAttr(desc, column)->atttypid;
	const char *label = connection_status_label(status);

	*null = label == NULL;
	if (*null)
		return (Datum) 0;
	return DirectFunctionCall2(enum_in, CStringGetDatum(label),
							   ObjectIdGetDatum(type));
}

Datum
connect_transition_rules(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < connection_life.nrules; i++)
	{
		const Rule *rule = &connection_life.rules[i];
		Datum		values[4];
		bool		nulls[4] = {false};

		values[0] = CStringGetTextDatum(rules_action_label(&connection_life,
														   rule->action));
		values[1] = status_datum(result->setDesc, 1, rule->from, &nulls[1]);
		values[2] = status_datum(result->setDesc, 2, rule->to, &nulls[2]);
		values[3] = CStringGetTextDatum(rules_party_label(rule->party));
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
