/*
 * operations.c
 *		What an organization can do with its Connections.
 *
 * A write looks first and locks only then, so that a loser writes nothing; the
 * statement that writes asks again on the locked row.  What is not acceptable in
 * a name or in scopes is the guard's to say.
 */
#include "postgres.h"

#include "base/errors.h"
#include "connection/change.h"
#include "connection/operations.h"
#include "connection/rules.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

/* How often a change is tried while others change the row, or a trigger suppresses it. */
#define MAX_ATTEMPTS 10

/* Raises not_found for an id under which the principal may see nothing. */
static void
refuse_unseen(const text *id)
{
	ereport(ERROR,
			(connect_error(ERROR_NOT_FOUND),
			 blame_argument("connection_id"),
			 errdetail("Connection \"%s\" does not exist.", error_excerpt(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id)))));
}

/* Reads a Connection that the principal is a party to, or raises not_found. */
static void
find_own(const Principal *who, text *id, Connection *connection)
{
	if (id == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, "connection_id"),
				 blame_argument("connection_id"),
				 errdetail("\"connection_id\" must be given.")));
	if (!store_find_connection(id, connection) ||
		change_parties(who, connection) == PARTY_NONE)
		refuse_unseen(id);
}

/* The same under a snapshot that sees everything committed by now. */
static void
find_own_now(const Principal *who, text *id, Connection *connection)
{
	PushActiveSnapshot(GetTransactionSnapshot());
	find_own(who, id, connection);
	PopActiveSnapshot();
}

/* Raises the error for a change that was decided upon and yet did not happen. */
static void
refuse_suppressed(void)
{
	ereport(ERROR,
			(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
			 errdetail("The change was allowed, but the row did not change."),
			 errhint("Look for a trigger on connect.connection that suppresses it.")));
}

/* Raises connection_exists if the pair has a Connection. */
static void
refuse_existing(text *source, text *destination)
{
	Connection	existing;
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	found = store_find_pair(source, destination, &existing);
	PopActiveSnapshot();
	if (found)
		ereport(ERROR,
				(connect_error(ERROR_CONNECTION_EXISTS),
				 blame_argument("destination_organization_id"),
				 errdetail("Connection \"%s\" from \"%s\" to \"%s\" is \"%s\".", text_to_cstring(existing.id), text_to_cstring(source), text_to_cstring(destination), connection_status_label(existing.status)),
				 existing.status == CONNECTION_INACTIVE ? errhint("Reactivate it instead.") : 0));
}

/*
 * Offers a Connection to destination.  name may be NULL; scopes NULL means the
 * default ones.  Raises parameter_missing, parameter_invalid, connection_exists,
 * organization_unknown, scope_unknown, scopes_empty, name_too_long; 40001 under
 * REPEATABLE READ if another session has just created it.
 */
void
operation_create(const Principal *who, const char *request_id, text *destination,
				 text *name, ArrayType *scopes, Connection *result)
{
	StoreWrite	write = {.principal = who,.request_id = request_id};

	change_require_id(destination, "destination_organization_id");
	if (scopes != NULL)
		scopes = change_normalise_scopes(scopes);
	refuse_existing(who->organization, destination);
	if (!store_insert_connection(&write, who->organization, destination, name, scopes, result))
	{
		refuse_existing(who->organization, destination);
		refuse_suppressed();
	}
}

/* Raises scopes_changed unless the row's scopes are those that the caller looked at. */
static void
require_same_scopes(const Connection *connection, ArrayType *scopes)
{
	bool		added;
	bool		removed;

	change_compare_scopes(change_normalise_scopes(connection->scopes), scopes, &added, &removed);
	if (added || removed)
		ereport(ERROR,
				(connect_error(ERROR_SCOPES_CHANGED),
				 blame_argument("scopes"),
				 errdetail("The scopes of connection \"%s\" are not the ones given.", text_to_cstring(connection->id)),
				 errhint("Look at the connection again.")));
}

/*
 * Activates, deactivates or reactivates a Connection.  reason may be NULL;
 * scopes, if not NULL, must equal the row's.  Raises parameter_missing,
 * parameter_invalid, not_found, wrong_party, the conflict of the action,
 * scopes_changed, reason_too_long; 40001 under REPEATABLE READ if another
 * session has just changed it.
 */
