/*
 * query_fuzz.c
 *		The query string, as src/http/query.c reads it.  The first byte says which
 *		parameters the operation takes.  The rest comes out of JSON and so is UTF-8
 *		as far as it is not percent-encoded.
 */
#include "postgres.h"

#include "http/query.h"
#include "mb/pg_wchar.h"
#include "shim.h"

#define TAKES_FIELDS 0x01
#define TAKES_PAGES 0x02
#define TAKES_FILTERS 0x04

static bool
is_status(const char *value)
{
	return connection_status_parse(value) != CONNECTION_NONE;
}

static const QueryParameter filters[] = {
	{"filter[status]", is_status, "pending, active or inactive"},
	{"filter[direction]"},
	{"filter[source-organization-id]"},
	{"filter[destination-organization-id]"},
	{NULL}
};

/* Is this null, or a text that a database in UTF8 can hold? */
static bool
is_text(const text *value)
{
	int			len = value == NULL ? 0 : VARSIZE_ANY_EXHDR(value);

	return len == 0 || (memchr(VARDATA_ANY(value), 0, len) == NULL &&
						pg_encoding_verifymbstr(PG_UTF8, VARDATA_ANY(value), len) == len);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	HttpRequest request = {0};
	HttpQuery	query;
	QueryShape	shape;

	if (size == 0 || pg_encoding_verifymbstr(PG_UTF8, (const char *) data + 1, size - 1) != (int) size - 1)
		return 0;
	shape.pages = data[0] & TAKES_PAGES;
	shape.field = data[0] & TAKES_FIELDS ? document_field : NULL;
	shape.parameters = data[0] & TAKES_FILTERS ? filters : NULL;
	request.query = shim_string(data + 1, size - 1);
	if (RUN(query_parse(&request, &shape, "connect/connection", &query)))
	{
		PROMISE(query.page_size >= 1 && query.page_size <= PAGE_SIZE_MAX);
		PROMISE(shape.pages || (query.after == NULL && query.before == NULL));
		PROMISE(is_text(query.after) && is_text(query.before));
		for (int i = 0; shape.parameters != NULL && shape.parameters[i].name != NULL; i++)
			PROMISE(is_text(query.values[i]) && query_value(&query, shape.parameters[i].name) == query.values[i]);
		PROMISE(shape.field != NULL || !request.style.sparse);
		PROMISE(!request.style.sparse || strlen(request.style.fields_text) < 200);
	}
	else
		PROMISE(shim_sqlstate == ERRCODE_INVALID_PARAMETER_VALUE);
	shim_reset();
	return 0;
}
