/*
 * http.c
 *		The HTTP operations of Connections, each a SQL function of connect_api.
 */
#include "postgres.h"

#include "connection/http.h"
#include "connection/operations.h"
#include "http/serve.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(connect_api_list_connections);
PG_FUNCTION_INFO_V1(connect_api_create_connection);
PG_FUNCTION_INFO_V1(connect_api_get_connection);
PG_FUNCTION_INFO_V1(connect_api_update_connection);
PG_FUNCTION_INFO_V1(connect_api_activate_connection);
PG_FUNCTION_INFO_V1(connect_api_deactivate_connection);
PG_FUNCTION_INFO_V1(connect_api_reactivate_connection);

#define TYPE "connect/connection"
#define PATH "/api/v1/connect/connections"

/* Answers with a Connection. */
static void
respond_connection(HttpCall *call, const Connection *connection)
{
	http_respond(call, document_connection(&call->request.style, &call->who,
										   connection));
}

/* Is this the name of a status? */
static bool
is_status(const char *value)
{
	return connection_status_parse(value) != CONNECTION_NONE;
}

/* Returns the status that a list is narrowed to. */
static ConnectionStatus
wanted_status(const HttpQuery *query)
{
	text	   *status = query_value(query, "filter[status]");

	if (status == NULL)
		return CONNECTION_NONE;
	return connection_status_parse(text_to_cstring(status));
}

static void
perform_list(HttpCall *call)
{
	const HttpQuery *query = &call->query;
	ListRequest list = {
		.status = wanted_status(query),
		.direction = query_value(query, "filter[direction]"),
		.source = query_value(query, "filter[source-organization-id]"),
		.destination = query_value(query,
								   "filter[destination-organization-id]"),
		.page_size = query->page_size,
		.after = query->after,
		.before = query->before
	};
	ListPage	page = operation_list_connections(&call->who, &list);

	http_respond(call, document_connections(&call->request.style, &call->who,
											&list, &page));
}

static void
perform_create(HttpCall *call)
{
	const HttpBody *body = &call->body;
	Connection	connection;

	body_require_new(body, TYPE);
	operation_create(&call->who, call->request.request_id,
					 body_text(body, "destination-organization-id"),
					 body_text(body, "name"), body_texts(body, "scopes"),
					 &connection);
	call->response.location = document_path(connection.id);
	respond_connection(call, &connection);
}

static void
perform_get(HttpCall *call)
{
	Connection	connection;

	operation_get(&call->who, call->request.id, &connection);
	respond_connection(call, &connection);
}

static void
perform_update(HttpCall *call)
{
	text	   *id = call->request.id;
	Connection	connection;

	/* who may not update it hears that before what is wrong with the body */
	operation_check(&call->who, ACTION_UPDATE, id);
	body_require_same(&call->body, TYPE, id);
	operation_update(&call->who, call->request.request_id, id,
					 body_text(&call->body, "name"),
					 body_texts(&call->body, "scopes"), &connection);
	respond_connection(call, &connection);
}

/* Common to the three that change the status alone. */
static void
perform_transition(HttpCall *call, ConnectionAction action)
{
	Connection	connection;

	operation_transition(&call->who, call->request.request_id, action,
						 call->request.id, body_text(&call->body, "reason"),
						 body_texts(&call->body, "scopes"), &connection);
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

static const QueryParameter filters[] = {
	{"filter[status]", is_status, "pending, active or inactive"},
	{"filter[direction]"},
	{"filter[source-organization-id]"},
	{"filter[destination-organization-id]"},
	{NULL}
};

static const BodyMember new_members[] = {
	{"destination-organization-id", MEMBER_TEXT, .required = true},
	{"name", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
	{NULL}
};

static const BodyMember changed_members[] = {
	{"name", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
	{NULL}
};

static const BodyMember transition_members[] = {
	{"reason", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
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
	REACTIVATE_CONNECTION
};

static const Operation operations[] = {
	[LIST_CONNECTIONS] = {
		"list_connections", "GET", PATH, TYPE, PERMISSION_READ, 200,
		.query = {true, document_field, filters},
		.perform = perform_list
	},
	[CREATE_CONNECTION] = {
		"create_connection", "POST", PATH, TYPE, PERMISSION_WRITE, 201,
		.query = {false, document_field},
		.body = {BODY_ATTRIBUTES, new_members},
		.perform = perform_create
	},
	[GET_CONNECTION] = {
		"get_connection", "GET", PATH "/{id}", TYPE, PERMISSION_READ, 200,
		.query = {false, document_field},
		.perform = perform_get
	},
	[UPDATE_CONNECTION] = {
		"update_connection", "PATCH", PATH "/{id}", TYPE, PERMISSION_WRITE, 200,
		.query = {false, document_field},
		.body = {BODY_ATTRIBUTES, changed_members},
		.perform = perform_update
	},
	[ACTIVATE_CONNECTION] = {
		"activate_connection", "POST", PATH "/{id}/activate", TYPE,
		PERMISSION_WRITE, 200,
		.query = {false, document_field},
		.body = {BODY_META, transition_members},
		.perform = perform_activate
	},
	[DEACTIVATE_CONNECTION] = {
		"deactivate_connection", "POST", PATH "/{id}/deactivate", TYPE,
		PERMISSION_WRITE, 200,
		.query = {false, document_field},
		.body = {BODY_META, transition_members},
		.perform = perform_deactivate
	},
	[REACTIVATE_CONNECTION] = {
		"reactivate_connection", "POST", PATH "/{id}/reactivate", TYPE,
		PERMISSION_WRITE, 200,
		.query = {false, document_field},
		.body = {BODY_META, transition_members},
		.perform = perform_reactivate
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
