/*
 * body.c
 *		The body of a request: a resource object, or meta for an action.
 *
 * An operation says which members it takes.  Keys may come in any of the three
 * inflections.  A member that the operation does not take is noted, not raised:
 * everything else that is wrong with a request matters more.
 */
#include "postgres.h"

#include "base/text.h"
#include "catalog/pg_type.h"
#include "http/body.h"
#include "utils/builtins.h"

#define BODY_MAX_DEPTH 32

static const char *const parents[] = {
	[BODY_ATTRIBUTES] = "/data/attributes",
	[BODY_META] = "/meta",
};

/* Reads the text of a body; returns NULL if it is empty. */
static JsonValue *
parse_body(const bytea *json)
{
	int			len = VARSIZE_ANY_EXHDR(json);
	JsonValue  *root;

	if (len == 0)
		return NULL;
	root = json_text_parse(VARDATA_ANY(json), len, BODY_MAX_DEPTH);
	if (root == NULL)
		ereport(ERROR,
				(connect_error(ERROR_BODY_INVALID),
				 errdetail("The body must be JSON text in UTF-8, each member "
						   "once, at most %d levels deep.", BODY_MAX_DEPTH)));
	else if (root->kind != JSON_OBJECT)
		ereport(ERROR,
				(connect_error(ERROR_BODY_INVALID),
				 errdetail("The body must be a JSON object.")));
	return root;
}

/* Returns the name of a member as the client wrote it, fit for a message. */
static const char *
shown_name(const JsonValue *member)
{
	return error_excerpt(member->name, strlen(member->name));
}

pg_noreturn static void refuse_value(const JsonValue *member,
									 const char *pointer, const char *what);

/* Raises parameter_invalid for a member whose value is of another kind. */
static void
refuse_value(const JsonValue *member, const char *pointer, const char *what)
{
	ereport(ERROR,
			(connect_error_in(ERROR_PARAMETER_INVALID, pointer),
			 blame_pointer(pointer),
			 errdetail("\"%s\" must be %s.", shown_name(member), what)));
}

/* Returns a member that must be an object, or NULL if there is none. */
static JsonValue *
object_member(const JsonValue *parent, const char *name, const char *pointer)
{
	JsonValue  *member = json_text_member(parent, name);

	if (member != NULL && member->kind != JSON_OBJECT)
		refuse_value(member, pointer, "an object");
	return member;
}

/* Returns the string of a member, or NULL if there is none. */
static char *
string_member(const JsonValue *parent, const char *name, const char *pointer)
{
	JsonValue  *member = json_text_member(parent, name);

	if (member == NULL)
		return NULL;
	if (member->kind != JSON_STRING)
		refuse_value(member, pointer, "a string");
	return member->string;
}

/* Returns a list of strings. */
static ArrayType *
read_texts(const JsonValue *member, const char *pointer)
{
	Datum	   *elements = palloc(Max(1, member->count) * sizeof(Datum));
	int			n = 0;

	if (member->kind != JSON_ARRAY)
		refuse_value(member, pointer, "a list of strings");
	for (JsonValue *element = member->first; element != NULL;
		 element = element->next)
	{
		if (element->kind != JSON_STRING)
			refuse_value(member, psprintf("%s/%d", pointer, n),
						 "a list of nothing but strings");
		elements[n++] = CStringGetTextDatum(element->string);
	}
	return construct_array(elements, n, TEXTOID, -1, false, TYPALIGN_INT);
}

/* Reads the value of a member in the way that the operation wants it. */
static void *
read_value(const JsonValue *member, MemberKind kind, const char *pointer)
{
	if (kind == MEMBER_TEXTS)
		return read_texts(member, pointer);
	if (kind == MEMBER_TEXT_OR_NULL && member->kind == JSON_NULL)
		return cstring_to_text("");
	if (member->kind != JSON_STRING)
		refuse_value(member, pointer,
					 kind == MEMBER_TEXT ? "a string" : "a string or null");
	return cstring_to_text(member->string);
}

/* Returns the place of a member in a shape, or -1 if it is not in there. */
static int
find_member(const BodyShape *shape, const char *name)
{
	if (shape->place == BODY_NONE)
		return -1;
	for (int i = 0; shape->members[i].name != NULL; i++)
	{
		if (strcmp(shape->members[i].name, name) == 0)
			return i;
	}
	return -1;
}

