/*
 * operations.c
 *		What an organization can do with its Connections.
 *
 * A write looks at the row before it locks it, so that whoever loses a race
 * writes nothing.  The statement that writes looks again, at the locked row.
 * The guard says what is not acceptable in a name or in scopes.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/typeid.h"
#include "base/values.h"
#include "connection/change.h"
#include "connection/document.h"
#include "connection/operations.h"
#include "connection/terms.h"
#include "event/document.h"
#include "event/rows.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

/*
 * A change is tried at most so many times, while others change the row or a
 * trigger suppresses the change.
 */
#define MAX_ATTEMPTS 10

/*
 * Raises the error for a change that was decided upon and yet did not happen.
 */
static void
refuse_suppressed(void)
{
	ereport(ERROR,
			(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
			 errdetail("The change was allowed, but the row did not change."),
			 errhint("Look for a trigger on connect.connection that suppresses "
					 "it.")));
}

/*
 * Raises connection_exists if the pair has a Connection that the transaction
 * sees.
 */
static void
refuse_existing(text *source, text *destination)
{
	Connection	existing;
	bool		found;
	int			status;

	if (!connection_has_pair(source, destination))
		return;
	PushActiveSnapshot(GetTransactionSnapshot());
	found = connection_find_pair(source, destination, &existing);
	PopActiveSnapshot();
	if (!found)
		return;
	status = terms_status(&existing, terms_reading_clock());
	ereport(ERROR,
			(connect_error(ERROR_CONNECTION_EXISTS),
			 blame_argument("destination_organization_id"),
			 errdetail("Connection \"%s\" from \"%s\" to \"%s\" is \"%s\".",
					   text_to_cstring(existing.id),
					   text_to_cstring(source),
					   text_to_cstring(destination),
					   connection_status_label(status)),
			 status == CONNECTION_INACTIVE ?
			 errhint("Reactivate it instead.") : 0));
}

/* Takes the terms that are given into a Connection. */
static void
set_terms(Connection *connection, const TermsGiven *terms)
{
	if (terms->has_respond_by)
		connection->respond_by = terms->respond_by;
	if (terms->has_expires_at)
		connection->expires_at = terms->expires_at;
}

/*
 * Offers a Connection to destination.  name may be NULL; if scopes is NULL, the
 * default ones are offered.  Raises parameter_missing, parameter_invalid,
 * connection_exists, organization_unknown, scope_unknown, scopes_empty,
 * name_too_long and term_past; also 40001 under REPEATABLE READ if another
 * session has just created it.
 */
void
connection_create(const Principal *who, const char *request_id,
				  text *destination, text *name, ArrayType *scopes,
				  const TermsGiven *terms, Connection *result)
{
	ConnectionWrite write = {.principal = who,.request_id = request_id};
	Connection	offer = {
		.source = who->organization,
		.destination = destination,
		.name = name,
		.status = CONNECTION_PENDING
	};
	char		made_id[ID_MAX_LENGTH + 1] = "";

	write.action = ACTION_CREATE;
	write.made_id = made_id;
	value_require_id(destination, "destination_organization_id");
	offer.scopes = scopes != NULL ? change_sort_scopes(scopes) : NULL;
	offer.respond_by = offer.expires_at = TERM_NEVER;
	set_terms(&offer, terms);
	refuse_existing(who->organization, destination);
	if (!connection_insert(&write, &offer, result))
	{
		refuse_existing(who->organization, destination);
		refuse_suppressed();
	}
}

/*
 * Raises scopes_changed unless the row's scopes are those that the caller has
 * looked at.
 */
static void
require_same_scopes(const Connection *connection, ArrayType *scopes)
{
	bool		added;
	bool		removed;

	value_compare_names(change_sort_scopes(connection->scopes), scopes, &added,
						&removed);
	if (added || removed)
		ereport(ERROR,
				(connect_error(ERROR_SCOPES_CHANGED),
				 blame_argument("scopes"),
				 errdetail("The scopes of connection \"%s\" are not the ones "
						   "given.", text_to_cstring(connection->id)),
				 errhint("Look at the connection again.")));
}

/*
 * Activates, deactivates or reactivates a Connection.  reason may be NULL.  If
 * scopes is not NULL, they must be the row's.  Raises parameter_missing,
 * parameter_invalid, not_found, wrong_party, the conflict of the action,
 * scopes_changed and reason_too_long; also 40001 under REPEATABLE READ if
 * another session has just changed the row.
 */
