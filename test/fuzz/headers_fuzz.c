/*
 * headers_fuzz.c
 *		The setting in which PostgREST leaves the headers, as src/json/reader.c
 *		and src/http/request.c read it, with the query string in one of them,
 *		which src/http/query.c reads.
 */
#include "postgres.h"

#include "http/query.h"
#include "json/reader.h"
#include "shim.h"

/* Counts the levels of a tree, and looks whether it hangs together. */
static int
depth_of(const JsonValue *value)
{
	int			depth = 0;
	int			count = 0;

	for (const JsonValue *child = value->first;
		 child != NULL; child = child->next)
	{
		PROMISE(child->parent == value);
		PROMISE((child->name != NULL) == (value->kind == JSON_OBJECT));
		PROMISE(child->next != NULL || value->last == child);
		depth = Max(depth, depth_of(child));
		count++;
	}
	PROMISE(count == value->count);
	PROMISE((value->string != NULL) == (value->kind == JSON_STRING));
	return depth + (value->kind == JSON_OBJECT || value->kind == JSON_ARRAY);
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	static const QueryShape shape = {.pages = true};
	static const Resource resource = {.type = "connect/connection"};
	HttpRequest request;
	ListRequest list;
	JsonValue  *root;

	shim_setting = shim_string(data, size);
	root = json_text_parse(shim_setting, strlen(shim_setting), 64);
	PROMISE(root == NULL || depth_of(root) <= 64);

	request_read(&request, NULL);
	PROMISE(request.style.closed == (request.persona_version != NULL));
	if (RUN((request_check_headers(&request),
			 query_parse(&request, &shape, &resource, &list))))
		PROMISE(request.idempotency_key == NULL ||
				(strlen(request.idempotency_key) >= 1 &&
				 strlen(request.idempotency_key) <= 255));
	else
		PROMISE(shim_sqlstate == ERRCODE_INVALID_PARAMETER_VALUE);
	shim_reset();
	return 0;
}
