/*
 * http.c
 *		The HTTP operations of share tokens, each a SQL function of connect_api.
 */
#include "postgres.h"

#include "http/serve.h"
#include "json/writer.h"
#include "share_token/document.h"
#include "share_token/http.h"
#include "share_token/operations.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(connect_api_list_share_tokens);
PG_FUNCTION_INFO_V1(connect_api_create_share_token);
PG_FUNCTION_INFO_V1(connect_api_get_share_token);
PG_FUNCTION_INFO_V1(connect_api_expire_share_token);
PG_FUNCTION_INFO_V1(connect_api_redeem_share_token);

#define PATH "/api/v1/connect/share-tokens"

/* A life that is longer than any token's, in seconds. */
#define LIFE_TOO_LONG INT64CONST(1000000000)

static const char *const mapping_members[] = {
	"source-field-name", "destination-field-name"
};

/* Answers with a token. */
static void
respond_token(HttpCall *call, const ShareToken *token)
{
	http_respond(call, document_one(&call->request.style, &share_token_resource,
									&call->who, token));
}

static void
perform_list(HttpCall *call)
{
	ListPage	page = resource_list(&share_token_resource, &call->who,
									 &call->list);

	http_respond(call, document_page(&call->request.style,
									 &share_token_resource, &call->who,
									 share_token_resource.path, &call->list,
									 &page));
}

static void
perform_create(HttpCall *call)
{
	const HttpBody *body = &call->body;
	const int64 *seconds = body_integer(body, "expires-in-seconds");
	Interval	life = {0};
	ShareToken	token;

	if (seconds != NULL)
		life.time = Max(Min(*seconds, LIFE_TOO_LONG), -LIFE_TOO_LONG) *
			USECS_PER_SEC;
	body_require_new(body, share_token_resource.type);
	body_refuse_relationships(body);
	token_create(&call->who, call->request.request_id,
				 body_text(body, "connection-id"), body_text(body, "source-id"),
				 seconds != NULL ? &life : NULL, body_text(body, "kind"),
				 &token);
	call->response.location = document_path(&share_token_resource, token.id);
	respond_token(call, &token);
}

static void
perform_get(HttpCall *call)
{
	ShareToken	token;

	token_get(&call->who, call->request.id, &token);
	respond_token(call, &token);
}

static void
perform_expire(HttpCall *call)
{
	ShareToken	token;

	token_expire(&call->who, call->request.request_id, call->request.id,
				 body_text(&call->body, "reason"), &token);
	respond_token(call, &token);
}

pg_noreturn static void refuse_mapping(int n, const char *what);

/* Raises parameter_invalid for a field mapping. */
static void
refuse_mapping(int n, const char *what)
{
	const char *pointer = psprintf("/meta/field-mappings/%d", n);

	ereport(ERROR,
			(connect_error_in(ERROR_PARAMETER_INVALID, pointer),
			 blame_pointer(pointer),
			 errdetail("A field mapping must have %s.", what)));
}

/* Copies one field mapping, which has two strings and nothing else. */
static void
write_mapping(JsonWriter *out, const JsonValue *mapping, int n)
{
	if (mapping->kind != JSON_OBJECT ||
		mapping->count != lengthof(mapping_members))
		refuse_mapping(n, "two members");
	json_open(out, '{');
	for (int i = 0; i < (int) lengthof(mapping_members); i++)
	{
		const JsonValue *found = NULL;

		for (JsonValue *member = mapping->first; member != NULL;
			 member = member->next)
		{
			if (strcmp(request_kebab(member->name), mapping_members[i]) == 0)
				found = member;
		}
		if (found == NULL || found->kind != JSON_STRING)
			refuse_mapping(n, "the strings source-field-name and "
						   "destination-field-name");
		json_word(out, mapping_members[i], found->string);
	}
	json_close(out, '}');
}

