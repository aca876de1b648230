/*
 * body_fuzz.c
 *		The body of a request, as src/http/body.c and src/json/reader.c read it.  The
 *		first byte says of which operation.
 */
#include "postgres.h"

#include "http/body.h"
#include "mb/pg_wchar.h"
#include "shim.h"
#include "utils/builtins.h"

/* Is this null, or text that a database in UTF8 can hold? */
static bool
is_text(const char *value, int len)
{
	return value == NULL || (memchr(value, 0, len) == NULL && pg_encoding_verifymbstr(PG_UTF8, value, len) == len);
}

#define IS_TEXT(value) \
	((value) == NULL || is_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)))
#define IS_STRING(value) \
	((value) == NULL || is_text((value), strlen(value)))

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	HttpBody	body;
	bytea	   *json;

	if (size == 0)
		return 0;
	json = shim_bytea(data + 1, size - 1);
	if (RUN(data[0] % 3 == 0 ? body_read_meta(json, &body) :
			body_read_resource(json, data[0] % 3 == 1, &body)))
	{
		PROMISE(IS_STRING(body.type) && IS_STRING(body.id) && IS_STRING(body.unknown));
		PROMISE(IS_TEXT(body.destination) && IS_TEXT(body.name) && IS_TEXT(body.reason));
		PROMISE(data[0] % 3 == 0 ? body.destination == NULL && body.name == NULL : body.reason == NULL);
	}
	else
		PROMISE(shim_sqlstate == MAKE_SQLSTATE('P', 'T', '4', '0', '0') ||
				shim_sqlstate == ERRCODE_INVALID_PARAMETER_VALUE);
	shim_reset();
	return 0;
}
