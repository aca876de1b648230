/*
 * query_fuzz.c
 *		The query string, as src/http/query.c reads it.  The first byte says
 *		which parameters the operation takes, and of which resource.  The rest
 *		comes out of JSON and so is UTF-8 as far as it is not percent-encoded.
 */
#include "postgres.h"

#include "http/query.h"
#include "mb/pg_wchar.h"
#include "shim.h"

#define TAKES_FIELDS 0x01
#define TAKES_PAGES 0x02
#define TAKES_FILTERS 0x04
#define TAKES_FEED 0x08
#define OF_TOKENS 0x10

/* Fields and filters of no table: only their names are read. */
static const Attribute attributes[] = {
	ATTRIBUTE("status", NO_COLUMN, true),
	ATTRIBUTE("name", NO_COLUMN, false),
	ATTRIBUTE("source-organization-id", NO_COLUMN, true),
	ATTRIBUTE("expires-at", NO_COLUMN, false),
};

static const Filter filters[] = {
	{"status", FILTER_STATE},
	{"direction", FILTER_DIRECTION},
	{"source-organization-id", FILTER_ID},
	{"expires-before", FILTER_TIME},
	{"partner", FILTER_BEGINNING},
};

static const Filter token_filters[] = {
	{"connection-id", FILTER_ID},
	{"status", FILTER_STATE},
};

static const Resource connection = {
	.type = "connect/connection",
	.attributes = attributes,
	.nattributes = lengthof(attributes),
	.filters = filters,
	.nfilters = lengthof(filters),
};

static const Resource token = {
	.type = "connect/share-token",
	.attributes = attributes,
	.nattributes = lengthof(attributes),
	.filters = token_filters,
	.nfilters = lengthof(token_filters),
};

/* Is this null, or a text that a database in UTF8 can hold? */
static bool
is_text(const text *value)
{
	int			len = value == NULL ? 0 : VARSIZE_ANY_EXHDR(value);

	return len == 0 ||
		(memchr(VARDATA_ANY(value), 0, len) == NULL &&
		 pg_encoding_verifymbstr(PG_UTF8, VARDATA_ANY(value), len) == len);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	HttpRequest request = {0};
	const Resource *resource;
	ListRequest list;
	QueryShape	shape = {0};

	if (size == 0 || pg_encoding_verifymbstr(PG_UTF8, (const char *) data + 1,
											 size - 1) != (int) size - 1)
		return 0;
	shape.pages = data[0] & TAKES_PAGES;
	shape.fields = data[0] & TAKES_FIELDS;
	shape.filters = data[0] & TAKES_FILTERS;
	shape.feed = data[0] & TAKES_FEED;
	resource = data[0] & OF_TOKENS ? &token : &connection;
	request.query = shim_string(data + 1, size - 1);
	if (RUN(query_parse(&request, &shape, resource, &list)))
	{
		PROMISE(list.page_size >= 1 && list.page_size <= PAGE_SIZE_MAX);
		PROMISE(shape.pages || list.before == NULL);
		PROMISE(shape.pages || shape.feed || list.after == NULL);
		PROMISE(is_text(list.after) && is_text(list.before));
		for (int i = 0; i < RESOURCE_MAX_FILTERS; i++)
			PROMISE(is_text(list.filters[i]) &&
					(list.filters[i] == NULL ||
					 (shape.filters && i < resource->nfilters)));
		PROMISE(shape.fields || !request.style.sparse);
		PROMISE(!request.style.sparse ||
				strlen(request.style.fields_text) < 200);
	}
	else
		PROMISE(shim_sqlstate == ERRCODE_INVALID_PARAMETER_VALUE);
	shim_reset();
	return 0;
}