/* Returns the options that the field mappings of a request are, or NULL. */
static Jsonb *
read_options(const JsonValue *mappings)
{
	JsonWriter *out;
	int			n = 0;

	if (mappings == NULL)
		return NULL;
	if (mappings->kind != JSON_ARRAY)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID,
								  "/meta/field-mappings"),
				 blame_pointer("/meta/field-mappings"),
				 errdetail("\"field-mappings\" must be a list of objects.")));
	out = json_begin_jsonb();
	json_open(out, '{');
	json_key(out, "field-mappings");
	json_open(out, '[');
	for (JsonValue *mapping = mappings->first; mapping != NULL;
		 mapping = mapping->next)
		write_mapping(out, mapping, n++);
	json_close(out, ']');
	json_close(out, '}');
	return json_jsonb_done(out);
}

/*
 * A redemption that the application has yet to fulfil is accepted, not done.
 * The closed shape knows no other answer.
 */
static void
perform_redeem(HttpCall *call)
{
	const HttpBody *body = &call->body;
	Jsonb	   *options = read_options(body_json(body, "field-mappings"));
	ShareToken	token;

	token_redeem(&call->who, call->request.request_id, call->request.id,
				 body_text(body, "destination-id"), options, &token);
	respond_token(call, &token);
	if (token.status == TOKEN_PENDING || call->request.style.closed)
		call->response.status = 202;
}

static const BodyMember new_members[] = {
	{"connection-id", MEMBER_TEXT, .required = true},
	{"source-id", MEMBER_TEXT, .required = true},
	{"expires-in-seconds", MEMBER_INTEGER, .argument = "expires-in"},
	{"kind", MEMBER_TEXT},
	{NULL}
};

static const BodyMember expire_members[] = {
	{"reason", MEMBER_TEXT_OR_NULL},
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

enum
{
	LIST_SHARE_TOKENS,
	CREATE_SHARE_TOKEN,
	GET_SHARE_TOKEN,
	EXPIRE_SHARE_TOKEN,
	REDEEM_SHARE_TOKEN
};

static const Operation operations[] = {
	[LIST_SHARE_TOKENS] = {
		"list_share_tokens", "GET", PATH, &share_token_resource,
		PERMISSION_READ, 200,
		.query = {true, true, true},
		.perform = perform_list
	},
	[CREATE_SHARE_TOKEN] = {
		"create_share_token", "POST", PATH, &share_token_resource,
		PERMISSION_WRITE, 201,
		.query = {.fields = true},
		.body = {BODY_ATTRIBUTES, new_members},
		.perform = perform_create
	},
	[GET_SHARE_TOKEN] = {
		"get_share_token", "GET", PATH "/{id}", &share_token_resource,
		PERMISSION_READ, 200,
		.query = {.fields = true},
		.perform = perform_get
	},
	[EXPIRE_SHARE_TOKEN] = {
		"expire_share_token", "POST", PATH "/{id}/expire",
		&share_token_resource, PERMISSION_WRITE, 200,
		.query = {.fields = true},
		.body = {BODY_META, expire_members},
		.perform = perform_expire
	},
	[REDEEM_SHARE_TOKEN] = {
		"redeem_share_token", "POST", PATH "/{id}/redeem",
		&share_token_resource, PERMISSION_WRITE, 200,
		.query = {.fields = true},
		.body = {BODY_ATTRIBUTES, redeem_members, .optional = true,
		.meta = redeem_meta},
		.perform = perform_redeem
	},
};

/* Registers the operations of share tokens. */
void
share_token_http_init(void)
{
	http_register(operations, lengthof(operations));
}

Datum
connect_api_list_share_tokens(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[LIST_SHARE_TOKENS], fcinfo);
}

Datum
connect_api_create_share_token(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[CREATE_SHARE_TOKEN], fcinfo);
}

Datum
connect_api_get_share_token(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[GET_SHARE_TOKEN], fcinfo);
}

Datum
connect_api_expire_share_token(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[EXPIRE_SHARE_TOKEN], fcinfo);
}

Datum
connect_api_redeem_share_token(PG_FUNCTION_ARGS)
{
	return http_answer(&operations[REDEEM_SHARE_TOKEN], fcinfo);
}
