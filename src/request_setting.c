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
#include "utils/guc_tables.h"

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

static const char *const names[] = {
	[REQUEST_HEADERS] = "request.headers",
	[REQUEST_CLAIMS] = "request.jwt.claims",
};

#ifdef SETTINGS_ARE_SEARCHED
/* Is this the setting's name?  Case does not count. */
static bool
is_named(const struct config_generic *variable, RequestSetting setting)
{
	return strcmp(variable->name, names[setting]) == 0 ||
		pg_strcasecmp(variable->name, names[setting]) == 0;
}

/*
 * Returns the variable behind a setting, or NULL if nobody has set it in this
 * session.  Its place among all of them is remembered, since identity asks for
 * it once per row, and checked each time, since new ones move the others.
 */
static struct config_generic *
find_variable(RequestSetting setting)
{
	static int	places[lengthof(names)];
	static int	counts[lengthof(names)];	/* how many there were when none was found */
	struct config_generic **variables = get_guc_variables();
	int			count = GetNumConfigOptions();

	if (counts[setting] == count)
		return NULL;
	if (places[setting] >= count || !is_named(variables[places[setting]], setting))
	{
		int			i = 0;

		while (i < count && !is_named(variables[i], setting))
			i++;
		if (i == count)
		{
			counts[setting] = count;
			return NULL;
		}
		places[setting] = i;
	}
	return variables[places[setting]];
}
#endif

/* Returns the text of a setting, empty if it is not set; valid until it is set again. */
const char *
request_setting_value(RequestSetting setting)
{
	const char *value;

#ifdef SETTINGS_ARE_SEARCHED
	struct config_generic *variable = find_variable(setting);

	if (variable == NULL)
		return "";
	if (variable->vartype == PGC_STRING)
		value = *((struct config_string *) variable)->variable;
	else
#endif
		value = GetConfigOption(names[setting], true, false);
	return value == NULL ? "" : value;
}

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
