/*
 * change.c
 *		May this principal make this change?  Functions ask before they write, the
 *		guard asks again of every row that is written, by whomever.
 *
 * The order of refusals is one: identity of the row, not yours to see, not your
 * part, not in this state, not acceptable.
 */
#include "postgres.h"

#include "base/errors.h"
#include "base/typeid.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "connection/change.h"
#include "connection/rules.h"
#include "mb/pg_wchar.h"
#include "store/store.h"
#include "utils/builtins.h"
#include "utils/varlena.h"

/* Returns a text as DETAIL may show it. */
static const char *
shown(const text *value)
{
	return error_excerpt(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* Which parties to this Connection the principal is.  The owner may act for both. */
Parties
change_parties(const Principal *who, const Connection *connection)
{
	if (who->kind == PRINCIPAL_OWNER)
		return PARTY_BOTH;
	return (text_equal(who->organization, connection->source) ? PARTY_SOURCE : 0) |
		(text_equal(who->organization, connection->destination) ? PARTY_DESTINATION : 0);
}

/* Raises the conflict of an action that the present state does not allow. */
static void
refuse_state(ConnectionAction action, const Connection *connection)
{
	const char *id = shown(connection->id);
	const char *status = connection_status_label(connection->status);

	switch (action)
	{
		case ACTION_ACTIVATE:
			ereport(ERROR,
					(connect_error(ERROR_CONNECTION_NOT_PENDING),
					 errdetail("Connection \"%s\" is \"%s\"; activation requires \"pending\".", id, status),
					 connection->status == CONNECTION_INACTIVE ? errhint("Ask the source organization to reactivate it.") : 0));
			break;
		case ACTION_DEACTIVATE:
			ereport(ERROR,
					(connect_error(ERROR_CONNECTION_INACTIVE),
					 errdetail("Connection \"%s\" is \"%s\"; deactivation requires \"pending\" or \"active\".", id, status)));
			break;
		case ACTION_REACTIVATE:
			ereport(ERROR,
					(connect_error(ERROR_CONNECTION_NOT_INACTIVE),
					 errdetail("Connection \"%s\" is \"%s\"; reactivation requires \"inactive\".", id, status)));
			break;
		default:
			ereport(ERROR,
					(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
					 errdetail("Connection \"%s\" is \"%s\".", id, status),
					 errhint("Change the status alone; name and scopes in a statement of their own.")));
	}
}

/*
 * Raises wrong_party or the conflict unless the principal, a party to the
 * Connection, may take this action on it as it is.
 */
void
change_check_action(const Principal *who, ConnectionAction action, const Connection *connection)
{
	Parties		parties = change_parties(who, connection);

	Assert(parties != PARTY_NONE);
	if (!rules_has_part(action, parties))
		ereport(ERROR,
				(connect_error(ERROR_WRONG_PARTY),
				 errdetail("Only the %s organization may %s a connection.", parties == PARTY_SOURCE ? "destination" : "source", connection_action_label(action))));
	if (rules_find(action, connection->status, parties) == NULL)
		refuse_state(action, connection);
}

/* Raises the error of this code if a text has more than limit characters. */
void
change_check_length(const text *value, int limit, int code, const char *field)
{
	int			chars = pg_mbstrlen_with_len(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));

	if (chars > limit)
		ereport(ERROR,
				(connect_error((ErrorCode) code),
				 blame_argument(field),
				 errdetail("It has %d characters; the limit is %d.", chars, limit)));
}

/* Raises name_too_long; NULL is no name and fine. */
void
change_check_name(const text *name)
{
	if (name != NULL)
		change_check_length(name, NAME_MAX_CHARS, ERROR_NAME_TOO_LONG, "name");
}

/* Raises parameter_missing or parameter_invalid unless this can be the id of an organization. */
void
change_require_id(const text *id, const char *field)
{
	if (id == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, field),
				 blame_argument(field),
				 errdetail("\"%s\" must be given.", field)));
	if (!typeid_pattern_ok(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id)))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, field),
				 blame_argument(field),
				 errdetail("\"%s\" cannot be \"%s\".", field, shown(id)),
				 errhint("An id has 1 to 64 characters out of A-Z, a-z, 0-9, \"_\" and \"-\".")));
}

