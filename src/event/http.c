/*
 * http.c
 *		The HTTP operations of events, each a SQL function of connect_api.
 */
#include "postgres.h"

#include "connection/operations.h"
#include "event/http.h"
#include "http/serve.h"

PG_FUNCTION_INFO_V1(connect_api_list_events);
PG_FUNCTION_INFO_V1(connect_api_list_connection_events);

#define TYPE "connect/event"
#define PATH "/api/v1/connect"

/* Answers with events: of the row whose id is in the path, or of all. */
static void
perform_list(HttpCall *call)
{
	ListRequest list = {
		.connection_id = call->request.id,
		.page_size = call->query.page_size,
		.after = call->query.after,
		.before = call->query.before
	};
	ListPage	page = operation_list_events(&call->who, &list);

	http_respond(call, document_events(&call->request.style, &call->who,
									   &list, &page));
}

enum
{
	LIST_EVENTS,
	LIST_CONNECTION_EVENTS
};

static const Operation operations[] = {
	[LIST_EVENTS] = {
		"list_events", "GET", PATH "/events", TYPE, PERMISSION_READ, 200,
		.query = {true},
		.perform = perform_list
	},
	[LIST_CONNECTION_EVENTS] = {
		"list_connection_events", "GET", PATH "/connections/{id}/events", TYPE,
		PERMISSION_READ, 200,
		.query = {true},
		.perform = perform_list
	},
};

/* Registers the operations of events. */
void
event_http_init(void)
{
	http_register(operations, lengthof(operations));
}

Datum
connect_api_list_events(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[LIST_EVENTS], fcinfo);
}

Datum
connect_api_list_connection_events(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[LIST_CONNECTION_EVENTS], fcinfo);
}
