/*
 * document_error.c
 *		The document of an error, in JSON:API's shape and in the closed one.
 *
 * Only HTTP has it: in SQL an error is raised.
 */
#include "postgres.h"

#include "resource/document.h"

/* Returns the reason phrase of an HTTP status that a handler answers with. */
static const char *
status_title(int status)
{
	switch (status)
	{
		case 400:
			return "Bad Request";
		case 401:
			return "Unauthorized";
		case 403:
			return "Forbidden";
		case 404:
			return "Not Found";
		case 409:
			return "Conflict";
		case 412:
			return "Precondition Failed";
		case 415:
			return "Unsupported Media Type";
		case 422:
			return "Unprocessable Entity";
		case 503:
			return "Service Unavailable";
		default:
			return "Internal Server Error";
	}
}

/* Writes who is to blame: a pointer, a parameter or a header. */
static void
put_source(JsonWriter *out, const DocumentError *error)
{
	if (error->source == NULL)
		return;
	json_key(out, "source");
	json_open(out, '{');
	json_word(out, error->source_kind, error->source);
	json_close(out, '}');
}

/*
 * Returns a source as the closed shape spells it:
 * data.attributes.destination_organization_id.
 */
static char *
dotted(const char *source)
{
	char	   *result = palloc(2 * strlen(source) + 1);
	char	   *end = result;

	for (const char *c = source + (*source == '/'); *c != '\0'; c++)
	{
		if (*c == '/' || *c == '[')
			*end++ = '.';
		else if (*c >= 'A' && *c <= 'Z' && c > source && c[-1] >= 'a' &&
				 c[-1] <= 'z')
		{
			*end++ = '_';
			*end++ = pg_tolower((unsigned char) *c);
		}
		else if (*c != ']')
			*end++ = *c == '-' ? '_' : *c;
	}
	*end = '\0';
	return result;
}

/* Writes the members of an error in the closed shape. */
static void
put_closed_error(JsonWriter *out, const DocumentError *error)
{
	int			status = error->kind->status;

	json_word(out, "title",
			  error->kind->closed_title != NULL ? error->kind->closed_title :
			  status == 422 ? "Unprocessable entity" : status_title(status));
	if (status == 400 && error->source != NULL)
		json_word(out, "details",
				  psprintf("%s is %s", dotted(error->source),
						   strcmp(error->kind->code, "parameter_missing") == 0 ?
						   "missing" : "invalid"));
	else if (status != 404)
		json_word(out, "details", error->detail);
	if (status == 422 && error->source != NULL &&
		strcmp(error->source_kind, "pointer") == 0)
		put_source(out, error);
}

/* Returns the document of an error. */
JsonWriter *
document_error(const DocumentStyle *style, const DocumentError *error)
{
	JsonWriter *out = json_begin_text(style->inflection);

	json_open(out, '{');
	json_key(out, "errors");
	json_open(out, '[');
	json_open(out, '{');
	if (style->closed)
		put_closed_error(out, error);
	else
	{
		json_word(out, "status", psprintf("%d", error->kind->status));
		json_word(out, "code", error->kind->code);
		json_word(out, "title", status_title(error->kind->status));
		json_word(out, "detail", error->detail);
		put_source(out, error);
	}
	json_close(out, '}');
	json_close(out, ']');
	json_close(out, '}');
	return out;
}
