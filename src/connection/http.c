/*
 * http.c
 *		The HTTP operations of Connections, each a SQL function of connect_api.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/time.h"
#include "connection/change.h"
#include "connection/document.h"
#include "connection/http.h"
#include "connection/operations.h"
#include "connection/terms.h"
#include "event/document.h"
#include "http/repeated.h"
#include "http/serve.h"
#include "http/version.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_api_list_connections);
PG_FUNCTION_INFO_V1(connect_api_create_connection);
PG_FUNCTION_INFO_V1(connect_api_get_connection);
PG_FUNCTION_INFO_V1(connect_api_update_connection);
PG_FUNCTION_INFO_V1(connect_api_activate_connection);
PG_FUNCTION_INFO_V1(connect_api_deactivate_connection);
PG_FUNCTION_INFO_V1(connect_api_reactivate_connection);
PG_FUNCTION_INFO_V1(connect_api_list_connection_events);

#define PATH "/api/v1/connect/connections"

/* Returns the tag of a Connection's version. */
static char *
connection_tag(const Connection *connection)
{
	return version_tag(psprintf("%s " INT64_FORMAT " %s",
								text_to_cstring(connection->id),
								connection->updated_at,
								connection_status_label(connection->status)));
}

/*
 * Reads the Connection that a request is about, as it is now; raises not_found.
 */
static void
find_now(HttpCall *call, Connection *connection)
{
	PushActiveSnapshot(GetTransactionSnapshot());
	connection_get(&call->who, call->request.id, connection);
	PopActiveSnapshot();
}

/*
 * Raises precondition_failed where a request to take this action names another
 * version than the one that is there, which stays until the transaction ends.
 * Whoever may not see the Connection or take the action hears that instead.
 */
static void
require_version(HttpCall *call, ConnectionAction action)
{
	Connection	connection;

	if (call->request.if_match == NULL)
		return;
	find_now(call, &connection);
	connection_lock(call->request.id);
	find_now(call, &connection);
	if (rules_has_part(&connection_life, action,
					   change_parties(&call->who, &connection)))
		version_require(&call->request, connection_tag(&connection));
}

/* Answers with a Connection. */
static void
respond_connection(HttpCall *call, const Connection *connection)
{
	call->response.etag = connection_tag(connection);
	http_respond(call, document_one(&call->request.style, &connection_resource,
									&call->who, connection));
}

static void
perform_list(HttpCall *call)
{
	ListPage	page = resource_list(&connection_resource, &call->who,
									 &call->list);

	http_respond(call, document_page(&call->request.style, &connection_resource,
									 &call->who, connection_resource.path,
									 &call->list, &page));
}

/*
 * Answers with the events of a Connection: here and not with the events, which
 * know no Connections.  The closed shape knows none but the Connection's own.
 */
static void
perform_list_events(HttpCall *call)
{
	text	   *id = call->request.id;
	text	   *type = call->list.filters[EVENT_FILTER_SUBJECT_TYPE];
	ListPage	page;

	if (call->request.style.closed)
		type = cstring_to_text("connection");
	page = connection_list_events(&call->who, id, type, &call->list);

	http_respond(call, document_page(&call->request.style, &event_resource,
									 &call->who, connection_events_path(id),
									 &call->list, &page));
}

/*
 * Takes a term from the body, null for none.  Raises parameter_invalid for what
 * is no time.
 */
static void
take_term(const HttpBody *body, const char *name, bool *given,
		  TimestampTz *term)
{
	text	   *value = body_text(body, name);

	*given = value != NULL;
	if (value == NULL)
		return;
	if (text_is_empty(value))
		*term = TERM_NEVER;
	else if (!time_parse(text_to_cstring(value), term))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, name),
				 blame_pointer(body_pointer(body, name)),
				 errdetail("\"%s\" must be a time such as "
						   "\"2026-11-23T07:29:53Z\", or null.", name)));
}

/* Takes both terms from the body, which need not have them. */
static TermsGiven
take_terms(const HttpBody *body)
{
	TermsGiven	terms = {0};

	take_term(body, "respond-by", &terms.has_respond_by, &terms.respond_by);
	take_term(body, "expires-at", &terms.has_expires_at, &terms.expires_at);
	return terms;
}

static void
perform_create(HttpCall *call)
{
	const HttpBody *body = &call->body;
	TermsGiven	terms = take_terms(body);
	Connection	connection;

	body_require_new(body, connection_resource.type);
	body_refuse_relationships(body);
	connection_create(&call->who, call->request.request_id,
					 body_text(body, "destination-organization-id"),
					 body_text(body, "name"), body_texts(body, "scopes"),
					 &terms, &connection);
	call->response.location = document_path(&connection_resource,
											connection.id);
	respond_connection(call, &connection);
}

static void
perform_get(HttpCall *call)
{
	Connection	connection;

	connection_get(&call->who, call->request.id, &connection);
	if (call->request.if_match != NULL)
		version_require(&call->request, connection_tag(&connection));
	respond_connection(call, &connection);
}

static void
perform_update(HttpCall *call)
{
	text	   *id = call->request.id;
	TermsGiven	terms;
	Connection	before;
	Connection	connection;

	/* who may not update it hears that before what is wrong with the body */
	connection_check(&call->who, ACTION_UPDATE, id);
	require_version(call, ACTION_UPDATE);
	body_require_same(&call->body, connection_resource.type, id);
	terms = take_terms(&call->body);
	find_now(call, &before);
	repeated_check(&call->body, &connection_resource, &call->who, &before);
	connection_change(&call->who, call->request.request_id, id,
					 body_text(&call->body, "name"),
					 body_texts(&call->body, "scopes"), &terms, &connection);
	respond_connection(call, &connection);
	/* to change nothing succeeds, and writes nothing */
	if (connection.updated_at == before.updated_at)
		call->response.transaction = NULL;
}