void
operation_transition(const Principal *who, const char *request_id, ConnectionAction action,
					 text *id, text *reason, ArrayType *scopes, Connection *result)
{
	StoreWrite	write = {.principal = who,.request_id = request_id};

	if (scopes != NULL)
		scopes = change_normalise_scopes(scopes);
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		Connection	old;
		Connection	changed;

		find_own_now(who, id, &old);
		change_check_action(who, action, &old);
		if (scopes != NULL)
			require_same_scopes(&old, scopes);
		if (reason != NULL && VARSIZE_ANY_EXHDR(reason) > 0)
		{
			change_check_length(reason, REASON_MAX_CHARS, ERROR_REASON_TOO_LONG, "reason");
			write.reason = text_to_cstring(reason);
		}

		changed = old;
		changed.status = rules_find(action, old.status, change_parties(who, &old))->to;
		if (store_update_connection(&write, &old, &changed, result))
		{
			/* a trigger that put the old row back must not pass for success */
			if (result->status != changed.status)
				break;
			return;
		}
		CHECK_FOR_INTERRUPTS();
	}
	refuse_suppressed();
}

/*
 * Changes name and scopes; NULL leaves either, an empty name clears it.  Added
 * scopes take an active Connection back to pending.  Raises parameter_missing,
 * parameter_invalid, not_found, wrong_party, name_too_long, scope_unknown,
 * scopes_empty; 40001 as above.
 */
void
operation_update(const Principal *who, const char *request_id, text *id,
				 text *name, ArrayType *scopes, Connection *result)
{
	StoreWrite	write = {.principal = who,.request_id = request_id};

	if (scopes != NULL)
		scopes = change_normalise_scopes(scopes);
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		Connection	old;
		Connection	changed;
		bool		added = false;
		bool		removed = false;

		find_own_now(who, id, &old);
		change_check_action(who, ACTION_UPDATE, &old);
		changed = old;
		if (name != NULL)
			changed.name = VARSIZE_ANY_EXHDR(name) == 0 ? NULL : name;
		if (scopes != NULL)
		{
			changed.scopes = scopes;
			change_compare_scopes(change_normalise_scopes(old.scopes), scopes, &added, &removed);
		}
		if (added)
			changed.status = rules_find(ACTION_WIDEN, old.status, PARTY_SOURCE)->to;
		else if (!removed && text_same(old.name, changed.name))
		{
			*result = old;
			return;
		}
		if (store_update_connection(&write, &old, &changed, result))
			return;
		CHECK_FOR_INTERRUPTS();
	}
	refuse_suppressed();
}

/* Raises what keeps the principal from this action now, and changes nothing. */
void
operation_check(const Principal *who, ConnectionAction action, text *id)
{
	Connection	connection;

	find_own_now(who, id, &connection);
	change_check_action(who, action, &connection);
}

/* Reads one Connection under the active snapshot.  Raises parameter_missing, not_found. */
void
operation_get(const Principal *who, text *id, Connection *result)
{
	find_own(who, id, result);
}

/*
 * Reads the acting organization, as it is now.  Raises not_authenticated if it
 * is gone since it was found out that it acts.
 */
void
operation_get_organization(const Principal *who, StoreRow *result)
{
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	found = store_find_organization(who->organization, result);
	PopActiveSnapshot();
	if (!found)
		ereport(ERROR,
				(connect_error(ERROR_NOT_AUTHENTICATED),
				 errdetail("Organization \"%s\" is not registered.", text_to_cstring(who->organization))));
}

/*
 * Begins the query for a page in both directions.  Raises parameter_invalid
 * unless the page asked for makes sense.
 */
static ListQuery
begin_query(const Principal *who, const ListRequest *request)
{
	ListQuery	query = {
		.organization = who->organization,
		.outbound = true,
		.inbound = true,
		.after = request->after,
		.before = request->before,
		.page_size = request->page_size
	};

	if (request->page_size < 1 || request->page_size > PAGE_SIZE_MAX)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "page_size"),
				 blame_argument("page_size"),
				 errdetail("\"page_size\" is %d; it must be from 1 to %d.", request->page_size, PAGE_SIZE_MAX)));
	if (request->after != NULL && request->before != NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "page_before"),
				 blame_argument("page_before"),
				 errdetail("\"page_after\" and \"page_before\" exclude each other.")));
	return query;
}

