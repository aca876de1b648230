/*
 * passage.c
 *		The Connection through which a share token goes: may it now?
 *
 * A token is redeemed and fulfilled through an active Connection that grants
 * the scope of its kind.  Whoever redeems holds the Connection until the end of
 * the transaction, so that a deactivation waits for a redemption in flight, and
 * none starts after it.
 */
#include "postgres.h"

#include "base/text.h"
#include "connection/document.h"
#include "connection/terms.h"
#include "gate/access.h"
#include "resource/resource.h"
#include "scope/rows.h"
#include "share_token/lapse.h"
#include "share_token/passage.h"
#include "utils/snapmgr.h"

/*
 * Reads the Connection that a new token names, under the active snapshot.
 * Raises parameter_missing and not_found.
 */
void
passage_find(const Principal *who, text *connection_id, Connection *connection)
{
	resource_get(&connection_resource, who, connection_id, connection);
}

/* Raises connection_not_active. */
static void
refuse_status(const Connection *connection, int status, const char *need)
{
	ereport(ERROR,
			(connect_error(ERROR_CONNECTION_NOT_ACTIVE),
			 errdetail("Connection \"%s\" is \"%s\"; %s.",
					   text_excerpt(connection->id),
					   connection_status_label(status), need)));
}

/* Raises connection_not_active unless tokens may be made for a Connection. */
void
passage_require_offer(const Connection *connection, TimestampTz now)
{
	int			status = terms_status(connection, now);

	if (status != CONNECTION_PENDING && status != CONNECTION_ACTIVE)
		refuse_status(connection, status, "making a share token requires "
					  "\"pending\" or \"active\"");
}

/* Raises sharing_not_allowed. */
static void
refuse_scope(const ShareToken *token, const ShareKind *kind)
{
	if (scope_state(kind->scope) == SCOPE_RETIRED)
		ereport(ERROR,
				(connect_error(ERROR_SHARING_NOT_ALLOWED),
				 errdetail("Scope \"%s\", which rows of kind \"%s\" need, is "
						   "retired.", text_excerpt(kind->scope),
						   text_excerpt(kind->name))));
	ereport(ERROR,
			(connect_error(ERROR_SHARING_NOT_ALLOWED),
			 errdetail("Connection \"%s\" does not grant the scope \"%s\", "
					   "which rows of kind \"%s\" need.",
					   text_excerpt(token->connection_id),
					   text_excerpt(kind->scope), text_excerpt(kind->name)),
			 errhint("The source organization can offer more scopes.")));
}

/*
 * Raises connection_not_active, kind_unknown or sharing_not_allowed unless a
 * token may be handed over now.  held tells that the caller has locked the
 * Connection already; if not, this waits for whoever is changing it, and holds
 * it.  Fills the kind, in the current memory context.
 */
void
passage_require(const ShareToken *token, bool held, ShareKind *kind)
{
	Connection	connection;
	int			status;

	if (!(held ? connection_find(token->connection_id, &connection) :
		  connection_hold(token->connection_id, &connection)))
		ereport(ERROR,
				(connect_error(ERROR_NOT_FOUND),
				 errdetail("Connection \"%s\" does not exist.",
						   text_excerpt(token->connection_id))));
	status = terms_status(&connection, GetCurrentTimestamp());
	if (status != CONNECTION_ACTIVE)
		refuse_status(&connection, status,
					  "redeeming a share token requires \"active\"");

	PushActiveSnapshot(GetTransactionSnapshot());
	share_kind_require(token->kind, kind);
	if (!access_grants(connection.scopes, kind->scope) ||
		!scope_usable(kind->scope))
		refuse_scope(token, kind);
	PopActiveSnapshot();
}

/* Could a token be redeemed now, as the active snapshot sees it? */
bool
passage_is_open(const ShareToken *token)
{
	Connection	connection;
	ShareKind	kind;

	return connection_find(token->connection_id, &connection) &&
		terms_status(&connection, terms_reading_clock()) ==
		CONNECTION_ACTIVE &&
		share_kind_find(token->kind, &kind) &&
		kind.retired_at == DT_NOBEGIN &&
		access_grants(connection.scopes, kind.scope) &&
		scope_usable(kind.scope);
}
