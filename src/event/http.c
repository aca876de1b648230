/*
 * http.c
 *		The HTTP operation of events, a SQL function of connect_api.
 */
#include "postgres.h"

#include "event/document.h"
#include "event/http.h"
#include "http/serve.h"

PG_FUNCTION_INFO_V1(connect_api_list_events);

/* Answers with the events of all that the organization is a party to. */
static void
perform_list(HttpCall *call)
{
	ListPage	page = resource_list(&event_resource, &call->who, &call->list);

	http_respond(call, document_page(&call->request.style, &event_resource,
									 &call->who, event_resource.path,
									 &call->list, &page));
}

static const Operation list_events = {
	"list_events", "GET", "/api/v1/connect/events", &event_resource,
	PERMISSION_READ, 200,
	.query = {.pages = true},
	.perform = perform_list
};

/* Registers the operation of events. */
void
event_http_init(void)
{
	http_register(&list_events, 1);
}

Datum
connect_api_list_events(PG_FUNCTION_ARGS)
{
	return http_answer(&list_events, fcinfo);
}
