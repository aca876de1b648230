/*
 * repeated.c
 *		What a PATCH repeats of the document that it changes.
 *
 * Clients send back the whole document that GET gave them.  What nobody may
 * change is compared with that document, made once more.
 */
#include "postgres.h"

#include "http/repeated.h"

/* Deeper than any document of ours. */
#define DOCUMENT_MAX_DEPTH 16

/* Returns a member of an object by its name in kebab-case, or NULL. */
static const JsonValue *
find_inflected(const JsonValue *object, const char *key)
{
	const JsonValue *member = object != NULL ? object->first : NULL;

	for (; member != NULL; member = member->next)
	{
		if (strcmp(request_kebab(member->name), key) == 0)
			return member;
	}
	return NULL;
}

/*
 * Are these two values the same?  Numbers and booleans are not read, so they
 * are never the same; nobody repeats any.
 */
static bool
same_value(const JsonValue *sent, const JsonValue *ours)
{
	const JsonValue *a;
	const JsonValue *b;

	if (ours == NULL || sent->kind != ours->kind || sent->count != ours->count)
		return false;
	if (sent->kind == JSON_NULL)
		return true;
	if (sent->kind == JSON_STRING)
		return strcmp(sent->string, ours->string) == 0;
	if (sent->kind != JSON_ARRAY && sent->kind != JSON_OBJECT)
		return false;
	for (a = sent->first, b = ours->first; a != NULL; a = a->next)
	{
		const JsonValue *other = sent->kind == JSON_ARRAY ?
			b : find_inflected(ours, request_kebab(a->name));

		if (!same_value(a, other))
			return false;
		b = b->next;
	}
	return true;
}

/* Raises attribute_read_only for an attribute that is not as it was. */
static void
check_attributes(const HttpBody *body, const JsonValue *ours)
{
	ListCell   *cell;

	foreach(cell, body->repeated)
	{
		const JsonValue *member = lfirst(cell);
		const char *name = error_excerpt(member->name, strlen(member->name));

		if (!same_value(member, find_inflected(ours,
											   request_kebab(member->name))))
			ereport(ERROR,
					(connect_error(ERROR_ATTRIBUTE_READ_ONLY),
					 blame_pointer(body_point("/data/attributes", name)),
					 errdetail("\"%s\" is not what it was, and cannot be "
							   "changed.", name)));
	}
}

/* Raises relationships_not_allowed for a relationship that is not as it was. */
static void
check_relationships(const HttpBody *body, const JsonValue *ours)
{
	const JsonValue *member = body->relationships != NULL ?
		body->relationships->first : NULL;

	for (; member != NULL; member = member->next)
	{
		const char *name = error_excerpt(member->name, strlen(member->name));

		if (!same_value(member, find_inflected(ours,
											   request_kebab(member->name))))
			ereport(ERROR,
					(connect_error(ERROR_RELATIONSHIPS_NOT_ALLOWED),
					 blame_pointer(body_point("/data/relationships", name)),
					 errdetail("\"%s\" is not what it was, and cannot be "
							   "changed.", name)));
	}
}

/*
 * Raises attribute_read_only or relationships_not_allowed unless all that the
 * body repeats of a row is what this reader sees of it.
 */
void
repeated_check(const HttpBody *body, const Resource *resource,
			   const Principal *reader, const void *row)
{
	static const DocumentStyle style = {.inflection = INFLECTION_KEBAB};
	char	   *text;
	JsonValue  *data;

	if (body->repeated == NIL && body->relationships == NULL)
		return;
	text = json_text_done(document_one(&style, resource, reader, row));
	data = json_text_member(json_text_parse(text, strlen(text),
											DOCUMENT_MAX_DEPTH), "data");
	check_attributes(body, json_text_member(data, "attributes"));
	check_relationships(body, json_text_member(data, "relationships"));
}
