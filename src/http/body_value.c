/*
 * body_value.c
 *		The values in the body of a request, read as the operation wants them.
 */
#include "postgres.h"

#include "base/errors.h"
#include "catalog/pg_type.h"
#include "http/body_value.h"
#include "utils/builtins.h"

/* Returns the name of a member as the client wrote it, fit for a message. */
const char *
body_shown_name(const JsonValue *member)
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
			 errdetail("\"%s\" must be %s.", body_shown_name(member), what)));
}

/* Returns a member that must be an object, or NULL if there is none. */
JsonValue *
body_object(const JsonValue *parent, const char *name, const char *pointer)
{
	JsonValue  *member = json_text_member(parent, name);

	if (member != NULL && member->kind != JSON_OBJECT)
		refuse_value(member, pointer, "an object");
	return member;
}

/* Returns the string of a member, or NULL if there is none. */
char *
body_string(const JsonValue *parent, const char *name, const char *pointer)
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
void *
body_value(const JsonValue *member, MemberKind kind, const char *pointer)
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
