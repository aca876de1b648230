/*
 * request.c
 *		What an HTTP request consists of, and its headers.
 *
 * PostgREST passes on neither path nor query: nginx puts what we need of them
 * into X-Connect-* headers, which a client cannot send, and PostgREST leaves
 * all headers in a setting.
 */
#include "postgres.h"

#include "base/errors.h"
#include "http/request.h"
#include "identity/request_setting.h"
#include "json/reader.h"
#include "utils/builtins.h"

#define IDEMPOTENCY_KEY_MAX 255
#define REQUEST_ID_MAX 255

/* Dates of the public API whose shape we speak; it is the same for all. */
static const char *const persona_versions[] = {
	"2020-05-18", "2021-02-21", "2021-05-14", "2021-07-05", "2021-08-18",
	"2022-09-01", "2023-01-05", "2025-10-27", "2025-12-08", "2026-09-29"
};

static const char *const inflections[] = {
	[INFLECTION_KEBAB] = "kebab",
	[INFLECTION_CAMEL] = "camel",
	[INFLECTION_SNAKE] = "snake",
};

/* Returns a header's value, or NULL. */
static char *
header(const JsonValue *headers, const char *name)
{
	JsonValue  *value = json_text_member(headers, name);

	return value != NULL ? value->string : NULL;
}

/*
 * Reads what a request consists of, without judging it.  body is the function's
 * argument, NULL for GET.  Raises nothing, so that every error has a style to
 * be answered in.
 */
void
request_read(HttpRequest *request, bytea *body)
{
	JsonValue  *headers = request_setting_object(REQUEST_HEADERS);
	char	   *id = header(headers, "x-connect-id");
	char	   *accept = header(headers, "x-connect-accept");
	char	   *content = header(headers, "x-connect-content");

	memset(request, 0, sizeof(*request));
	request->id = id != NULL ? cstring_to_text(id) : NULL;
	request->query = header(headers, "x-connect-query");
	request->request_id = header(headers, "x-connect-request-id");
	request->idempotency_key = header(headers, "idempotency-key");
	request->key_inflection = header(headers, "key-inflection");
	request->persona_version = header(headers, "persona-version");
	request->if_match = header(headers, "if-match");
	request->transaction = header(headers, "connect-transaction");
	request->content_unsupported = content != NULL;
	request->accepts_jsonapi = accept != NULL && strcmp(accept, "jsonapi") == 0;
	request->body = body;

	/* whoever names a version, known or not, understands the closed shape */
	request->style.closed = request->persona_version != NULL;
	for (int i = 0; i < (int) lengthof(inflections); i++)
	{
		if (request->key_inflection != NULL &&
			strcmp(inflections[i], request->key_inflection) == 0)
			request->style.inflection = (Inflection) i;
	}
}

/* Is this value one of a list? */
static bool
is_one_of(const char *value, const char *const *list, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (strcmp(list[i], value) == 0)
			return true;
	}
	return false;
}

/*
 * Raises parameter_invalid unless an id of a request can be kept.  nginx makes
 * it, but a role that may call the handlers can say what it likes.
 */
static void
check_request_id(const char *id)
{
	if (id != NULL && strlen(id) > REQUEST_ID_MAX)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "Request-Id"),
				 blame_header("Request-Id"),
				 errdetail("An id of a request has at most %d bytes.",
						   REQUEST_ID_MAX)));
}

/* Raises parameter_invalid for a version that there is not. */
static void
check_persona_version(const char *version)
{
	if (version != NULL &&
		!is_one_of(version, persona_versions, lengthof(persona_versions)))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "Persona-Version"),
				 blame_header("Persona-Version"),
				 errdetail("\"%s\" is no known version.",
						   error_excerpt(version, strlen(version)))));
}

/* Raises parameter_invalid for a way to write keys that there is not. */
static void
check_key_inflection(const char *inflection)
{
	if (inflection != NULL &&
		!is_one_of(inflection, inflections, lengthof(inflections)))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "Key-Inflection"),
				 blame_header("Key-Inflection"),
				 errdetail("Keys can be inflected as kebab, camel or snake.")));
}

/* Raises parameter_invalid unless a key is printable ASCII that can be kept. */
static void
check_idempotency_key(const char *key)
{
	int			len = key != NULL ? strlen(key) : 1;
	bool		printable = len >= 1 && len <= IDEMPOTENCY_KEY_MAX;

	for (int i = 0; key != NULL && i < len && printable; i++)
		printable = key[i] >= ' ' && key[i] <= '~';
	if (!printable)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "Idempotency-Key"),
				 blame_header("Idempotency-Key"),
				 errdetail("A key has 1 to %d printable ASCII characters.",
						   IDEMPOTENCY_KEY_MAX)));
}

/* Raises parameter_invalid for a header that we do not know or cannot keep. */
void
request_check_headers(HttpRequest *request)
{
	check_request_id(request->request_id);
	check_persona_version(request->persona_version);
	check_key_inflection(request->key_inflection);
	check_idempotency_key(request->idempotency_key);
}

/*
 * Raises unsupported_media_type for a body that cannot be read.  nginx refuses
 * those itself, but for one in chunks it does not know whether that is empty.
 */
void
request_check_content(const HttpRequest *request)
{
	if (request->content_unsupported && request->body != NULL &&
		VARSIZE_ANY_EXHDR(request->body) > 0)
		ereport(ERROR,
				(connect_error(ERROR_MEDIA_TYPE),
				 errdetail("The body is neither JSON in UTF-8 nor JSON:API.")));
}

/* Returns a key of a request in kebab-case, whichever inflection it came in. */
char *
request_kebab(const char *key)
{
	char	   *result = palloc(2 * strlen(key) + 1);
	char	   *end = result;

	for (const char *c = key; *c != '\0'; c++)
	{
		if (*c == '_')
			*end++ = '-';
		else if (*c >= 'A' && *c <= 'Z')
		{
			*end++ = '-';
			*end++ = pg_tolower((unsigned char) *c);
		}
		else
			*end++ = *c;
	}
	*end = '\0';
	return result;
}

/* Returns a name that is in kebab-case in another inflection. */
char *
request_inflected(const char *kebab, Inflection inflection)
{
	char	   *result = palloc(strlen(kebab) + 1);
	char	   *end = result;

	for (const char *c = kebab; *c != '\0'; c++)
	{
		if (*c != '-' || inflection == INFLECTION_KEBAB)
			*end++ = *c;
		else if (inflection == INFLECTION_SNAKE)
			*end++ = '_';
		else if (c[1] != '\0')
			*end++ = pg_toupper((unsigned char) *++c);
	}
	*end = '\0';
	return result;
}
