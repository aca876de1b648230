/*
 * http.c
 *		The HTTP operation of scopes, a SQL function of connect_api.
 */
#include "postgres.h"

#include "http/serve.h"
#include "scope/http.h"

PG_FUNCTION_INFO_V1(connect_api_list_scopes);

/* Answers with the whole catalogue. */
static void
perform_list(HttpCall *call)
{
	StoreResult scopes = store_list_scopes();

	http_respond(call, document_scopes(&call->request.style, &scopes));
}

static const Operation list_scopes = {
	"list_scopes", "GET", "/api/v1/connect/scopes",
	"connect/scope", PERMISSION_READ, 200,
	.perform = perform_list
};

/* Registers the operation of scopes. */
void
scope_http_init(void)
{
	http_register(&list_scopes, 1);
}

Datum
connect_api_list_scopes(PG_FUNCTION_ARGS)
{
	return http_answer(&list_scopes, fcinfo);
}
