/*
 * request_setting.c
 *		The settings in which PostgREST leaves JSON objects: request.headers
 *		and request.jwt.claims.
 *
 * Any SQL user can set them to anything, and identity must not raise an error
 * for that.  So what is not a JSON object counts as absent.
 */
#include "postgres.h"

#include "base/compat.h"
#include "identity/request_setting.h"
#include "utils/guc.h"
#include "utils/guc_tables.h"

/* No header or claim that is of use is nested deeper. */
#define MAX_DEPTH 64

static const char *const names[] = {
	[REQUEST_HEADERS] = "request.headers",
	[REQUEST_CLAIMS] = "request.jwt.claims",
};

#ifdef SETTINGS_ARE_SEARCHED
/*
 * Is this exactly the variable's name?  It nearly never is, and the first
 * letters show that without a call of strcmp().
 */
static inline bool
is_named(const struct config_generic *variable, const char *name)
{
	return variable->name[0] == name[0] && variable->name[1] == name[1] &&
		variable->name[2] == name[2] &&
		strcmp(variable->name, name) == 0;
}

/*
 * Returns the variable behind a setting, or NULL if nobody has set it in this
 * session.  PostgreSQL keeps all variables in an array that is sorted by name.
 * Identity asks once per row, so we remember the place where the name belongs,
 * and the two variables around that place.  As long as these two are still next
 * to each other there, the name is either that of the second one, or nowhere.
 */
static struct config_generic *
find_variable(RequestSetting setting)
{
	static struct
	{
		int			place;		/* where the first variable stands that is not
								 * before the name */
		struct config_generic *before;
		struct config_generic *at;	/* the one at that place, or NULL behind the
									 * last */
	}			found[lengthof(names)];
	struct config_generic **variables = get_guc_variables();
	int			count = GetNumConfigOptions();
	int			place = found[setting].place;
	const char *name = names[setting];

	if (place > 0 && place <= count &&
		variables[place - 1] == found[setting].before &&
		(place < count ? variables[place] : NULL) == found[setting].at)
	{
		/*
		 * A variable may have been freed and a new one made at the same
		 * address, so its name is compared again.
		 */
		return found[setting].at != NULL && is_named(found[setting].at, name) ?
			found[setting].at : NULL;
	}

	place = 0;
	while (place < count && pg_strcasecmp(variables[place]->name, name) < 0)
		place++;
	if (place < count && pg_strcasecmp(variables[place]->name, name) == 0 &&
		!is_named(variables[place], name))
		return variables[place];	/* written in other letters, which is not
									 * worth remembering */
	found[setting].place = place;
	found[setting].before = place > 0 ? variables[place - 1] : NULL;
	found[setting].at = place < count ? variables[place] : NULL;
	return place < count && is_named(variables[place], name) ?
		variables[place] : NULL;
}
#endif

/*
 * Returns the text of a setting, which is empty if it is not set.  It is valid
 * until the setting is set again.
 */
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
 * Reads the object that a setting holds, in the current memory context.
 * Returns NULL if it does not hold one.  Raises nothing but out of memory.
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

/*
 * Returns a header, whatever its value is, or NULL if there is none of this
 * name.  Headers in which the name does not stand are not even read; with a
 * backslash it could be written in other ways.
 */
JsonValue *
request_header(const char *name)
{
	const char *headers = request_setting_value(REQUEST_HEADERS);

	if (strstr(headers, name) == NULL && strchr(headers, '\\') == NULL)
		return NULL;
	return json_text_member(request_setting_object(REQUEST_HEADERS), name);
}
