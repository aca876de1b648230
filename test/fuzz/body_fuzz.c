/*
 * body_fuzz.c
 *		The body of a request, as src/http/body.c and src/json/reader.c read
 *		it.  The first byte says of which shape: meta, attributes with a member
 *		that is required, or with none.
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
	return value == NULL ||
		(memchr(value, 0, len) == NULL &&
		 pg_encoding_verifymbstr(PG_UTF8, value, len) == len);
}

#define IS_TEXT(value) \
	((value) == NULL || is_text(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value)))
#define IS_STRING(value) \
	((value) == NULL || is_text((value), strlen(value)))

static const BodyMember members[] = {
	{"destination-organization-id", MEMBER_TEXT, .required = true},
	{"name", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
	{NULL}
};

static const BodyMember meta_members[] = {
	{"reason", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
	{NULL}
};

/* A row of which all but the members above may only be repeated. */
static const Attribute attributes[] = {
	ATTRIBUTE("status", NO_COLUMN, true),
	ATTRIBUTE("name", NO_COLUMN, false),
};

static const Resource resource = {
	.type = "connect/connection",
	.attributes = attributes,
	.nattributes = lengthof(attributes),
};

static const BodyShape shapes[] = {
	{BODY_META, meta_members},
	{BODY_ATTRIBUTES, members},
	{BODY_ATTRIBUTES, members + 1},
};

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
	const BodyShape *shape;
	HttpRequest request = {0};
	HttpBody	body;

	if (size == 0)
		return 0;
	shape = &shapes[data[0] % lengthof(shapes)];
	request.body = shim_bytea(data + 1, size - 1);
	if (RUN(body_read(&request, shape, &resource, &body)))
	{
		PROMISE(IS_STRING(body.type) && IS_STRING(body.id) &&
				IS_STRING(body.unknown));
		PROMISE((body.unknown == NULL) == (body.unknown_name == NULL));
		for (int i = 0; shape->members[i].name != NULL; i++)
		{
			const BodyMember *member = &shape->members[i];

			PROMISE(!member->required || body.values[i] != NULL);
			PROMISE(member->kind == MEMBER_TEXTS ?
					body_texts(&body, member->name) == body.values[i] :
					IS_TEXT(body_text(&body, member->name)));
		}
		PROMISE(RUN(body_refuse_unknown(&body)) == (body.unknown == NULL));
	}
	else
		PROMISE(shim_sqlstate == MAKE_SQLSTATE('P', 'T', '4', '0', '0') ||
				shim_sqlstate == ERRCODE_INVALID_PARAMETER_VALUE);
	shim_reset();
	return 0;
}
