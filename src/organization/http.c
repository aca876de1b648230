/*
 * http.c
 *		The HTTP operation of organizations, a SQL function of connect_api.
 */
#include "postgres.h"

#include "http/serve.h"
#include "organization/document.h"
#include "organization/http.h"
#include "organization/operations.h"

PG_FUNCTION_INFO_V1(connect_api_get_organization);

/* Answers with the acting organization. */
static void
perform_get(HttpCall *call)
{
	Organization organization;

	organization_get(&call->who, &organization);
	http_respond(call, document_one(&call->request.style,
									&organization_resource, &call->who,
									&organization));
}

static const Operation get_organization = {
	"get_organization", "GET", "/api/v1/connect/organization",
	&organization_resource, PERMISSION_READ, 200,
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
