/*
 * request_setting.c
 *		The settings in which PostgREST leaves JSON objects: request.headers and
 *		request.jwt.claims.
 *
 * Any SQL user can set them to anything, and identity never raises, so what is
 * not a JSON object counts as absent.
 */
#include "postgres.h"

#include "compat.h"
#include "request_setting.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"

/* Deeper than any header or claim of use. */
#define MAX_DEPTH 64

static const char *const names[] = {
	[REQUEST_HEADERS] = "request.headers",
	[REQUEST_CLAIMS] = "request.jwt.claims",
};

#ifdef SETTINGS_ARE_SEARCHED
/*
 * Returns the variable behind a setting, or NULL if nobody has set it in this
 * session.  They are sorted by name, so the place where it stands, or would, is
 * remembered and looked at, since identity asks once per row.
 */
static struct config_generic *
find_variable(RequestSetting setting)
{
	static int	places[lengthof(names)];
	struct config_generic **variables = get_guc_variables();
	int			count = GetNumConfigOptions();
	int			place = places[setting];
	const char *name = names[setting];

	if (place < count && strcmp(variables[place]->name, name) == 0)
		return variables[place];
	if (place > count ||
		(place > 0 && pg_strcasecmp(variables[place - 1]->name, name) >= 0) ||
		(place < count && pg_strcasecmp(variables[place]->name, name) < 0))
	{
		place = 0;
		while (place < count && pg_strcasecmp(variables[place]->name, name) < 0)
			place++;
		places[setting] = place;
	}
	return place < count && pg_strcasecmp(variables[place]->name, name) == 0 ? variables[place] : NULL;
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

/*
 * Reads the object that a setting holds, in the current memory context; NULL if
 * it holds none.  Raises nothing but out of memory.
 */
JsonValue *
request_setting_object(RequestSetting setting)
{
	const char *json = request_setting_value(setting);
	JsonValue  *root;

	if (json[0] == '\0')
		return NULL;
	root = json_text_parse(json, strlen(json), MAX_DEPTH);
	return root != NULL && root->kind == JSON_OBJECT ? root : NULL;
}