void
connection_transition(const Principal *who, const char *request_id,
					  ConnectionAction action, text *id, text *reason,
					  ArrayType *scopes, const TermsGiven *terms,
					  Connection *result)
{
	ConnectionWrite write = {.principal = who,.request_id = request_id};

	write.action = action;
	if (scopes != NULL)
		scopes = change_sort_scopes(scopes);
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		Connection	old;
		Connection	changed;

		resource_get_now(&connection_resource, who, id, &old);
		change_check_action(who, action, &old);
		if (scopes != NULL)
			require_same_scopes(&old, scopes);
		if (reason != NULL && VARSIZE_ANY_EXHDR(reason) > 0)
		{
			value_check_length(reason, REASON_MAX_CHARS, ERROR_REASON_TOO_LONG,
							   "reason");
			write.reason = text_to_cstring(reason);
		}

		changed = old;
		changed.status = rules_find(&connection_life, action, old.status,
									change_parties(who, &old))->to;
		set_terms(&changed, terms);
		if (connection_update(&write, &old, &changed, result))
		{
			/*
			 * A trigger may have put the old row back, which must not pass for
			 * success.
			 */
			if (result->status != changed.status)
				break;
			return;
		}
		CHECK_FOR_INTERRUPTS();
	}
	refuse_suppressed();
}

/*
 * Changes name, scopes and terms.  NULL leaves name or scopes as they are, and
 * an empty name removes the name.  Added scopes take an active Connection back
 * to pending.  Raises parameter_missing, parameter_invalid, not_found,
 * wrong_party, name_too_long, scope_unknown and scopes_empty; also 40001 as
 * connection_transition() does.
 */
void
connection_change(const Principal *who, const char *request_id, text *id,
				  text *name, ArrayType *scopes, const TermsGiven *terms,
				  Connection *result)
{
	ConnectionWrite write = {.principal = who,.request_id = request_id};

	if (scopes != NULL)
		scopes = change_sort_scopes(scopes);
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		Connection	old;
		Connection	changed;
		bool		added = false;
		bool		removed = false;

		resource_get_now(&connection_resource, who, id, &old);
		change_check_action(who, ACTION_UPDATE, &old);
		changed = old;
		if (name != NULL)
			changed.name = VARSIZE_ANY_EXHDR(name) == 0 ? NULL : name;
		if (scopes != NULL)
		{
			changed.scopes = scopes;
			value_compare_names(change_sort_scopes(old.scopes), scopes, &added,
								&removed);
		}
		set_terms(&changed, terms);
		write.action = added ? ACTION_WIDEN : ACTION_UPDATE;
		if (added)
			changed.status = rules_find(&connection_life, ACTION_WIDEN,
										old.status, PARTY_SOURCE)->to;
		else if (!removed && text_same(old.name, changed.name) &&
				 old.respond_by == changed.respond_by &&
				 old.expires_at == changed.expires_at)
		{
			*result = old;
			return;
		}
		if (connection_update(&write, &old, &changed, result))
			return;
		CHECK_FOR_INTERRUPTS();
	}
	refuse_suppressed();
}

/*
 * Raises what keeps the principal from taking this action now, and changes
 * nothing.
 */
void
connection_check(const Principal *who, ConnectionAction action, text *id)
{
	Connection	connection;

	resource_get_now(&connection_resource, who, id, &connection);
	change_check_action(who, action, &connection);
}

/*
 * Reads one Connection under the active snapshot.  Raises parameter_missing and
 * not_found.
 */
void
connection_get(const Principal *who, text *id, Connection *result)
{
	resource_get(&connection_resource, who, id, result);
}

/*
 * Returns a page of the events of a Connection and of what belongs to it, under
 * the active snapshot.  subject_type narrows it, or is NULL.  Raises
 * parameter_invalid and not_found.
 */
ListPage
connection_list_events(const Principal *who, text *id, const text *subject_type,
					   const ListRequest *request)
{
	PageQuery	query = resource_begin_query(&event_resource);
	Connection	connection;

	resource_apply_filters(&event_resource, request, &query);
	resource_check_page(&event_resource, who, request);
	resource_get(&connection_resource, who, id, &connection);
	event_narrow_to_connection(&query, id, subject_type);
	return resource_read_page(request, &query);
}
