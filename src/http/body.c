/*
 * body.c
 *		The body of a request: a resource object, or meta for an action.
 *
 * Errors raised here name the member to blame by its JSON pointer, in the field
 * of the error.  A member that we do not know is noted, not raised: it is the
 * last thing to be refused for.
 */
#include "postgres.h"

#include "base/errors.h"
#include "catalog/pg_type.h"
#include "http/body.h"
#include "http/request.h"
#include "json/reader.h"
#include "utils/builtins.h"

#define BODY_MAX_DEPTH 32

/* Reads the text of a body; NULL if it is empty. */
static JsonValue *
parse(const bytea *json)
{
	JsonValue  *root;

	if (VARSIZE_ANY_EXHDR(json) == 0)
		return NULL;
	root = json_text_parse(VARDATA_ANY(json), VARSIZE_ANY_EXHDR(json), BODY_MAX_DEPTH);
	if (root == NULL)
		ereport(ERROR,
				(connect_error(ERROR_BODY_INVALID),
				 errdetail("The body must be JSON text in UTF-8, each member once, at most %d levels deep.", BODY_MAX_DEPTH)));
	if (root->kind != JSON_OBJECT)
		ereport(ERROR,
				(connect_error(ERROR_BODY_INVALID),
				 errdetail("The body must be a JSON object.")));
	return root;
}

/* Returns a member that must be of this kind, or NULL if there is none. */
static JsonValue *
member_of_kind(const JsonValue *object, const char *name, JsonKind kind, const char *pointer)
{
	JsonValue  *value = json_text_member(object, name);

	if (value != NULL && value->kind != kind)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, pointer),
				 blame_pointer(pointer),
				 errdetail("It must be %s.", kind == JSON_OBJECT ? "an object" : "a string")));
	return value;
}

/* Returns the text of a string; of null an empty one, where null may stand. */
static text *
text_value(const JsonValue *value, bool nullable, const char *pointer)
{
	if (nullable && value->kind == JSON_NULL)
		return cstring_to_text("");
	if (value->kind != JSON_STRING)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, pointer),
				 blame_pointer(pointer),
				 errdetail("It must be a string%s.", nullable ? " or null" : "")));
	return cstring_to_text(value->string);
}

/* Returns a list of strings. */
static ArrayType *
texts_value(const JsonValue *value, const char *pointer)
{
	Datum	   *elements = palloc(Max(1, value->count) * sizeof(Datum));
	int			n = 0;

	if (value->kind != JSON_ARRAY)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, pointer),
				 blame_pointer(pointer),
				 errdetail("It must be a list of strings.")));
	for (JsonValue *element = value->first; element != NULL; element = element->next)
	{
		if (element->kind != JSON_STRING)
			ereport(ERROR,
					(connect_error_in(ERROR_PARAMETER_INVALID, psprintf("%s/%d", pointer, n)),
					 blame_pointer(psprintf("%s/%d", pointer, n)),
					 errdetail("It must be a string.")));
		elements[n++] = CStringGetTextDatum(element->string);
	}
	return construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT);
}

/*
 * Takes one member of attributes or meta, called name, into the body.  Raises
 * body_invalid if it stands there already, in another inflection.  The names
 * an object may have are the caller's to choose.
 */
static void
take_member(HttpBody *body, const char *name, const JsonValue *value, const char *pointer)
{
	bool		twice;

	if (strcmp(name, "destination-organization-id") == 0)
	{
		twice = body->destination != NULL;
		body->destination = text_value(value, false, pointer);
	}
	else if (strcmp(name, "name") == 0)
	{
		twice = body->name != NULL;
		body->name = text_value(value, true, pointer);
	}
	else if (strcmp(name, "reason") == 0)
	{
		twice = body->reason != NULL;
		body->reason = text_value(value, true, pointer);
	}
	else
	{
		twice = body->scopes != NULL;
		body->scopes = texts_value(value, pointer);
	}
	if (twice)
		ereport(ERROR,
				(connect_error(ERROR_BODY_INVALID),
				 blame_pointer(pointer),
				 errdetail("It stands twice.")));
}

/* Takes the members of an object that have one of these names, and notes the first other one. */
static void
take_members(HttpBody *body, const JsonValue *object, const char *parent, const char *const *names)
{
	for (JsonValue *member = object->first; member != NULL; member = member->next)
	{
		char	   *name = request_kebab(member->name);
		bool		known = false;

		for (int i = 0; names[i] != NULL && !known; i++)
			known = strcmp(names[i], name) == 0;
		if (known)
			take_member(body, name, member, psprintf("%s/%s", parent, name));
		else if (body->unknown == NULL)
			body->unknown = psprintf("%s/%s", parent, error_excerpt(member->name, strlen(member->name)));
	}
}

/*
 * Reads {"data": {"type", "id", "attributes": {...}}}, of a new Connection or
 * of one that exists.  Raises body_invalid, parameter_missing, parameter_invalid.
 */
void
body_read_resource(const bytea *json, bool is_new, HttpBody *body)
{
	static const char *const names[] = {"name", "scopes", NULL};
	static const char *const new_names[] = {"destination-organization-id", "name", "scopes", NULL};
	JsonValue  *root = parse(json);
	JsonValue  *data;
	JsonValue  *value;

	memset(body, 0, sizeof(*body));
	if (root == NULL)
		ereport(ERROR,
				(connect_error(ERROR_BODY_INVALID),
				 errdetail("A body is required.")));
	data = member_of_kind(root, "data", JSON_OBJECT, "/data");
	if (data == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, "/data"),
				 blame_pointer("/data"),
				 errdetail("\"data\" must be given.")));
	value = member_of_kind(data, "type", JSON_STRING, "/data/type");
	body->type = value != NULL ? value->string : NULL;
	value = member_of_kind(data, "id", JSON_STRING, "/data/id");
	body->id = value != NULL ? value->string : NULL;
	value = member_of_kind(data, "attributes", JSON_OBJECT, "/data/attributes");
	if (value != NULL)
		take_members(body, value, "/data/attributes", is_new ? new_names : names);
}

/*
 * Reads {"meta": {"reason", "scopes"}}, or nothing at all.  Raises body_invalid,
 * parameter_invalid.
 */
void
body_read_meta(const bytea *json, HttpBody *body)
{
	static const char *const names[] = {"reason", "scopes", NULL};
	JsonValue  *root = parse(json);
	JsonValue  *meta = member_of_kind(root, "meta", JSON_OBJECT, "/meta");

	memset(body, 0, sizeof(*body));
	if (meta != NULL)
		take_members(body, meta, "/meta", names);
}
