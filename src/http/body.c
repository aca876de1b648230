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
#include "http/request.h"
#include "json/reader.h"
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

/* Reads a whole number; one that is far too large stays that. */
static int64 *
read_integer(const JsonValue *member, const char *pointer)
{
	int64	   *value = palloc(sizeof(int64));
	char	   *end;

	if (member->kind != JSON_NUMBER)
		refuse_value(member, pointer, "a whole number");
	*value = strtoll(member->number, &end, 10);
	if (*end != '\0')
		refuse_value(member, pointer, "a whole number");
	return value;
}

/* Reads the value of a member in the way that the operation wants it. */
static void *
read_value(const JsonValue *member, MemberKind kind, const char *pointer)
{
	if (kind == MEMBER_TEXTS)
		return read_texts(member, pointer);
	if (kind == MEMBER_INTEGER)
		return read_integer(member, pointer);
	if (kind == MEMBER_JSON)
		return unconstify(JsonValue *, member);
	if (kind == MEMBER_TEXT_OR_NULL && member->kind == JSON_NULL)
		return cstring_to_text("");
	if (member->kind != JSON_STRING)
		refuse_value(member, pointer,
					 kind == MEMBER_TEXT ? "a string" : "a string or null");
	return cstring_to_text(member->string);
}

/* Returns how many members a list has; NULL has none. */
static int
count_members(const BodyMember *members)
{
	int			count = 0;

	while (members != NULL && members[count].name != NULL)
		count++;
	return count;
}

/*
 * Returns the place of a member in a list, by its name or by that of the
 * argument which it is, or -1 if it is not in there.
 */
static int
find_in(const BodyMember *members, const char *name, bool by_argument)
{
	for (int i = 0; i < count_members(members); i++)
	{
		if (strcmp(members[i].name, name) == 0 ||
			(by_argument && members[i].argument != NULL &&
			 strcmp(members[i].argument, name) == 0))
			return i;
	}
	return -1;
}

/*
 * Returns the place of a member among the values of a shape, or -1 if it is not
 * in there, and where it stands.
 */
static int
find_member(const BodyShape *shape, const char *name, bool by_argument,
			const BodyMember **member, const char **parent)
{
	int			i;

	if (shape->place == BODY_NONE)
		return -1;
	i = find_in(shape->members, name, by_argument);
	if (i >= 0)
	{
		*member = &shape->members[i];
		*parent = parents[shape->place];
		return i;
	}
	i = find_in(shape->meta, name, by_argument);
	if (i < 0)
		return -1;
	*member = &shape->meta[i];
	*parent = parents[BODY_META];
	return count_members(shape->members) + i;
}

/*
 * Takes one member of attributes or meta.  Raises body_invalid if it is there
 * already, in another inflection.
 */
static void
take_member(HttpBody *body, const JsonValue *member, const BodyMember *members,
			void **values, const char *parent)
{
	char	   *name = request_kebab(member->name);
	char	   *pointer = psprintf("%s/%s", parent, name);
	int			i = find_in(members, name, false);

	if (i >= 0)
	{
		void	   *value = read_value(member, members[i].kind, pointer);

		if (values[i] != NULL)
			ereport(ERROR,
					(connect_error(ERROR_BODY_INVALID),
					 blame_pointer(pointer),
					 errdetail("\"%s\" must not be given twice.",
							   shown_name(member))));
		values[i] = value;
	}
	else if (body->unknown == NULL)
	{
		body->unknown_name = shown_name(member);
		body->unknown = psprintf("%s/%s", parent, body->unknown_name);
	}
}

/* Takes the members of an object, if there is one. */
static void
take_members(HttpBody *body, const JsonValue *object, const BodyMember *members,
			 void **values, const char *parent)
{
	if (object == NULL)
		return;
	for (JsonValue *member = object->first; member != NULL;
		 member = member->next)
		take_member(body, member, members, values, parent);
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
	if (root == NULL && !body->shape->optional)
		ereport(ERROR,
				(connect_error(ERROR_BODY_INVALID),
				 errdetail("A body is required.")));
	data = object_member(root, "data", "/data");
	if (data == NULL && body->shape->optional)
		return NULL;
	if (data == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, "/data"),
				 blame_pointer("/data"),
				 errdetail("\"data\" must be given.")));
	body->type = string_member(data, "type", "/data/type");
	body->id = string_member(data, "id", "/data/id");
	return object_member(data, "attributes", "/data/attributes");
}

/* Raises parameter_missing unless a body has all members that it must have. */
static void
require_members(const HttpBody *body)
{
	for (int i = 0; body->shape->members[i].name != NULL; i++)
	{
		const BodyMember *member = &body->shape->members[i];
		const char *pointer = body_pointer(body->shape, member->name);

		if (member->required && body->values[i] == NULL)
			ereport(ERROR,
					(connect_error_in(ERROR_PARAMETER_MISSING, pointer),
					 blame_pointer(pointer),
					 errdetail("\"%s\" must be given.", member->name)));
	}
}

/*
 * Reads a body of this shape into the current memory context.  Raises
 * body_invalid, parameter_missing, parameter_invalid.
 */
void
body_read(const bytea *json, const BodyShape *shape, HttpBody *body)
{
	const JsonValue *root = parse_body(json);
	int			count = count_members(shape->members);

	memset(body, 0, sizeof(*body));
	body->shape = shape;
	body->values = palloc0(Max(1, count + count_members(shape->meta)) *
						   sizeof(void *));
	take_members(body, find_members(root, body), shape->members, body->values,
				 parents[shape->place]);
	if (shape->meta != NULL)
		take_members(body, object_member(root, "meta", "/meta"), shape->meta,
					 body->values + count, parents[BODY_META]);
	require_members(body);
}

/* Returns the value of a member that the shape has, of one of these kinds. */
static void *
value_of(const HttpBody *body, const char *name, MemberKind kind,
		 MemberKind or_kind)
{
	const BodyMember *member;
	const char *parent;
	int			i = find_member(body->shape, name, false, &member, &parent);

	if (i < 0 || (member->kind != kind && member->kind != or_kind))
		elog(ERROR, "operation takes no member \"%s\" of this kind", name);
	return body->values[i];
}

/* Returns a member that is a text, or NULL if it is absent. */
text *
body_text(const HttpBody *body, const char *name)
{
	return value_of(body, name, MEMBER_TEXT, MEMBER_TEXT_OR_NULL);
}

/* Returns a member that is a list of texts, or NULL if it is absent. */
ArrayType *
body_texts(const HttpBody *body, const char *name)
{
	return value_of(body, name, MEMBER_TEXTS, MEMBER_TEXTS);
}

/* Returns a member that is a whole number, or NULL if it is absent. */
int64 *
body_integer(const HttpBody *body, const char *name)
{
	return value_of(body, name, MEMBER_INTEGER, MEMBER_INTEGER);
}

/* Returns a member that the operation reads itself, or NULL if it is absent. */
const JsonValue *
body_json(const HttpBody *body, const char *name)
{
	return value_of(body, name, MEMBER_JSON, MEMBER_JSON);
}

/*
 * Returns the JSON pointer to a member, by its name or by that of the argument
 * which it is, or NULL if the shape has none such.
 */
char *
body_pointer(const BodyShape *shape, const char *name)
{
	const BodyMember *member;
	const char *parent;

	if (find_member(shape, name, true, &member, &parent) < 0)
		return NULL;
	return psprintf("%s/%s", parent, member->name);
}
