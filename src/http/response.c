/*
 * response.c
 *		Status, headers and errors of the answer to an HTTP request.
 *
 * PostgREST takes status and headers from settings.  They are set to the end
 * of the transaction only: a session's would show in the next caller's answer.
 */
#include "postgres.h"

#include "http/serve.h"
#include "json/writer.h"
#include "utils/builtins.h"
#include "utils/guc.h"

/*
 * Says what part of the request an error blames.  An error that is raised about
 * a request says so itself.  Any other blames an argument of a SQL function, or
 * nothing: the operation knows where that stood in its request, if it did.
 */
static void
find_source(const ErrorData *error, const HttpCall *call,
			DocumentError *document)
{
	const Operation *operation = call->operation;
	char	   *argument;

	if (error->column_name == NULL)
		return;
	if (error->datatype_name != NULL)
	{
		document->source_kind = error->datatype_name;
		document->source = error->column_name;
		return;
	}
	argument = request_kebab(error->column_name);
	document->source_kind = "pointer";
	document->source = body_pointer(&call->body, argument);
	if (document->source == NULL)
	{
		document->source_kind = "parameter";
		document->source = query_parameter(&call->request, &operation->query,
										   operation->resource, argument);
	}
}

/*
 * Turns a caught error into an answer.  What is nobody's business goes to the
 * server's log instead of the body, which nginx replaces anyway.
 */
void
response_from_error(HttpCall *call, ErrorData *error)
{
	HttpResponse *response = &call->response;
	DocumentError document = {.kind = error_kind(error)};

	memset(response, 0, sizeof(*response));
	response->status = document.kind->status;
	if (response->status >= 500)
	{
		ereport(LOG,
				(errcode(error->sqlerrcode),
				 errmsg("request failed: %s", error->message),
				 error->detail != NULL ?
				 errdetail_internal("%s", error->detail) : 0,
				 error->context != NULL ?
				 errcontext("%s", error->context) : 0));
		document.detail = "The request could not be carried out.";
	}
	else
	{
		document.detail = error->detail;
		find_source(error, call, &document);
	}
	response->body = json_text_done(document_error(&call->request.style,
												   &document));
}

/* Sets a setting to the end of the transaction. */
static void
set_local(const char *name, const char *value)
{
	(void) set_config_option(name, value, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_LOCAL, true, 0, false);
}

/* Appends a header, as PostgREST takes it: an object of one member. */
static void
put_header(JsonWriter *out, const char *name, const char *value)
{
	json_open(out, '{');
	json_word(out, name, value);
	json_close(out, '}');
}

/* Hands status and headers to PostgREST; organization is NULL for nobody. */
void
response_send(const HttpRequest *request, const text *organization,
			  const HttpResponse *response)
{
	JsonWriter *headers = json_begin_text(INFLECTION_KEBAB);

	json_open(headers, '[');
	put_header(headers, "Content-Type", request->accepts_jsonapi ?
			   "application/vnd.api+json" : "application/json");
	if (organization != NULL)
		put_header(headers, "Persona-Organization-Id",
				   text_to_cstring(organization));
	if (response->location != NULL)
		put_header(headers, "Location", response->location);
	if (response->etag != NULL)
		put_header(headers, "ETag", response->etag);
	if (response->transaction != NULL)
		put_header(headers, "Connect-Transaction", response->transaction);
	if (response->replayed)
		put_header(headers, "Idempotency-Replayed", "true");
	json_close(headers, ']');

	set_local("response.status", psprintf("%d", response->status));
	set_local("response.headers", json_text_done(headers));
}