/* Returns the pointer to a member of an object, escaped as RFC 6901 has it. */
char *
body_point(const char *parent, const char *name)
{
	StringInfoData pointer;

	initStringInfo(&pointer);
	appendStringInfo(&pointer, "%s/", parent);
	for (const char *c = name; *c != '\0'; c++)
	{
		if (*c == '~')
			appendStringInfoString(&pointer, "~0");
		else if (*c == '/')
			appendStringInfoString(&pointer, "~1");
		else
			appendStringInfoChar(&pointer, *c);
	}
	return pointer.data;
}

/*
 * Takes one member of attributes or meta.  Raises body_invalid if it is there
 * already, in another inflection.
 */
static void
take_member(HttpBody *body, const Resource *resource, JsonValue *member)
{
	char	   *key = request_kebab(member->name);
	const char *name = shown_name(member);
	char	   *pointer = body_point(parents[body->shape->place], name);
	int			i = find_member(body->shape, key);

	if (i >= 0)
	{
		MemberKind	kind = body->shape->members[i].kind;
		void	   *value = read_value(member, kind, pointer);

		if (body->values[i] != NULL)
			ereport(ERROR,
					(connect_error(ERROR_BODY_INVALID),
					 blame_pointer(pointer),
					 errdetail("\"%s\" must not be given twice.", name)));
		body->values[i] = value;
		body->names[i] = name;
	}
	else if (body->shape->whole && resource_attribute(resource, key) >= 0)
		body->repeated = lappend(body->repeated, member);
	else if (body->unknown == NULL)
	{
		body->unknown_name = name;
		body->unknown = pointer;
	}
}

/*
 * Finds the object that holds the members of a body, if there is one, and reads
 * what stands beside it.
 */
static const JsonValue *
find_members(const JsonValue *root, HttpBody *body)
{
	JsonValue  *data;

	if (body->shape->place == BODY_META)
		return object_member(root, "meta", "/meta");
	if (root == NULL)
		ereport(ERROR,
				(connect_error(ERROR_BODY_INVALID),
				 errdetail("A body is required.")));
	data = object_member(root, "data", "/data");
	if (data == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, "/data"),
				 blame_pointer("/data"),
				 errdetail("\"data\" must be given.")));
	body->type = string_member(data, "type", "/data/type");
	body->id = string_member(data, "id", "/data/id");
	body->relationships = object_member(data, "relationships",
										"/data/relationships");
	return object_member(data, "attributes", "/data/attributes");
}

/*
 * Returns the inflection in which the client would have written a member that
 * is absent: the one that it asks for, else that of the others.
 */
static Inflection
find_inflection(const HttpRequest *request, const JsonValue *object)
{
	JsonValue  *member = object != NULL ? object->first : NULL;

	if (request->key_inflection != NULL)
		return request->style.inflection;
	for (; member != NULL; member = member->next)
	{
		if (strchr(member->name, '_') != NULL)
			return INFLECTION_SNAKE;
		if (strchr(member->name, '-') != NULL)
			return INFLECTION_KEBAB;
		if (strcmp(member->name, request_kebab(member->name)) != 0)
			return INFLECTION_CAMEL;
	}
	return INFLECTION_KEBAB;
}

/* Gives all members of the shape the names that the client would use. */
static void
begin_members(HttpBody *body, Inflection inflection)
{
	const BodyMember *members = body->shape->members;
	int			count = 0;

	while (members[count].name != NULL)
		count++;
	body->values = palloc0(Max(1, count) * sizeof(void *));
	body->names = palloc(Max(1, count) * sizeof(char *));
	for (int i = 0; i < count; i++)
		body->names[i] = request_inflected(members[i].name, inflection);
}

/* Raises parameter_missing unless a body has all members that it must have. */
static void
require_members(const HttpBody *body)
{
	for (int i = 0; body->shape->members[i].name != NULL; i++)
	{
		const char *pointer = body_point(parents[body->shape->place],
										 body->names[i]);

		if (body->shape->members[i].required && body->values[i] == NULL)
			ereport(ERROR,
					(connect_error_in(ERROR_PARAMETER_MISSING, pointer),
					 blame_pointer(pointer),
					 errdetail("\"%s\" must be given.", body->names[i])));
	}
}

