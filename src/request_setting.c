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
/* Is this the setting's name?  Case does not count. */
static bool
is_named(const struct config_generic *variable, RequestSetting setting)
{
	return strcmp(variable->name, names[setting]) == 0 ||
		pg_strcasecmp(variable->name, names[setting]) == 0;
}

/*
 * Returns the variable behind a setting, or NULL if nobody has set it in this
 * session.  What was found is remembered, since identity asks once per row: with
 * as many variables as then, the one at its place is the same or has been
 * replaced by another one.
 */
static struct config_generic *
find_variable(RequestSetting setting)
{
	static struct
	{
		int			count;		/* of all variables then */
		int			place;
		struct config_generic *variable;	/* NULL if there was none */
	}			found[lengthof(names)];
	struct config_generic **variables = get_guc_variables();
	int			count = GetNumConfigOptions();

	if (found[setting].count != count ||
		(found[setting].variable != NULL && found[setting].variable != variables[found[setting].place]))
	{
		int			place = 0;

		while (place < count && !is_named(variables[place], setting))
			place++;
		found[setting].count = count;
		found[setting].place = place;
		found[setting].variable = place < count ? variables[place] : NULL;
	}
	return found[setting].variable;
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
