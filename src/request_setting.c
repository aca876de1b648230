/*
 * request_setting.c
 *		Members of the JSON objects that PostgREST leaves in settings:
 *		request.headers and request.jwt.claims.
 *
 * Any SQL user can set them to anything, and identity never raises, so what is
 * not a JSON object counts as absent.
 */
#include "postgres.h"

#include "common/jsonapi.h"
#include "compat.h"
#include "mb/pg_wchar.h"
#include "request_setting.h"
#include "utils/guc.h"

/* Deeper than any header or claim of use; the parser recurses. */
#define MAX_DEPTH 64

typedef struct MemberSearch
{
	JsonLexContext *lex;
	const char *member;
	bool		is_object;		/* the outermost value is one */
	bool		matches;		/* the member being read is the one sought */
	MemberKind	kind;
	char	   *value;
} MemberSearch;

/* Is this text nested deeper than the parser is to be trusted with? */
static bool
too_deep(const char *json)
{
	int			depth = 0;
	bool		in_string = false;

	for (const char *c = json; *c != '\0'; c++)
	{
		if (in_string)
		{
			if (*c == '\\' && c[1] != '\0')
				c++;
			else if (*c == '"')
				in_string = false;
		}
		else if (*c == '"')
			in_string = true;
		else if (*c == '{' || *c == '[')
		{
			if (++depth > MAX_DEPTH)
				return true;
		}
		else if (*c == '}' || *c == ']')
			depth--;
	}
	return false;
}

static JSON_ACTION_RESULT
see_object(void *state)
{
	MemberSearch *search = state;

	if (search->lex->lex_level == 0)
		search->is_object = true;
	JSON_ACTION_RETURN;
}

static JSON_ACTION_RESULT
see_member(void *state, char *name, bool isnull)
{
	MemberSearch *search = state;

	/* level 1 is the outermost object; of equal names the last one counts, as in jsonb */
	if (search->lex->lex_level == 1)
	{
		search->matches = strcmp(name, search->member) == 0;
		if (search->matches)
			search->kind = MEMBER_OTHER;
	}
	JSON_ACTION_RETURN;
}

static JSON_ACTION_RESULT
see_scalar(void *state, char *token, JsonTokenType type)
{
	MemberSearch *search = state;

	if (search->lex->lex_level == 1 && search->matches && type == JSON_TOKEN_STRING)
	{
		search->kind = MEMBER_STRING;
		search->value = token;
	}
	JSON_ACTION_RETURN;
}

/*
 * Looks for a member of the object that a setting holds.  Sets *value, in the
 * current memory context, if it is a string.  Raises nothing but out of memory.
 */
MemberKind
request_setting_member(const char *setting, const char *member, char **value)
{
	const char *json = GetConfigOption(setting, true, false);
	MemberSearch search = {.member = member};
	JsonSemAction actions = {
		.semstate = &search,
		.object_start = see_object,
		.object_field_start = see_member,
		.scalar = see_scalar
	};

	if (json == NULL || json[0] == '\0' || too_deep(json))
		return MEMBER_ABSENT;

	search.lex = json_lexer(unconstify(char *, json), strlen(json));
	if (pg_parse_json(search.lex, &actions) != JSON_SUCCESS || !search.is_object)
		return MEMBER_ABSENT;
	*value = search.value;
	return search.kind;
}