/* Common to the three that change the status alone. */
static void
perform_transition(HttpCall *call, ConnectionAction action)
{
	TermsGiven	terms = {0};
	Connection	connection;

	if (action == ACTION_REACTIVATE)
		terms = take_terms(&call->body);
	require_version(call, action);
	connection_transition(&call->who, call->request.request_id, action,
						  call->request.id, body_text(&call->body, "reason"),
						  body_texts(&call->body, "scopes"), &terms,
						  &connection);
	respond_connection(call, &connection);
}

static void
perform_activate(HttpCall *call)
{
	perform_transition(call, ACTION_ACTIVATE);
}

static void
perform_deactivate(HttpCall *call)
{
	perform_transition(call, ACTION_DEACTIVATE);
}

static void
perform_reactivate(HttpCall *call)
{
	perform_transition(call, ACTION_REACTIVATE);
}

static const BodyMember new_members[] = {
	{"destination-organization-id", MEMBER_TEXT, .required = true},
	{"name", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
	{"respond-by", MEMBER_TEXT_OR_NULL},
	{"expires-at", MEMBER_TEXT_OR_NULL},
	{NULL}
};

static const BodyMember changed_members[] = {
	{"name", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
	{"respond-by", MEMBER_TEXT_OR_NULL},
	{"expires-at", MEMBER_TEXT_OR_NULL},
	{NULL}
};

static const BodyMember transition_members[] = {
	{"reason", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
	{NULL}
};

static const BodyMember reactivation_members[] = {
	{"reason", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
	{"respond-by", MEMBER_TEXT_OR_NULL},
	{"expires-at", MEMBER_TEXT_OR_NULL},
	{NULL}
};

enum
{
	LIST_CONNECTIONS,
	CREATE_CONNECTION,
	GET_CONNECTION,
	UPDATE_CONNECTION,
	ACTIVATE_CONNECTION,
	DEACTIVATE_CONNECTION,
	REACTIVATE_CONNECTION,
	LIST_CONNECTION_EVENTS
};

static const Operation operations[] = {
	[LIST_CONNECTIONS] = {
		"list_connections", "GET", PATH, &connection_resource, PERMISSION_READ,
		200,
		.query = {true, true, true},
		.perform = perform_list
	},
	[CREATE_CONNECTION] = {
		"create_connection", "POST", PATH, &connection_resource,
		PERMISSION_WRITE, 201,
		.query = {.fields = true},
		.body = {BODY_ATTRIBUTES, new_members},
		.perform = perform_create
	},
	[GET_CONNECTION] = {
		"get_connection", "GET", PATH "/{id}", &connection_resource,
		PERMISSION_READ, 200,
		.query = {.fields = true},
		.perform = perform_get
	},
	[UPDATE_CONNECTION] = {
		"update_connection", "PATCH", PATH "/{id}", &connection_resource,
		PERMISSION_WRITE, 200,
		.query = {.fields = true},
		.body = {BODY_ATTRIBUTES, changed_members, .whole = true},
		.perform = perform_update
	},
	[ACTIVATE_CONNECTION] = {
		"activate_connection", "POST", PATH "/{id}/activate",
		&connection_resource,
		PERMISSION_WRITE, 200,
		.query = {.fields = true},
		.body = {BODY_META, transition_members},
		.perform = perform_activate
	},
	[DEACTIVATE_CONNECTION] = {
		"deactivate_connection", "POST", PATH "/{id}/deactivate",
		&connection_resource,
		PERMISSION_WRITE, 200,
		.query = {.fields = true},
		.body = {BODY_META, transition_members},
		.perform = perform_deactivate
	},
	[REACTIVATE_CONNECTION] = {
		"reactivate_connection", "POST", PATH "/{id}/reactivate",
		&connection_resource,
		PERMISSION_WRITE, 200,
		.query = {.fields = true},
		.body = {BODY_META, reactivation_members},
		.perform = perform_reactivate
	},
	[LIST_CONNECTION_EVENTS] = {
		"list_connection_events", "GET", PATH "/{id}/events", &event_resource,
		PERMISSION_READ, 200,
		.query = {.pages = true, .filters = true},
		.perform = perform_list_events
	},
};

/* Registers the operations of Connections. */
void
connection_http_init(void)
{
	http_register(operations, lengthof(operations));
}

Datum
connect_api_list_connections(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[LIST_CONNECTIONS], fcinfo);
}

Datum
connect_api_create_connection(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[CREATE_CONNECTION], fcinfo);
}

Datum
connect_api_get_connection(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[GET_CONNECTION], fcinfo);
}

Datum
connect_api_update_connection(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[UPDATE_CONNECTION], fcinfo);
}

Datum
connect_api_activate_connection(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[ACTIVATE_CONNECTION], fcinfo);
}

Datum
connect_api_deactivate_connection(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[DEACTIVATE_CONNECTION], fcinfo);
}

Datum
connect_api_reactivate_connection(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[REACTIVATE_CONNECTION], fcinfo);
}

Datum
connect_api_list_connection_events(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[LIST_CONNECTION_EVENTS], fcinfo);
}
