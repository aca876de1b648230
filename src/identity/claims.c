/*
 * claims.c
 *		Whom the claims of a JWT name, which PostgREST has verified.
 *
 * Identity providers put the organization in different places, so a gateway has
 * a path to it: names of members, one inside the other, where "*" stands for
 * each member of an object.  What does not have the shape that the path
 * promises names nobody.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "identity/claims.h"
#include "identity/request_setting.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/builtins.h"

/* The header by which a client chooses one of its organizations. */
#define CHOICE_HEADER "x-connect-organization-id"

/* What is left of a path. */
typedef struct ClaimPath
{
	const Datum *names;
	int			count;
} ClaimPath;

/*
 * Are there any claims?  What is no JSON object counts too: nothing is known of
 * whom it would have named.
 */
bool
claims_present(void)
{
	return request_setting_value(REQUEST_CLAIMS)[0] != '\0';
}

/*
 * Adds the strings of a claim, which is one or an array of them.  Returns false
 * if it is anything else, or empty.
 */
static bool
add_strings(const JsonValue *claim, List **found)
{
	if (claim->kind == JSON_STRING)
	{
		*found = lappend(*found, claim->string);
		return true;
	}
	if (claim->kind != JSON_ARRAY || claim->count == 0)
		return false;
	for (JsonValue *element = claim->first; element != NULL;
		 element = element->next)
	{
		if (element->kind != JSON_STRING)
			return false;
		*found = lappend(*found, element->string);
	}
	return true;
}

/*
 * Adds the strings at the end of a path.  Returns false if one of the ways that
 * it stands for does not lead to any.
 */
static bool
follow_path(const JsonValue *value, ClaimPath path, List **found)
{
	ClaimPath	rest = {path.names + 1, path.count - 1};
	char	   *name;
	JsonValue  *member;

	check_stack_depth();
	if (value == NULL)
		return false;
	if (path.count == 0)
		return add_strings(value, found);
	if (value->kind != JSON_OBJECT)
		return false;
	name = TextDatumGetCString(path.names[0]);
	if (strcmp(name, "*") != 0)
		return follow_path(json_text_member(value, name), rest, found);
	for (member = value->first; member != NULL; member = member->next)
	{
		if (!follow_path(member, rest, found))
			return false;
	}
	return value->count > 0;
}

/* Returns the strings at the end of a path, NIL if it leads nowhere. */
static List *
find_strings(const JsonValue *claims, ArrayType *names)
{
	ClaimPath	path;
	Datum	   *elements;
	List	   *found = NIL;

	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL,
					  &path.count);
	path.names = elements;
	return follow_path(claims, path, &found) ? found : NIL;
}

/* Is this string one of a list? */
static bool
is_member(List *strings, const char *string)
{
	ListCell   *cell;

	foreach(cell, strings)
	{
		if (strcmp(lfirst(cell), string) == 0)
			return true;
	}
	return false;
}

/* Are all strings of a list, which is not empty, the same? */
static bool
is_one(List *strings)
{
	ListCell   *cell;

	foreach(cell, strings)
	{
		if (strcmp(lfirst(cell), linitial(strings)) != 0)
			return false;
	}
	return true;
}

/*
 * Returns the organization that is meant of those that the claims name: the one
 * that the header chooses, or without a header the only one.  NULL if the
 * header names another, or if there are several.
 */
static const char *
choose_organization(List *organizations)
{
	JsonValue  *choice = request_header(CHOICE_HEADER);

	if (organizations == NIL)
		return NULL;
	if (choice == NULL)
		return is_one(organizations) ? linitial(organizations) : NULL;
	if (choice->kind != JSON_STRING ||
		!is_member(organizations, choice->string))
		return NULL;
	return choice->string;
}

/*
 * Reads whom the claims name, by these paths, into the current memory context;
 * returns false if they name no organization.  Raises nothing.
 */
bool
claims_read(ArrayType *organization_path, ArrayType *actor_path,
			ClaimedActor *claimed)
{
	JsonValue  *claims = request_setting_object(REQUEST_CLAIMS);
	List	   *actors;

	claimed->organization =
		choose_organization(find_strings(claims, organization_path));
	if (claimed->organization == NULL)
		return false;
	actors = find_strings(claims, actor_path);
	claimed->actor = list_length(actors) == 1 ? linitial(actors) : NULL;
	return true;
}
