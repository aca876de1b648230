/*
 * request.c
 *		Headers and query of an HTTP request.
 *
 * PostgREST passes neither on by itself: nginx puts what we need into X-Connect-*
 * headers, which a client cannot send, and PostgREST leaves all headers in a
 * setting.  The field of an error raised here starts with '?' for a parameter
 * and '@' for a header.
 */
#include "postgres.h"

#include "base/errors.h"
#include "http/request.h"
#include "identity/request_setting.h"
#include "json/reader.h"
#include "mb/pg_wchar.h"
#include "nodes/pg_list.h"
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

	memset(request, 0, sizeof(*request));
	request->connection_id = id != NULL ? cstring_to_text(id) : NULL;
	request->query = header(headers, "x-connect-query");
	request->request_id = header(headers, "x-connect-request-id");
	request->idempotency_key = header(headers, "idempotency-key");
	request->key_inflection = header(headers, "key-inflection");
	request->persona_version = header(headers, "persona-version");
	request->accepts_jsonapi = accept != NULL && strcmp(accept, "jsonapi") == 0;
	request->body = body;

	/* whoever names a version, known or not, understands the closed shape */
	request->style.closed = request->persona_version != NULL;
	for (int i = 0; i < (int) lengthof(inflections); i++)
	{
		if (request->key_inflection != NULL && strcmp(inflections[i], request->key_inflection) == 0)
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

/* Raises parameter_invalid for a header with a value that we do not know or cannot keep. */
void
request_check_headers(HttpRequest *request)
{
	const char *key = request->idempotency_key;

	/* nginx makes them, but a role that may call the handlers can say what it likes */
	if (request->request_id != NULL && strlen(request->request_id) > REQUEST_ID_MAX)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "Request-Id"),
				 blame_header("Request-Id"),
				 errdetail("An id of a request has at most %d bytes.", REQUEST_ID_MAX)));
	if (request->persona_version != NULL &&
		!is_one_of(request->persona_version, persona_versions, lengthof(persona_versions)))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "Persona-Version"),
				 blame_header("Persona-Version"),
				 errdetail("\"%s\" is no known version.", error_excerpt(request->persona_version, strlen(request->persona_version)))));
	if (request->key_inflection != NULL &&
		!is_one_of(request->key_inflection, inflections, lengthof(inflections)))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "Key-Inflection"),
				 blame_header("Key-Inflection"),
				 errdetail("Keys can be inflected as kebab, camel or snake.")));
	if (key != NULL)
	{
		int			len = strlen(key);
		bool		printable = len >= 1 && len <= IDEMPOTENCY_KEY_MAX;

		for (int i = 0; i < len && printable; i++)
			printable = key[i] >= ' ' && key[i] <= '~';
		if (!printable)
			ereport(ERROR,
					(connect_error_in(ERROR_PARAMETER_INVALID, "Idempotency-Key"),
					 blame_header("Idempotency-Key"),
					 errdetail("A key has 1 to %d printable ASCII characters.", IDEMPOTENCY_KEY_MAX)));
	}
}

/* Returns a key of a request in kebab-case, whichever of the three it came in. */
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

pg_noreturn static void refuse_parameter(const char *name, const char *detail);

/* Raises parameter_invalid for a parameter by its name as sent. */
static void
refuse_parameter(const char *name, const char *detail)
{
	const char *shown = error_excerpt(name, strlen(name));

	ereport(ERROR,
			(connect_error_in(ERROR_PARAMETER_INVALID, shown),
			 blame_parameter(shown),
			 errdetail("%s", detail)));
}

/* Returns the value of a hexadecimal digit, or -1. */
static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decodes a part of a query string; raises parameter_invalid for what is no text. */
static char *
decode(const char *part, int len)
{
	char	   *result = palloc(len + 1);
	int			n = 0;

	for (int i = 0; i < len; i++)
	{
		char		c = part[i];

		if (c == '%')
		{
			int			high = i + 2 < len ? hex_digit(part[i + 1]) : -1;
			int			low = i + 2 < len ? hex_digit(part[i + 2]) : -1;

			if (high < 0 || low < 0)
				refuse_parameter(pnstrdup(part, len), "It is not percent-encoded as it should be.");
			c = (char) (high << 4 | low);
			i += 2;
		}
		else if (c == '+')
			c = ' ';
		result[n++] = c;
	}
	result[n] = '\0';
	/* a NUL is refused too */
	if (strlen(result) != n || !pg_verify_mbstr(PG_UTF8, result, n, true))
		refuse_parameter(pnstrdup(part, len), "It is not text in UTF-8.");
	return result;
}

