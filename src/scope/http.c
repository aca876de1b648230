/*
 * http.c
 *		The HTTP operation of scopes, a SQL function of connect_api.
 */
#include "postgres.h"

#include "http/serve.h"
#include "scope/document.h"
#include "scope/http.h"
#include "scope/rows.h"

PG_FUNCTION_INFO_V1(connect_api_list_scopes);

/* Answers with the whole catalogue. */
static void
perform_list(HttpCall *call)
{
	int			count;
	StoreRow   *rows = scope_read_all(&count);

	http_respond(call, document_all(&call->request.style, &scope_resource,
									&call->who, rows, count));
}

static const Operation list_scopes = {
	"list_scopes", "GET", "/api/v1/connect/scopes",
	&scope_resource, PERMISSION_READ, 200,
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
