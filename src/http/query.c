/*
 * query.c
 *		The query string of a request.
 *
 * An operation says which parameters it takes.  Names may come in any of the
 * three inflections; each may come once.
 */
#include "postgres.h"

#include "base/errors.h"
#include "http/query.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

pg_noreturn static void refuse_parameter(const char *name,
										 const char *complaint);

/* Raises parameter_invalid for a parameter by its name as it was sent. */
static void
refuse_parameter(const char *name, const char *complaint)
{
	const char *shown = error_excerpt(name, strlen(name));

	ereport(ERROR,
			(connect_error_in(ERROR_PARAMETER_INVALID, shown),
			 blame_parameter(shown),
			 errdetail("\"%s\" %s.", shown, complaint)));
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

/*
 * Decodes a part of a query string: a value, if the name of its parameter is
 * known, else a name.  Raises parameter_invalid for no text.
 */
static char *
decode_part(const char *part, int len, const char *name)
{
	const char *blamed = name != NULL ? name : pnstrdup(part, len);
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
				refuse_parameter(blamed,
								 "is not percent-encoded as it should be");
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
		refuse_parameter(blamed, "is not text in UTF-8");
	return result;
}

/* Takes fields[...], a list of names separated by commas. */
static void
take_fields(HttpRequest *request, const Resource *resource, const char *name,
			char *value)
{
	StringInfoData kept;
	char	   *rest = value;
	char	   *field;

	initStringInfo(&kept);
	request->style.sparse = true;
	while ((field = strsep(&rest, ",")) != NULL)
	{
		int			number;
		char	   *key;

		if (field[0] == '\0')
			continue;
		key = request_kebab(field);
		number = resource_attribute(resource, key);
		if (number < 0)
			refuse_parameter(name, psprintf("cannot be \"%s\", which is no "
											"field of %s",
											error_excerpt(field, strlen(field)),
											resource->type));
		/* links do not grow with what was sent */
		if (request->style.fields & (1u << number))
			continue;
		request->style.fields |= 1u << number;
		appendStringInfo(&kept, "%s%s", kept.len > 0 ? "," : "", key);
	}
	request->style.fields_text = kept.data;
}

/* Reads page[size]. */
static int
read_size(const char *name, const char *value)
{
	int			size = 0;

	for (const char *c = value; *c != '\0' && size <= PAGE_SIZE_MAX; c++)
	{
		if (*c < '0' || *c > '9')
			refuse_parameter(name, "must be a whole number");
		size = size * 10 + (*c - '0');
	}
	if (size < 1 || size > PAGE_SIZE_MAX)
		refuse_parameter(name, psprintf("must be from 1 to %d", PAGE_SIZE_MAX));
	return size;
}

/* Takes one of page[...]; returns false if there is none of that name. */
static bool
take_page(ListRequest *list, const char *key, const char *name,
		  const char *value)
{
	if (strcmp(key, "page[size]") == 0)
		list->page_size = read_size(name, value);
	else if (strcmp(key, "page[after]") == 0)
		list->after = cstring_to_text(value);
	else if (strcmp(key, "page[before]") == 0)
		list->before = cstring_to_text(value);
	else
		return false;
	return true;
}

/* Returns the number of the filter that a key names, or -1 if there is none. */
static int
find_filter(const Resource *resource, const char *key)
{
	for (int i = 0; i < resource->nfilters; i++)
	{
		if (strcmp(key, psprintf("filter[%s]", resource->filters[i].name)) == 0)
			return i;
	}
	return -1;
}

/* Takes one of filter[...]; returns false if there is none of that name. */
static bool
take_filter(const Resource *resource, ListRequest *list, const char *key,
			const char *value)
{
	int			i = find_filter(resource, key);

	if (i < 0)
		return false;
	list->filters[i] = cstring_to_text(value);
	return true;
}

/* Is this key the one by which fields of this resource are chosen? */
static bool
is_fields(const char *key, const Resource *resource)
{
	return strcmp(key, psprintf("fields[%s]", resource->type)) == 0;
}

/* Returns a parameter of the query by its key, or NULL if it was not sent. */
static const RequestParameter *
find_parameter(const HttpRequest *request, const char *key)
{
	ListCell   *cell;

	foreach(cell, request->parameters)
	{
		RequestParameter *parameter = lfirst(cell);

		if (strcmp(parameter->key, key) == 0)
			return parameter;
	}
	return NULL;
}

/* Notes a parameter.  Raises parameter_invalid if it was there already. */
static void
require_once(HttpRequest *request, char *key, const char *name)
{
	RequestParameter *parameter = palloc(sizeof(RequestParameter));

	if (find_parameter(request, key) != NULL)
		refuse_parameter(name, "must not be given twice");
	parameter->key = key;
	parameter->name = error_excerpt(name, strlen(name));
	request->parameters = lappend(request->parameters, parameter);
}

/*
 * Takes the query string apart, into the current memory context: fields go into
 * the request's style, pages and filters into the list.  Raises
 * parameter_invalid for a parameter that the operation does not take, that
 * stands twice, or whose value is bad; what a filter may be is for the list to
 * say.
 */
void
query_parse(HttpRequest *request, const QueryShape *shape,
			const Resource *resource, ListRequest *list)
{
	char	   *rest = request->query != NULL ? pstrdup(request->query) : NULL;
	char	   *part;

	memset(list, 0, sizeof(*list));
	list->page_size = PAGE_SIZE_DEFAULT;
	while ((part = strsep(&rest, "&")) != NULL)
	{
		char	   *equals = strchr(part, '=');
		char	   *name;
		char	   *value;
		char	   *key;

		if (part[0] == '\0')
			continue;
		name = decode_part(part, equals != NULL ? equals - part : strlen(part),
						   NULL);
		value = equals == NULL ? pstrdup("") :
			decode_part(equals + 1, strlen(equals + 1), name);
		key = request_kebab(name);
		require_once(request, key, name);
		if (shape->fields && is_fields(key, resource))
			take_fields(request, resource, name, value);
		else if (!(shape->pages && take_page(list, key, name, value)) &&
				 !(shape->filters && take_filter(resource, list, key, value)))
			refuse_parameter(name, "is no parameter of this operation");
	}
}

/*
 * Returns the parameter in which an argument of a SQL function came, by the
 * argument's name in kebab-case, as it was sent; NULL if it came in none.
 */
const char *
query_parameter(const HttpRequest *request, const QueryShape *shape,
				const Resource *resource, const char *argument)
{
	char	   *key = psprintf("filter[%s]", argument);
	const RequestParameter *parameter;

	if (shape->pages && strncmp(argument, "page-", 5) == 0)
		key = psprintf("page[%s]", argument + 5);
	else if (!shape->filters || find_filter(resource, key) < 0)
		return NULL;
	parameter = find_parameter(request, key);
	return parameter != NULL ? parameter->name : key;
}
