/*
 * operations.c
 *		What can be done with share tokens.
 *
 * A write looks at the row before it locks it, so that whoever loses a race
 * writes nothing.  The statement that writes looks again, at the locked row.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/values.h"
#include "miscadmin.h"
#include "resource/resource.h"
#include "share_token/change.h"
#include "share_token/document.h"
#include "share_token/lapse.h"
#include "share_token/operations.h"
#include "share_token/passage.h"
#include "share_token/redeem_function.h"
#include "share_token/source_row.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

/*
 * A change is tried at most so many times, while others change the row or a
 * trigger suppresses the change.
 */
#define MAX_ATTEMPTS 10

/* The most bytes that the options of a redemption may have. */
#define OPTIONS_MAX_BYTES (64 * 1024)

/*
 * Raises the error for a change that was decided upon and yet did not happen.
 */
static void
refuse_suppressed(void)
{
	ereport(ERROR,
			(connect_error(ERROR_TOKEN_TRANSITION),
			 errdetail("The change was allowed, but the row did not change."),
			 errhint("Look for a trigger on connect.share_token that "
					 "suppresses it.")));
}

/* Makes room for what the triggers tell each other of this write. */
static void
begin_write(ShareTokenWrite *write, ShareTokenSettled *settled)
{
	*settled = (ShareTokenSettled) {.context = CurrentMemoryContext};
	write->settled = settled;
}

/*
 * Makes a token for a row of the source's.  expires_in and kind may be NULL.
 * Raises what change_settle_insert() does.
 */
void
token_create(const Principal *who, const char *request_id, text *connection_id,
			 text *source_id, const Interval *expires_in, text *kind,
			 ShareToken *result)
{
	ShareTokenSettled settled;
	ShareTokenWrite write = {
		.principal = who,
		.action = TOKEN_CREATE,
		.expires_in = expires_in,
		.request_id = request_id
	};

	value_require(connection_id, "connection_id");
	value_require(source_id, "source_id");
	begin_write(&write, &settled);
	if (!share_token_insert(&write, connection_id, source_id, kind, result))
		refuse_suppressed();
}

/*
 * Reads one token under the active snapshot, as it is by now.  Raises
 * parameter_missing and share_token_not_found.
 */
void
token_get(const Principal *who, text *id, ShareToken *result)
{
	resource_get(&share_token_resource, who, id, result);
}

/*
 * Reads a token as it is at this moment, to be changed.  Raises what
 * token_get() does, and wrong_party.
 */
static void
get_to_change(const ShareTokenWrite *write, text *id, ShareToken *token)
{
	resource_get_now(&share_token_resource, write->principal, id, token);
	(void) lapse_apply(token, GetCurrentTimestamp());
	change_require_part(write, token);
}

/*
 * Changes a token that is in the state in which it was seen.  Returns false if
 * it is not any more, after a pause in which one may be interrupted.  Raises
 * transition_not_allowed for a trigger that has put the old row back.
 */
static bool
change_once(ShareTokenWrite *write, const ShareToken *old, int status,
			text *destination_id, const char *failure_reason,
			ShareToken *result)
{
	ShareTokenSettled settled;

	begin_write(write, &settled);
	if (share_token_update(write, old, status, destination_id, failure_reason,
						   result))
	{
		if (result->status != status)
			refuse_suppressed();
		return true;
	}
	CHECK_FOR_INTERRUPTS();
	return false;
}

/*
 * Ends a token that nobody has redeemed.  reason may be NULL.  Raises
 * parameter_missing, share_token_not_found, share_token_not_created and
 * reason_too_long; also 40001 under REPEATABLE READ if another session has just
 * changed the row.
 */
void
token_expire(const Principal *who, const char *request_id, text *id,
			 text *reason, ShareToken *result)
{
	ShareTokenWrite write = {
		.principal = who,
		.action = TOKEN_EXPIRE,
		.request_id = request_id
	};
	ShareToken	old;

	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		get_to_change(&write, id, &old);
		change_require_state(&write, &old);
		if (!text_is_empty(reason))
		{
			value_check_length(reason, REASON_MAX_CHARS, ERROR_REASON_TOO_LONG,
							   "reason");
			write.reason = text_to_cstring(reason);
		}
		if (change_once(&write, &old, TOKEN_EXPIRED, NULL, NULL, result))
			return;
	}
	refuse_suppressed();
}

/* Raises parameter_invalid for options that are no object, or too large. */
static void
check_options(const Jsonb *options)
{
	if (options == NULL)
		return;
	if (!JB_ROOT_IS_OBJECT(options))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "options"),
				 blame_argument("options"),
				 errdetail("\"options\" must be a JSON object.")));
	if (VARSIZE(options) > OPTIONS_MAX_BYTES)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "options"),
				 blame_argument("options"),
				 errdetail("\"options\" must have at most 64 kB.")));
}

/*
 * Finds a token that is to be redeemed, holds its Connection, and makes it
 * pending.  Fills the kind.
 */
static void
begin_redemption(ShareTokenWrite *write, text *id, text *destination_id,
				 ShareKind *kind, ShareToken *token)
{
	ShareToken	old;

	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		get_to_change(write, id, &old);
		passage_require(&old, false, kind);
		write->holds_connection = true;
		/* This may have waited. */
		(void) lapse_apply(&old, GetCurrentTimestamp());
		change_require_state(write, &old);
		if (change_once(write, &old, TOKEN_PENDING, destination_id, NULL,
						token))
			return;
	}
	refuse_suppressed();
}