/* Raises scopes_empty or scope_unknown. */
static void
check_scopes(ArrayType *scopes)
{
	Datum	   *names;
	int			count;
	int			unknown;

	deconstruct_array(scopes, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &count);
	if (count == 0)
		ereport(ERROR,
				(connect_error(ERROR_SCOPES_EMPTY),
				 blame_argument("scopes"),
				 errdetail("A connection shares at least one scope."),
				 errhint("Deactivate the connection to stop all sharing.")));
	unknown = store_unknown_scope(names, count);
	if (unknown < count)
		ereport(ERROR,
				(connect_error(ERROR_SCOPE_UNKNOWN),
				 blame_argument("scopes"),
				 errdetail("Scope \"%s\" does not exist.", shown(DatumGetTextPP(names[unknown]))),
				 errhint("See connect.list_scopes().")));
}

static int
compare_texts(const void *a, const void *b)
{
	const text *left = DatumGetTextPP(*(const Datum *) a);
	const text *right = DatumGetTextPP(*(const Datum *) b);

	return varstr_cmp(VARDATA_ANY(left), VARSIZE_ANY_EXHDR(left),
					  VARDATA_ANY(right), VARSIZE_ANY_EXHDR(right), C_COLLATION_OID);
}

/*
 * Returns a list of names sorted and without duplicates: the same array if it
 * is so already.  Raises parameter_invalid for nulls and more than one dimension.
 */
ArrayType *
change_normalise_names(ArrayType *list, const char *field)
{
	Datum	   *names;
	int			count;
	int			kept = 0;
	bool		sorted = true;

	if (ARR_NDIM(list) > 1 || array_contains_nulls(list))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, field),
				 blame_argument(field),
				 errdetail("\"%s\" must be a list of names without nulls.", field)));
	deconstruct_array(list, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &count);
	for (int i = 1; i < count && sorted; i++)
		sorted = compare_texts(&names[i - 1], &names[i]) < 0;
	if (sorted && (count == 0 || ARR_LBOUND(list)[0] == 1))
		return list;

	qsort(names, count, sizeof(Datum), compare_texts);
	for (int i = 0; i < count; i++)
	{
		if (kept == 0 || compare_texts(&names[kept - 1], &names[i]) != 0)
			names[kept++] = names[i];
	}
	return construct_array(names, kept, TEXTOID, -1, false, TYPALIGN_INT);
}

/* The same for scopes. */
ArrayType *
change_normalise_scopes(ArrayType *scopes)
{
	return change_normalise_names(scopes, "scopes");
}

/* Tells what became of one sorted list of scopes in another. */
void
change_compare_scopes(ArrayType *before, ArrayType *after, bool *added, bool *removed)
{
	Datum	   *old;
	Datum	   *new;
	int			old_count;
	int			new_count;
	int			i = 0;
	int			j = 0;

	*added = *removed = false;
	if (VARSIZE(before) == VARSIZE(after) && memcmp(before, after, VARSIZE(before)) == 0)
		return;
	deconstruct_array(before, TEXTOID, -1, false, TYPALIGN_INT, &old, NULL, &old_count);
	deconstruct_array(after, TEXTOID, -1, false, TYPALIGN_INT, &new, NULL, &new_count);
	while (i < old_count || j < new_count)
	{
		int			order = i == old_count ? 1 : j == new_count ? -1 : compare_texts(&old[i], &new[j]);

		*removed |= order < 0;
		*added |= order > 0;
		i += order <= 0;
		j += order >= 0;
	}
}

/*
 * Decides on the change of a row, scopes normalised on both sides.  Returns the
 * action it amounts to, ACTION_NONE for no change that the rules know.
 *
 * Raises 23001 for a changed identity, not_found, wrong_party, a conflict, or
 * what is wrong with name or scopes.
 */
