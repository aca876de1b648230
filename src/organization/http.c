/*
 * http.c
 *		The HTTP operation of organizations, a SQL function of connect_api.
 */
#include "postgres.h"

#include "connection/operations.h"
#include "http/serve.h"
#include "organization/http.h"

PG_FUNCTION_INFO_V1(connect_api_get_organization);

/* Answers with the acting organization. */
static void
perform_get(HttpCall *call)
{
	StoreRow	row;

	operation_get_organization(&call->who, &row);
	http_respond(call, document_organization(&call->request.style, &row));
}

static const Operation get_organization = {
	"get_organization", "GET", "/api/v1/connect/organization",
	"connect/organization", PERMISSION_READ, 200,
	.perform = perform_get
};

/* Registers the operation of organizations. */
void
organization_http_init(void)
{
	http_register(&get_organization, 1);
}

Datum
connect_api_get_organization(PG_FUNCTION_ARGS)
{
	return http_answer(&get_organization, fcinfo);
}
