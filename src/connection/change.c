/*
 * change.c
 *		May this principal make this change?  Functions ask before they
 *		write, and the guard asks again for every row that is written,
 *		whoever writes it.
 *
 * The reasons to refuse the change of a row come in this order: the row is not
 * the principal's to see; the change touches what identifies the row; it is
 * several actions at once; the action is the other party's; the state does not
 * allow it; a value is not acceptable.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/values.h"
#include "connection/change.h"
#include "connection/terms.h"
#include "identity/tables.h"
#include "resource/resource.h"
#include "scope/rows.h"

/*
 * Returns which parties to this Connection the principal is.  The store's owner
 * may act for both.
 */
Parties
change_parties(const Principal *who, const Connection *connection)
{
	return resource_parties(who, connection->source, connection->destination);
}

/*
 * Returns a list of scopes sorted, which is the same array if it was so before.
 */
ArrayType *
change_sort_scopes(ArrayType *scopes)
{
	return value_sort_names(scopes, "scopes");
}

/* Raises the conflict of an action that the present state does not allow. */
static void
refuse_state(int action, const Connection *connection)
{
	const char *id = text_excerpt(connection->id);
	const char *status = connection_status_label(connection->status);

	switch (action)
	{
		case ACTION_ACTIVATE:
			ereport(ERROR,
					(connect_error(ERROR_CONNECTION_NOT_PENDING),
					 errdetail("Connection \"%s\" is \"%s\"; activation "
							   "requires \"pending\".", id, status),
					 connection->status == CONNECTION_INACTIVE ?
					 errhint("Ask the source organization to reactivate it.") :
					 0));
			break;
		case ACTION_DEACTIVATE:
			ereport(ERROR,
					(connect_error(ERROR_CONNECTION_INACTIVE),
					 errdetail("Connection \"%s\" is \"%s\"; deactivation "
							   "requires \"pending\" or \"active\".", id,
							   status)));
			break;
		case ACTION_REACTIVATE:
			ereport(ERROR,
					(connect_error(ERROR_CONNECTION_NOT_INACTIVE),
					 errdetail("Connection \"%s\" is \"%s\"; reactivation "
							   "requires \"inactive\".", id, status)));
			break;
		default:
			ereport(ERROR,
					(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
					 errdetail("Connection \"%s\" is \"%s\".", id, status),
					 errhint("Change the status alone; name and scopes in a "
							 "statement of their own.")));
	}
}

/*
 * Raises the error for a row that a trigger has turned into another change than
 * the function which writes it means.
 */
static void
refuse_other_action(const Connection *connection, int action, int told)
{
	ereport(ERROR,
			(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
			 errdetail("The function means to %s connection \"%s\", but the "
					   "row would %s it.",
					   rules_action_label(&connection_life, told),
					   text_excerpt(connection->id),
					   rules_action_label(&connection_life, action)),
			 errhint("Look for a trigger on connect.connection that rewrites "
					 "the row.")));
}

/*
 * Raises wrong_party or a conflict unless the principal, who must be a party to
 * the Connection, may take this action on it as it is.
 */
void
change_check_action(const Principal *who, ConnectionAction action,
					const Connection *connection)
{
	Parties		parties = change_parties(who, connection);

	Assert(parties != PARTY_NONE);
	if (!rules_has_part(&connection_life, action, parties))
		ereport(ERROR,
				(connect_error(ERROR_WRONG_PARTY),
				 errdetail("Only the %s organization may %s a connection.",
						   parties == PARTY_SOURCE ? "destination" : "source",
						   rules_action_label(&connection_life, action))));
	if (rules_find(&connection_life, action, connection->status, parties) ==
		NULL)
		refuse_state(action, connection);
}

/* Have the scopes changed? */
static bool
scopes_changed(const Connection *old, const Connection *changed)
{
	bool		added;
	bool		removed;

	value_compare_names(old->scopes, changed->scopes, &added, &removed);
	return added || removed;
}

/* Returns what has changed besides the status, as a set of CHANGE_... */
static int
compare(const Connection *old, const Connection *changed)
{
	bool		added;
	bool		removed;

	value_compare_names(old->scopes, changed->scopes, &added, &removed);
	return (added ? CHANGE_WIDER : 0) |
		(removed || !text_same(old->name, changed->name) ?
		 CHANGE_DETAILS : 0) |
		(old->respond_by != changed->respond_by ||
		 old->expires_at != changed->expires_at ? CHANGE_TERMS : 0);
}

/*
 * Decides on the change of a row; its scopes must be sorted on both sides.
 * Returns the action that the change amounts to, or ACTION_NONE if nothing has
 * changed that the rules know.  old is in the state that it is in by now, which
 * need not be what its row says.  told is the action that a function of ours
 * means to take, or ACTION_NONE.
 *
 * Raises not_found, 23001 for a changed identity, wrong_party, a conflict, or
 * what is wrong with the name or the scopes.
 */