/*
 * Ends a redemption in the transaction that has begun it: the application's
 * function makes the copy, unless the row is gone or is not the source's any
 * more.
 */
static void
finish_redemption(const ShareTokenWrite *begun, const ShareKind *kind,
				  const ShareToken *token, Jsonb *options, ShareToken *result)
{
	Principal	application = {.kind = PRINCIPAL_OWNER};
	ShareTokenWrite write = *begun;
	text	   *made = NULL;
	bool		found = source_row_lock(kind, token->source_id, token->source);

	if (found)
		made = redeem_function_call(kind, token, options);
	application.actor_id = redeem_function_actor(kind);
	application.actor_type = cstring_to_text("role");
	write.principal = &application;
	write.as = PARTY_APPLICATION;
	write.at_once = true;
	write.action = found ? TOKEN_COMPLETE : TOKEN_FAIL;
	if (!(found ?
		  change_once(&write, token, TOKEN_REDEEMED, made, NULL, result) :
		  change_once(&write, token, TOKEN_FAILED, token->destination_id,
					  "source_not_found", result)))
		refuse_suppressed();
}

/*
 * Hands the row of a token over to the destination.  destination_id and options
 * may be NULL.  If the kind has a function, the token is redeemed or failed
 * then, else pending.  Raises parameter_missing, parameter_invalid,
 * share_token_not_found, wrong_party, connection_not_active,
 * sharing_not_allowed, kind_unknown, share_token_not_created and kind_broken,
 * what the function raises, and 40001 as token_expire() does.
 */
void
token_redeem(const Principal *who, const char *request_id, text *id,
			 text *destination_id, Jsonb *options, ShareToken *result)
{
	ShareTokenWrite write = {
		.principal = who,
		.action = TOKEN_REDEEM,
		.request_id = request_id
	};
	ShareKind	kind;
	ShareToken	token;

	value_require(id, "share_token_id");
	change_check_destination_id(destination_id);
	check_options(options);
	begin_redemption(&write, id, destination_id, &kind, &token);
	if (kind.redeem_function != NULL)
		finish_redemption(&write, &kind, &token, options, result);
	else
		*result = token;
}

/*
 * Finds out whether the application is calling, for what only it may do: a role
 * that may execute the function while no organization is acting.  Raises
 * wrong_party if one is, not_authenticated for an API key or claims that are
 * nobody's, and store_missing.
 */
void
token_require_application(Principal *who)
{
	(void) store_owner();		/* raises store_missing */
	PushActiveSnapshot(GetTransactionSnapshot());
	principal_resolve(who);
	PopActiveSnapshot();
	if (who->kind == PRINCIPAL_ORGANIZATION)
		ereport(ERROR,
				(connect_error(ERROR_WRONG_PARTY),
				 errdetail("Only the application may do this, and organization "
						   "\"%s\" is acting.",
						   text_excerpt(who->organization))));
	if (principal_shows_key() || principal_shows_claims())
		ereport(ERROR,
				(connect_error(ERROR_NOT_AUTHENTICATED),
				 errdetail("The session has an API key or claims that stand "
						   "for no organization.")));
	who->kind = PRINCIPAL_OWNER;
	who->actor_id = cstring_to_text(GetUserNameFromId(GetUserId(), false));
	who->actor_type = cstring_to_text("role");
	who->permissions = PERMISSION_READ | PERMISSION_WRITE;
}

/*
 * Says that the destination has its copy, which has this id.  Raises
 * parameter_missing, parameter_invalid, share_token_not_found,
 * connection_not_active, sharing_not_allowed, kind_unknown and
 * share_token_not_pending; also 40001 as token_expire() does.
 */
void
token_complete(const Principal *who, text *id, text *destination_id,
			   ShareToken *result)
{
	ShareTokenWrite write = {
		.principal = who,
		.as = PARTY_APPLICATION,
		.action = TOKEN_COMPLETE
	};
	ShareKind	kind;
	ShareToken	old;

	value_require(id, "share_token_id");
	value_require(destination_id, "destination_id");
	change_check_destination_id(destination_id);
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		get_to_change(&write, id, &old);
		passage_require(&old, false, &kind);
		write.holds_connection = true;
		(void) lapse_apply(&old, GetCurrentTimestamp());
		change_require_state(&write, &old);
		if (change_once(&write, &old, TOKEN_REDEEMED, destination_id, NULL,
						result))
			return;
	}
	refuse_suppressed();
}

/*
 * Says that a token cannot be fulfilled, and why.  Raises parameter_missing,
 * parameter_invalid, share_token_not_found and share_token_not_pending; also
 * 40001 as token_expire() does.
 */
void
token_fail(const Principal *who, text *id, text *reason, ShareToken *result)
{
	ShareTokenWrite write = {
		.principal = who,
		.as = PARTY_APPLICATION,
		.action = TOKEN_FAIL
	};
	ShareToken	old;

	value_require(id, "share_token_id");
	change_check_failure_reason(reason);
	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		get_to_change(&write, id, &old);
		change_require_state(&write, &old);
		if (change_once(&write, &old, TOKEN_FAILED, old.destination_id,
						text_to_cstring(reason), result))
			return;
	}
	refuse_suppressed();
}
