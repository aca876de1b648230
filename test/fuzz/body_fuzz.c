/*
 * body_fuzz.c
 *		The body of a request, as src/http/body.c and src/json/reader.c read
 *		it.  The first byte says of which shape: those of Connections, with
 *		and without terms, and those of share tokens.
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
	{"respond-by", MEMBER_TEXT_OR_NULL},
	{"expires-at", MEMBER_TEXT_OR_NULL},
	{NULL}
};

static const BodyMember transition_members[] = {
	{"reason", MEMBER_TEXT_OR_NULL},
	{"scopes", MEMBER_TEXTS},
	{NULL}
};

static const BodyMember reactivation_members[] = {
	{"reason", MEMBER_TEXT_OR_NULL},
	{"respond-by", MEMBER_TEXT_OR_NULL},
	{"expires-at", MEMBER_TEXT_OR_NULL},
	{NULL}
};

static const BodyMember token_members[] = {
	{"connection-id", MEMBER_TEXT, .required = true},
	{"source-id", MEMBER_TEXT, .required = true},
	{"expires-in-seconds", MEMBER_INTEGER, .argument = "expires-in"},
	{"kind", MEMBER_TEXT},
	{NULL}
};

static const BodyMember redeem_members[] = {
	{"destination-id", MEMBER_TEXT},
	{NULL}
};

static const BodyMember redeem_meta[] = {
	{"field-mappings", MEMBER_JSON, .argument = "options"},
	{NULL}
};

/* A row of which all but the members above may only be repeated. */
static const Attribute attributes[] = {
	ATTRIBUTE("status", NO_COLUMN, true),
	ATTRIBUTE("name", NO_COLUMN, false),
	ATTRIBUTE("respond-by", NO_COLUMN, false),
	ATTRIBUTE("expires-at", NO_COLUMN, false),
};

static const Resource resource = {
	.type = "connect/connection",
	.attributes = attributes,
	.nattributes = lengthof(attributes),
};

static const BodyShape shapes[] = {
	{BODY_META, transition_members},
	{BODY_ATTRIBUTES, members},
	{BODY_ATTRIBUTES, members + 1, .whole = true},
	{BODY_META, reactivation_members},
	{BODY_ATTRIBUTES, token_members},
	{BODY_ATTRIBUTES, redeem_members, .optional = true, .meta = redeem_meta},
};

/* Is a member what its kind promises, by whichever name it is asked for? */
static void
check_member(const HttpBody *body, const BodyMember *member, const void *value)
{
	const char *name = member->argument != NULL ? member->argument :
		member->name;

	PROMISE(!member->required || value != NULL);
	PROMISE(IS_STRING(body_name(body, member->name)));
	PROMISE(IS_STRING(body_pointer(body, name)));
	switch (member->kind)
	{
		case MEMBER_TEXT:
		case MEMBER_TEXT_OR_NULL:
			PROMISE(body_text(body, name) == value && IS_TEXT(value));
			break;
		case MEMBER_TEXTS:
			PROMISE(body_texts(body, name) == value);
			break;
		case MEMBER_INTEGER:
			PROMISE(body_integer(body, name) == value);
			break;
		case MEMBER_JSON:
			PROMISE(body_json(body, name) == value);
			break;
	}
}

/* Checks the members of a list, the first of which has this number. */
static int
check_members(const HttpBody *body, const BodyMember *list, int first)
{
	for (; list != NULL && list->name != NULL; list++)
		check_member(body, list, body->values[first++]);
	return first;
}

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
		(void) check_members(&body, shape->meta,
							 check_members(&body, shape->members, 0));
		PROMISE(RUN(body_refuse_unknown(&body)) == (body.unknown == NULL));
		PROMISE(RUN(body_refuse_relationships(&body)) ==
				(body.relationships == NULL || body.relationships->count == 0));
		PROMISE(!RUN(body_require_new(&body, resource.type)) ||
				body.id == NULL);
	}
	else
		PROMISE(shim_sqlstate == MAKE_SQLSTATE('P', 'T', '4', '0', '0') ||
				shim_sqlstate == ERRCODE_INVALID_PARAMETER_VALUE);
	shim_reset();
	return 0;
}
