/*
 * reader.c
 *		JSON text from outside, read with PostgreSQL's own parser into a
 *		tree.
 *
 * This is stricter than that parser: a member may stand in an object only once,
 * and nesting has a limit.  Nothing here raises an error for bad text, because
 * identity must not, and because requests have an error of their own for it.
 */
#include "postgres.h"

#include "base/compat.h"
#include "common/jsonapi.h"
#include "json/reader.h"
#include "mb/pg_wchar.h"

typedef struct TreeState
{
	JsonValue  *root;
	JsonValue  *current;		/* the innermost open object or array */
	char	   *name;			/* of the member whose value comes next */
	bool		duplicate;
} TreeState;

/*
 * Is this text nested deeper than max?  The parser recurses, so this is found
 * out before it is called.
 */
static bool
too_deep(const char *json, int len, int max)
{
	int			depth = 0;
	bool		in_string = false;

	for (int i = 0; i < len; i++)
	{
		char		c = json[i];

		if (in_string)
		{
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		}
		else if (c == '"')
			in_string = true;
		else if (c == '{' || c == '[')
		{
			if (++depth > max)
				return true;
		}
		else if (c == '}' || c == ']')
			depth--;
	}
	return false;
}

/* Adds a value to the open object or array, or makes it the root. */
static JsonValue *
add_value(TreeState *tree, JsonKind kind)
{
	JsonValue  *value = palloc0(sizeof(JsonValue));

	value->kind = kind;
	value->name = tree->name;
	value->parent = tree->current;
	tree->name = NULL;
	if (tree->current == NULL)
		tree->root = value;
	else
	{
		if (tree->current->last == NULL)
			tree->current->first = value;
		else
			tree->current->last->next = value;
		tree->current->last = value;
		tree->current->count++;
	}
	return value;
}

static JSON_ACTION_RESULT
begin_object(void *state)
{
	TreeState  *tree = state;

	tree->current = add_value(tree, JSON_OBJECT);
	JSON_ACTION_RETURN;
}

static JSON_ACTION_RESULT
begin_array(void *state)
{
	TreeState  *tree = state;

	tree->current = add_value(tree, JSON_ARRAY);
	JSON_ACTION_RETURN;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/*
 * Does a name stand twice among the members?  The names are sorted to tell,
 * since there may be many.
 */
static bool
has_duplicates(const JsonValue *object)
{
	char	  **names = palloc(object->count * sizeof(char *));
	int			n = 0;
	bool		found = false;

	for (JsonValue *member = object->first;
		 member != NULL; member = member->next)
		names[n++] = member->name;
	qsort(names, n, sizeof(char *), compare_names);
	for (int i = 1; i < n && !found; i++)
		found = strcmp(names[i - 1], names[i]) == 0;
	pfree(names);
	return found;
}

static JSON_ACTION_RESULT
end_object(void *state)
{
	TreeState  *tree = state;

	tree->duplicate |= has_duplicates(tree->current);
	tree->current = tree->current->parent;
	JSON_ACTION_RETURN;
}

static JSON_ACTION_RESULT
end_array(void *state)
{
	TreeState  *tree = state;

	tree->current = tree->current->parent;
	JSON_ACTION_RETURN;
}

static JSON_ACTION_RESULT
begin_member(void *state, char *name, bool isnull)
{
	TreeState  *tree = state;

	tree->name = name;
	JSON_ACTION_RETURN;
}

static JSON_ACTION_RESULT
see_scalar(void *state, char *token, JsonTokenType type)
{
	TreeState  *tree = state;
	JsonKind	kind = type == JSON_TOKEN_STRING ? JSON_STRING :
		type == JSON_TOKEN_NUMBER ? JSON_NUMBER :
		type == JSON_TOKEN_NULL ? JSON_NULL : JSON_BOOLEAN;
	JsonValue  *value = add_value(tree, kind);

	if (kind == JSON_STRING)
		value->string = token;
	else if (kind == JSON_NUMBER)
		value->number = token;
	JSON_ACTION_RETURN;
}

/*
 * Reads UTF-8 text into a tree in the current memory context.  Returns NULL for
 * text that RFC 8259 does not allow, for \u0000, which PostgreSQL cannot hold,
 * for an object with a member that stands twice, and for nesting deeper than
 * max_depth.
 */
JsonValue *
json_text_parse(const char *json, int len, int max_depth)
{
	TreeState	tree = {0};
	JsonSemAction actions = {
		.semstate = &tree,
		.object_start = begin_object,
		.object_end = end_object,
		.array_start = begin_array,
		.array_end = end_array,
		.object_field_start = begin_member,
		.scalar = see_scalar
	};

	if (!pg_verify_mbstr(PG_UTF8, json, len, true) ||
		too_deep(json, len, max_depth))
		return NULL;
	if (pg_parse_json(json_lexer(unconstify(char *, json), len), &actions) !=
		JSON_SUCCESS)
		return NULL;
	return tree.duplicate ? NULL : tree.root;
}

/*
 * Returns the member of an object that has this name.  Returns NULL if there is
 * none, or if this is not an object.
 */
JsonValue *
json_text_member(const JsonValue *object, const char *name)
{
	if (object == NULL || object->kind != JSON_OBJECT)
		return NULL;
	for (JsonValue *member = object->first;
		 member != NULL; member = member->next)
	{
		if (strcmp(member->name, name) == 0)
			return member;
	}
	return NULL;
}
