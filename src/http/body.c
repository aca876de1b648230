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
#include "http/body.h"
#include "http/body_value.h"

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

/* Members that stand in one object, and the number of the first of them. */
typedef struct MemberList
{
	const BodyMember *members;
	const char *parent;			/* the pointer to the object */
	int			first;
} MemberList;

/* Returns how many members there are; NULL has none. */
static int
count_members(const BodyMember *members)
{
	int			count = 0;

	while (members != NULL && members[count].name != NULL)
		count++;
	return count;
}

/* Returns the members of a shape that stand where it says. */
static MemberList
list_own(const BodyShape *shape)
{
	return (MemberList) {shape->members, parents[shape->place], 0};
}

/* Returns those that stand in meta beside them; their numbers follow. */
static MemberList
list_meta(const BodyShape *shape)
{
	return (MemberList) {shape->meta, parents[BODY_META],
						 count_members(shape->members)};
}

/*
 * Returns the number of a member in a list, by its name or, if that is asked
 * for, by that of the argument which it is, or -1 if it is not in there.
 */
static int
find_in(MemberList list, const char *name, bool by_argument)
{
	for (int i = 0; i < count_members(list.members); i++)
	{
		const BodyMember *member = &list.members[i];

		if (strcmp(member->name, name) == 0 ||
			(by_argument && member->argument != NULL &&
			 strcmp(member->argument, name) == 0))
			return list.first + i;
	}
	return -1;
}

/* Returns a member of a shape by its number. */
static const BodyMember *
member_at(const BodyShape *shape, int i)
{
	int			count = count_members(shape->members);

	return i < count ? &shape->members[i] : &shape->meta[i - count];
}

/* Returns the number of a member of a shape likewise. */
static int
find_member(const BodyShape *shape, const char *name)
{
	int			i = find_in(list_own(shape), name, true);

	return i >= 0 ? i : find_in(list_meta(shape), name, true);
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
 * Takes one member of an object in which members of this list may stand.
 * Raises body_invalid if it is there already, in another inflection.
 */
static void
take_member(HttpBody *body, const Resource *resource, JsonValue *member,
			MemberList list)
{
	char	   *key = request_kebab(member->name);
	const char *name = body_shown_name(member);
	char	   *pointer = body_point(list.parent, name);
	int			i = find_in(list, key, false);

	if (i >= 0)
	{
		MemberKind	kind = member_at(body->shape, i)->kind;
		void	   *value = body_value(member, kind, pointer);

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

/* Takes the members of an object, if there is one. */
static void
take_members(HttpBody *body, const Resource *resource, const JsonValue *object,
			 MemberList list)
{
	JsonValue  *member = object != NULL ? object->first : NULL;

	for (; member != NULL; member = member->next)
		take_member(body, resource, member, list);
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
		return body_object(root, "meta", "/meta");
	if (root == NULL && !body->shape->optional)
		ereport(ERROR,
				(connect_error(ERROR_BODY_INVALID),
				 errdetail("A body is required.")));
	data = body_object(root, "data", "/data");
	if (data == NULL && body->shape->optional)
		return NULL;
	if (data == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, "/data"),
				 blame_pointer("/data"),
				 errdetail("\"data\" must be given.")));
	body->type = body_string(data, "type", "/data/type");
	body->id = body_string(data, "id", "/data/id");
	body->relationships = body_object(data, "relationships",
										"/data/relationships");
	return body_object(data, "attributes", "/data/attributes");
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

/* Returns how many members a shape has, with those of meta beside them. */
static int
count_all(const BodyShape *shape)
{
	return count_members(shape->members) + count_members(shape->meta);
}

/* Gives all members of the shape the names that the client would use. */
static void
begin_members(HttpBody *body, Inflection inflection)
{
	int			count = count_all(body->shape);

	body->values = palloc0(Max(1, count) * sizeof(void *));
	body->names = palloc(Max(1, count) * sizeof(char *));
	for (int i = 0; i < count; i++)
		body->names[i] = request_inflected(member_at(body->shape, i)->name,
										   inflection);
}

/* Returns the pointer to a member as the client wrote it. */
static char *
point_at(const HttpBody *body, int i)
{
	bool		own = i < count_members(body->shape->members);

	return body_point(own ? parents[body->shape->place] : parents[BODY_META],
					  body->names[i]);
}

/* Raises parameter_missing unless a body has all members that it must have. */
static void
require_members(const HttpBody *body)
{
	for (int i = 0; i < count_all(body->shape); i++)
	{
		const char *pointer = point_at(body, i);

		if (member_at(body->shape, i)->required && body->values[i] == NULL)
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
	const JsonValue *root = parse_body(request->body);
	const JsonValue *object;

	memset(body, 0, sizeof(*body));
	body->shape = shape;
	object = find_members(root, body);
	begin_members(body, find_inflection(request, object));
	take_members(body, resource, object, list_own(shape));
	if (shape->meta != NULL)
		take_members(body, resource, body_object(root, "meta", "/meta"),
					 list_meta(shape));
	require_members(body);
}

/* Returns the value of a member that the shape has, of one of these kinds. */
static void *
value_of(const HttpBody *body, const char *name, MemberKind kind,
		 MemberKind or_kind)
{
	int			i = find_member(body->shape, name);
	MemberKind	found = i < 0 ? kind : member_at(body->shape, i)->kind;

	if (i < 0 || (found != kind && found != or_kind))
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
 * Returns what the client calls a member, by its name or by that of the
 * argument which it is, or NULL if the body has none such, or was not read.
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
	int			i = body->names != NULL ? find_member(body->shape, member) : -1;

	return i < 0 ? NULL : point_at(body, i);
}