ConnectionAction
change_check_update(const Principal *who, const Connection *old, const Connection *changed)
{
	RuleChange	change = {.from = old->status,.to = changed->status};
	Parties		parties = change_parties(who, old);
	ConnectionAction action;
	const Rule *rule;

	if (parties == PARTY_NONE)
		ereport(ERROR,
				(connect_error(ERROR_NOT_FOUND),
				 errdetail("Connection \"%s\" does not exist.", shown(old->id))));
	if (!text_same(old->id, changed->id) || !text_same(old->source, changed->source) ||
		!text_same(old->destination, changed->destination) ||
		!text_same(old->creator_id, changed->creator_id) ||
		!text_same(old->creator_type, changed->creator_type) ||
		old->created_at != changed->created_at)
		ereport(ERROR,
				(connect_error(ERROR_IDENTITY_CHANGED),
				 errdetail("Id, source, destination, creator and created_at of connection \"%s\" are fixed.", shown(old->id))));
	if (changed->status == CONNECTION_NONE || changed->scopes == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, changed->scopes == NULL ? "scopes" : "status"),
				 blame_argument(changed->scopes == NULL ? "scopes" : "status"),
				 errdetail("A connection has a status and scopes.")));

	change.name_changed = !text_same(old->name, changed->name);
	change_compare_scopes(old->scopes, changed->scopes, &change.scopes_added, &change.scopes_removed);
	action = rules_classify(&change);
	if (action == ACTION_NONE)
		return action;
	if (action == ACTION_MIXED)
		refuse_state(action, old);

	change_check_action(who, action, old);
	rule = rules_find(action, old->status, parties);
	if (rule->to != changed->status)
		ereport(ERROR,
				(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
				 errdetail("Connection \"%s\" is \"%s\"; with more scopes it must become \"%s\".", shown(old->id), connection_status_label(old->status), connection_status_label(rule->to)),
				 errhint("Set status to \"pending\" in the same statement, or use connect.update_connection().")));
	if (change.name_changed)
		change_check_name(changed->name);
	if (change.scopes_added || change.scopes_removed)
		check_scopes(changed->scopes);
	return action;
}

/*
 * Raises organization_unknown unless both parties are registered; whoever acts
 * for the source is.  Foreign keys say so too, but in PostgreSQL's own words.
 */
void
change_check_registered(const Principal *who, const Connection *connection)
{
	if (!text_same(connection->source, who->organization) && !store_organization_exists(connection->source))
		ereport(ERROR,
				(connect_error(ERROR_ORGANIZATION_UNKNOWN),
				 blame_argument("source_organization_id"),
				 errdetail("Organization \"%s\" is not registered.", shown(connection->source)),
				 errhint("Register it with connect.register_organization().")));
	if (!store_organization_exists(connection->destination))
		ereport(ERROR,
				(connect_error(ERROR_ORGANIZATION_UNKNOWN),
				 blame_argument("destination_organization_id"),
				 errdetail("Organization \"%s\" is not registered.", shown(connection->destination)),
				 errhint("Check the id with the partner; its administrator finds it with connect.get_organization().")));
}

/*
 * Decides on a new row as it is to be stored.  Raises parameter_missing or
 * parameter_invalid, wrong_party, 23001 for another state than pending, or what
 * is not acceptable in it.
 */
void
change_check_insert(const Principal *who, const Connection *connection)
{
	Parties		parties;
	const Rule *rule;

	change_require_id(connection->id, "id");
	change_require_id(connection->source, "source_organization_id");
	change_require_id(connection->destination, "destination_organization_id");
	if (connection->status == CONNECTION_NONE)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, "status"),
				 blame_argument("status"),
				 errdetail("\"status\" must not be null.")));

	parties = change_parties(who, connection);
	if (!rules_has_part(ACTION_CREATE, parties))
		ereport(ERROR,
				(connect_error(ERROR_WRONG_PARTY),
				 blame_argument("source_organization_id"),
				 errdetail("Only the source organization may create a connection.")));
	rule = rules_find(ACTION_CREATE, CONNECTION_NONE, parties);
	if (rule->to != connection->status)
		ereport(ERROR,
				(connect_error(ERROR_MUST_START_PENDING),
				 blame_argument("status"),
				 errdetail("A new connection cannot be \"%s\".", connection_status_label(connection->status)),
				 errhint("Import rows in other states under session_replication_role = replica.")));

	change_check_name(connection->name);
	check_scopes(connection->scopes);
}