/* Takes fields[connect/connection], a list of names separated by commas. */
static void
parse_fields(HttpRequest *request, const Resource *resource, const char *name, char *value)
{
	StringInfoData kept;
	char	   *rest = value;
	char	   *field;

	initStringInfo(&kept);
	request->style.sparse = true;
	while ((field = strsep(&rest, ",")) != NULL)
	{
		int			number;

		if (field[0] == '\0')
			continue;
		number = resource_attribute(resource, request_kebab(field));
		if (number < 0)
			refuse_parameter(name, psprintf("\"%s\" is no field of this resource.",
											error_excerpt(field, strlen(field))));
		if (request->style.fields & (1u << number))
			continue;			/* so that links do not grow with what was sent */
		request->style.fields |= 1u << number;
		appendStringInfo(&kept, "%s%s", kept.len > 0 ? "," : "", request_kebab(field));
	}
	request->style.fields_text = kept.data;
}

/* Takes page[size]. */
static int
parse_size(const char *name, const char *value)
{
	int			size = 0;

	for (const char *c = value; *c != '\0' && size <= PAGE_SIZE_MAX; c++)
	{
		if (*c < '0' || *c > '9')
			refuse_parameter(name, "It must be a whole number.");
		size = size * 10 + (*c - '0');
	}
	if (size < 1 || size > PAGE_SIZE_MAX)
		refuse_parameter(name, psprintf("It must be from 1 to %d.", PAGE_SIZE_MAX));
	return size;
}

/* Takes filter[...]; returns false if the resource has none of that name. */
static bool
take_filter(const Resource *resource, ListRequest *list, const char *key, const char *value)
{
	for (int i = 0; i < resource->nfilters; i++)
	{
		if (strcmp(key, psprintf("filter[%s]", resource->filters[i].name)) == 0)
		{
			list->filters[i] = cstring_to_text(value);
			return true;
		}
	}
	return false;
}

/* Takes one parameter; returns false if this operation has none of that name. */
static bool
take_parameter(HttpRequest *request, int kinds, const Resource *resource,
			   ListRequest *list, const char *name, char *value)
{
	char	   *key = request_kebab(name);

	if ((kinds & QUERY_FIELDS) &&
		strcmp(key, psprintf("fields[%s]", resource->type)) == 0)
		parse_fields(request, resource, name, value);
	else if ((kinds & QUERY_PAGE) && strcmp(key, "page[size]") == 0)
		list->page_size = parse_size(name, value);
	else if ((kinds & QUERY_PAGE) && strcmp(key, "page[after]") == 0)
		list->after = cstring_to_text(value);
	else if ((kinds & QUERY_PAGE) && strcmp(key, "page[before]") == 0)
		list->before = cstring_to_text(value);
	else
		return (kinds & QUERY_FILTER) && take_filter(resource, list, key, value);
	return true;
}

/*
 * Takes the query string apart.  Raises parameter_invalid for a parameter that
 * this operation does not have, that stands twice, or whose value is bad.
 */
void
request_parse_query(HttpRequest *request, int kinds, const Resource *resource,
					ListRequest *list)
{
	char	   *rest = request->query != NULL ? pstrdup(request->query) : NULL;
	char	   *part;
	List	   *seen = NIL;

	list->page_size = PAGE_SIZE_DEFAULT;
	while ((part = strsep(&rest, "&")) != NULL)
	{
		char	   *equals = strchr(part, '=');
		char	   *name;
		char	   *value;
		ListCell   *cell;

		if (part[0] == '\0')
			continue;
		name = decode(part, equals != NULL ? equals - part : strlen(part));
		value = equals != NULL ? decode(equals + 1, strlen(equals + 1)) : pstrdup("");
		foreach(cell, seen)
		{
			if (strcmp(lfirst(cell), request_kebab(name)) == 0)
				refuse_parameter(name, "It stands twice.");
		}
		if (!take_parameter(request, kinds, resource, list, name, value))
			refuse_parameter(name, "This operation has no such parameter.");
		seen = lappend(seen, request_kebab(name));
	}
}
