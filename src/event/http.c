/*
 * http.c
 *		The HTTP operations of events, each a SQL function of connect_api.
 */
#include "postgres.h"

#include "event/document.h"
#include "event/feed.h"
#include "event/http.h"
#include "http/serve.h"

PG_FUNCTION_INFO_V1(connect_api_list_events);
PG_FUNCTION_INFO_V1(connect_api_read_events);

/* Answers with the events of all that the organization is a party to. */
static void
perform_list(HttpCall *call)
{
	ListPage	page = resource_list(&event_resource, &call->who, &call->list);

	http_respond(call, document_page(&call->request.style, &event_resource,
									 &call->who, event_resource.path,
									 &call->list, &page));
}

/* Answers with the next events of the organization's outbox. */
static void
perform_read(HttpCall *call)
{
	Feed		feed = event_feed(&call->who, call->list.after, "page_after",
								  call->list.page_size);

	http_respond(call, document_feed(&call->request.style, &event_resource,
									 &call->who, FEED_PATH, &feed));
}

enum
{
	LIST_EVENTS,
	READ_EVENTS
};

static const Operation operations[] = {
	[LIST_EVENTS] = {
		"list_events", "GET", "/api/v1/connect/events", &event_resource,
		PERMISSION_READ, 200,
		.query = {.pages = true, .filters = true},
		.perform = perform_list
	},
	[READ_EVENTS] = {
		"read_events", "GET", FEED_PATH, &event_resource, PERMISSION_READ, 200,
		.query = {.feed = true},
		.perform = perform_read
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
connect_api_read_events(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[READ_EVENTS], fcinfo);
}