/* The id that the page asked for starts behind or ends before, or NULL. */
static text *
cursor_of(const ListRequest *request)
{
	return request->after != NULL ? request->after : request->before;
}

/* Raises parameter_invalid for a cursor that is no row of the caller's. */
static void
refuse_cursor(const ListRequest *request)
{
	const text *cursor = cursor_of(request);
	const char *field = request->after != NULL ? "page_after" : "page_before";

	ereport(ERROR,
			(connect_error_in(ERROR_PARAMETER_INVALID, field),
			 blame_argument(field),
			 errdetail("\"%s\" cannot be \"%s\".", field, error_excerpt(VARDATA_ANY(cursor), VARSIZE_ANY_EXHDR(cursor))),
			 errhint("Follow the links of a list.")));
}

/* Does a text hold this word? */
static bool
text_is(const text *value, const char *word)
{
	return VARSIZE_ANY_EXHDR(value) == strlen(word) &&
		memcmp(VARDATA_ANY(value), word, strlen(word)) == 0;
}

/*
 * Narrows a list to what the filters leave of it: one direction, or one pair.
 * Returns false if nothing can match.
 */
static bool
apply_filters(const Principal *who, const ListRequest *request, ListQuery *query)
{
	text	   *self = who->organization;
	bool		source_is_self = request->source != NULL && text_equal(request->source, self);
	bool		destination_is_self = request->destination != NULL && text_equal(request->destination, self);

	if (request->source != NULL && !source_is_self)
		query->outbound = false;
	if (request->destination != NULL && !destination_is_self)
		query->inbound = false;
	if (!query->outbound && !query->inbound)
		return false;

	/* a filter or a direction for each end leaves one pair */
	if ((request->source != NULL || !query->inbound) && (request->destination != NULL || !query->outbound) &&
		(request->source != NULL || request->destination != NULL))
	{
		query->source = request->source != NULL ? request->source : self;
		query->destination = request->destination != NULL ? request->destination : self;
	}
	else if (source_is_self)
		query->inbound = false;
	else if (destination_is_self)
		query->outbound = false;
	return true;
}

/*
 * Returns a page of the principal's Connections under the active snapshot.
 * Raises parameter_invalid for a bad size, cursor, direction or organization id.
 */
ListPage
operation_list_connections(const Principal *who, const ListRequest *request)
{
	text	   *cursor = cursor_of(request);
	ListQuery	query = begin_query(who, request);
	Connection	row;

	query.status = request->status;
	if (request->direction != NULL)
	{
		query.outbound = text_is(request->direction, "outbound");
		query.inbound = text_is(request->direction, "inbound");
		if (!query.outbound && !query.inbound)
			ereport(ERROR,
					(connect_error_in(ERROR_PARAMETER_INVALID, "direction"),
					 blame_argument("direction"),
					 errdetail("\"direction\" must be \"inbound\" or \"outbound\".")));
	}
	if (request->source != NULL)
		change_require_id(request->source, "source_organization_id");
	if (request->destination != NULL)
		change_require_id(request->destination, "destination_organization_id");
	if (cursor != NULL &&
		(!store_find_connection(cursor, &row) || change_parties(who, &row) == PARTY_NONE))
		refuse_cursor(request);
	if (!apply_filters(who, request, &query))
		return (ListPage) {0};
	return store_list_connections(&query);
}

/*
 * Returns a page of the events of one Connection or of all of the principal's,
 * under the active snapshot.  Raises not_found, parameter_invalid.
 */
ListPage
operation_list_events(const Principal *who, const ListRequest *request)
{
	text	   *cursor = cursor_of(request);
	ListQuery	query = begin_query(who, request);
	Connection	connection;

	query.connection_id = request->connection_id;
	if (cursor != NULL && !store_event_visible(cursor, who->organization))
		refuse_cursor(request);
	if (request->connection_id != NULL)
		find_own(who, request->connection_id, &connection);
	return store_list_events(&query);
}
