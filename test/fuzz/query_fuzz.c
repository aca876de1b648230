/*
 * query_fuzz.c
 *		The query string, as src/http/request.c reads it.  The first byte says
 *		which parameters the operation takes.  The rest comes out of JSON and so
 *		is UTF-8 as far as it is not percent-encoded.
 */
#include "postgres.h"

#include "http/request.h"
#include "mb/pg_wchar.h"
#include "shim.h"

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	HttpRequest request = {0};
	ListRequest list = {0};

	if (size == 0 || pg_encoding_verifymbstr(PG_UTF8, (const char *) data + 1, size - 1) != (int) size - 1)
		return 0;
	request.query = shim_string(data + 1, size - 1);
	if (RUN(request_parse_query(&request, data[0] & (QUERY_FIELDS | QUERY_PAGE | QUERY_FILTER), &list)))
	{
		PROMISE(list.page_size >= 1 && list.page_size <= PAGE_SIZE_MAX);
		PROMISE((data[0] & QUERY_PAGE) || (list.after == NULL && list.before == NULL));
		PROMISE((data[0] & QUERY_FILTER) || (list.source == NULL && list.direction == NULL));
		PROMISE((data[0] & QUERY_FIELDS) || !request.style.sparse);
		PROMISE(!request.style.sparse || strlen(request.style.fields_text) < 200);
		PROMISE(list.status >= CONNECTION_NONE && list.status <= CONNECTION_INACTIVE);
	}
	else
		PROMISE(shim_sqlstate == ERRCODE_INVALID_PARAMETER_VALUE);
	shim_reset();
	return 0;
}