/*
 * Reads the body of a request, which has this shape and is about this resource,
 * into the current memory context.  Raises body_invalid, parameter_missing,
 * parameter_invalid.
 */
void
body_read(const HttpRequest *request, const BodyShape *shape,
		  const Resource *resource, HttpBody *body)
{
	const JsonValue *object;
	JsonValue  *member;

	memset(body, 0, sizeof(*body));
	body->shape = shape;
	object = find_members(parse_body(request->body), body);
	begin_members(body, find_inflection(request, object));
	member = object != NULL ? object->first : NULL;
	for (; member != NULL; member = member->next)
		take_member(body, resource, member);
	require_members(body);
}

/* Returns the value of a member that the shape has. */
static void *
value_of(const HttpBody *body, const char *name, bool is_list)
{
	const BodyMember *members = body->shape->members;
	int			i = find_member(body->shape, name);

	if (i < 0 || (members[i].kind == MEMBER_TEXTS) != is_list)
		elog(ERROR, "operation takes no member \"%s\" of this kind", name);
	return body->values[i];
}

/* Returns a member that is a text, or NULL if it is absent. */
text *
body_text(const HttpBody *body, const char *name)
{
	return value_of(body, name, false);
}

/* Returns a member that is a list of texts, or NULL if it is absent. */
ArrayType *
body_texts(const HttpBody *body, const char *name)
{
	return value_of(body, name, true);
}

/*
 * Returns what the client calls a member, or NULL if the body has none such, or
 * was not read.
 */
const char *
body_name(const HttpBody *body, const char *member)
{
	int			i = body->names != NULL ? find_member(body->shape, member) : -1;

	return i < 0 ? NULL : body->names[i];
}

/* Returns the JSON pointer to a member, or NULL likewise. */
char *
body_pointer(const HttpBody *body, const char *member)
{
	const char *name = body_name(body, member);

	return name == NULL ? NULL : body_point(parents[body->shape->place], name);
}

/* Raises type_mismatch unless the type, if one is given, is this one. */
static void
require_type(const HttpBody *body, const char *type)
{
	if (body->type != NULL && strcmp(body->type, type) != 0)
		ereport(ERROR,
				(connect_error(ERROR_TYPE_MISMATCH),
				 blame_pointer("/data/type"),
				 errdetail("\"type\" must be \"%s\".", type)));
}

/* Raises client_id_forbidden, type_mismatch unless this can become a row. */
void
body_require_new(const HttpBody *body, const char *type)
{
	if (body->id != NULL)
		ereport(ERROR,
				(connect_error(ERROR_CLIENT_ID),
				 blame_pointer("/data/id"),
				 errdetail("The server makes the id.")));
	require_type(body, type);
}

/* Raises type_mismatch, id_mismatch unless this is about the row of this id. */
void
body_require_same(const HttpBody *body, const char *type, const text *id)
{
	require_type(body, type);
	if (body->id != NULL && !text_is(id, body->id))
		ereport(ERROR,
				(connect_error(ERROR_ID_MISMATCH),
				 blame_pointer("/data/id"),
				 errdetail("\"id\" must be that of the path.")));
}

/* Raises attribute_unknown for a member that the operation does not take. */
void
body_refuse_unknown(const HttpBody *body)
{
	if (body->unknown != NULL)
		ereport(ERROR,
				(connect_error(ERROR_ATTRIBUTE_UNKNOWN),
				 blame_pointer(body->unknown),
				 errdetail("\"%s\" is nothing that this operation takes.",
						   body->unknown_name)));
}

/* Raises relationships_not_allowed for what a new row cannot be given. */
void
body_refuse_relationships(const HttpBody *body)
{
	if (body->relationships != NULL && body->relationships->count > 0)
		ereport(ERROR,
				(connect_error(ERROR_RELATIONSHIPS_NOT_ALLOWED),
				 blame_pointer("/data/relationships"),
				 errdetail("The server makes the relationships.")));
}