int
change_check_update(const Principal *who, const Connection *old,
					const Connection *changed, int told, TimestampTz now)
{
	Parties		parties = change_parties(who, old);
	int			changes;
	int			action;
	const Rule *rule;

	if (parties == PARTY_NONE)
		ereport(ERROR,
				(connect_error(ERROR_NOT_FOUND),
				 errdetail("Connection \"%s\" does not exist.",
						   text_excerpt(old->id))));
	if (!text_same(old->id, changed->id) ||
		!text_same(old->source, changed->source) ||
		!text_same(old->destination, changed->destination) ||
		!text_same(old->creator_id, changed->creator_id) ||
		!text_same(old->creator_type, changed->creator_type) ||
		old->created_at != changed->created_at)
		ereport(ERROR,
				(connect_error(ERROR_IDENTITY_CHANGED),
				 errdetail("Id, source, destination, creator and created_at "
						   "of connection \"%s\" are fixed.",
						   text_excerpt(old->id))));
	if (changed->status == CONNECTION_NONE || changed->scopes == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, changed->scopes ==
								  NULL ? "scopes" : "status"),
				 blame_argument(changed->scopes == NULL ? "scopes" : "status"),
				 errdetail("A connection has a status and scopes.")));

	changes = compare(old, changed);
	action = rules_classify(&connection_life, old->status, changed->status,
							changes);
	if (action == ACTION_NONE)
		return action;
	if (action == ACTION_MIXED)
		refuse_state(action, old);
	if (told != ACTION_NONE && action != told)
		refuse_other_action(old, action, told);

	change_check_action(who, action, old);
	rule = rules_find(&connection_life, action, old->status, parties);
	if (rule->to != changed->status)
		ereport(ERROR,
				(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
				 errdetail("Connection \"%s\" is \"%s\"; with more scopes it "
						   "must become \"%s\".", text_excerpt(old->id),
						   connection_status_label(old->status),
						   connection_status_label(rule->to)),
				 errhint("Set status to \"pending\" in the same statement, or "
						 "use connect.update_connection().")));
	if (!text_same(old->name, changed->name))
		value_check_name(changed->name);
	if (scopes_changed(old, changed))
		scope_check_list(changed->scopes, old->scopes);
	terms_check(old, changed, now);
	return action;
}

/*
 * Raises organization_unknown or organization_retired unless both parties are
 * registered and may act.  The source need not be looked up if it is the acting
 * organization.  Foreign keys would refuse an unknown one too, but in
 * PostgreSQL's own words.
 */
void
change_check_registered(const Principal *who, const Connection *connection)
{
	if (!text_same(connection->source, who->organization))
		organization_check(connection->source, "source_organization_id",
						   HINT_REGISTER);
	organization_check(connection->destination, "destination_organization_id",
					   "Check the id with the partner; its administrator "
					   "finds it with connect.get_organization().");
}

/*
 * Decides on a new row as it is to be stored.  Raises parameter_missing or
 * parameter_invalid, wrong_party, 23001 for a state other than pending, or what
 * is not acceptable in the row.  Scopes that have just been read from the
 * catalogue need no look at them.
 */
void
change_check_insert(const Principal *who, const Connection *connection,
					bool with_scopes, TimestampTz now)
{
	Parties		parties;
	const Rule *rule;

	value_require_id(connection->id, "id");
	value_require_id(connection->source, "source_organization_id");
	value_require_id(connection->destination, "destination_organization_id");
	if (connection->status == CONNECTION_NONE)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, "status"),
				 blame_argument("status"),
				 errdetail("\"status\" must not be null.")));

	parties = change_parties(who, connection);
	if (!rules_has_part(&connection_life, ACTION_CREATE, parties))
		ereport(ERROR,
				(connect_error(ERROR_WRONG_PARTY),
				 blame_argument("source_organization_id"),
				 errdetail("Only the source organization may create a "
						   "connection.")));
	rule = rules_find(&connection_life, ACTION_CREATE, CONNECTION_NONE,
					  parties);
	if (rule->to != connection->status)
		ereport(ERROR,
				(connect_error(ERROR_MUST_START_PENDING),
				 blame_argument("status"),
				 errdetail("A new connection cannot be \"%s\".",
						   connection_status_label(connection->status)),
				 errhint("Import rows in other states under "
						 "session_replication_role = replica.")));

	value_check_name(connection->name);
	if (with_scopes)
		scope_check_list(connection->scopes, NULL);
	terms_check(NULL, connection, now);
}
