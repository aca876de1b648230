/*
 * change.c
 *		May this principal make this change, and what is the row then?
 *		Functions ask before they write, and the guard asks for every row that
 *		is written, whoever writes it.
 *
 * The reasons to refuse the change of a row come in this order: the row is not
 * the principal's to see; the change touches what identifies the row; it is no
 * action, or several at once; the action is another party's; the Connection or
 * the state does not allow it; a value is not acceptable.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/values.h"
#include "mb/pg_wchar.h"
#include "resource/resource.h"
#include "share_token/change.h"
#include "share_token/lapse.h"
#include "share_token/passage.h"
#include "utils/builtins.h"

static const char *const failure_reasons[] = {
	"source_not_found", "source_redacted", "import_failed",
	"unrecoverable_error"
};

/* Returns what a writer is to a token. */
static Parties
parties_of(const ShareTokenWrite *write, const ShareToken *token)
{
	return write->as | resource_parties(write->principal, token->source,
										token->destination);
}

/* Returns the only party that may take an action, as people call it. */
static const char *
party_for(ShareTokenAction action)
{
	switch (action)
	{
		case TOKEN_CREATE:
			return "source organization";
		case TOKEN_REDEEM:
			return "destination organization";
		default:
			return "application";
	}
}

/* Raises wrong_party unless the writer may ever take the action. */
void
change_require_part(const ShareTokenWrite *write, const ShareToken *token)
{
	if (!rules_has_part(&share_token_life, write->action,
						parties_of(write, token)))
		ereport(ERROR,
				(connect_error(ERROR_WRONG_PARTY),
				 errdetail("Only the %s may %s a share token.",
						   party_for(write->action),
						   rules_action_label(&share_token_life,
											  write->action))));
}

/*
 * Raises share_token_not_created or share_token_not_pending unless the token is
 * in a state from which the writer may take the action.
 */
void
change_require_state(const ShareTokenWrite *write, const ShareToken *token)
{
	bool		ends = write->action == TOKEN_COMPLETE ||
		write->action == TOKEN_FAIL;

	if (rules_find(&share_token_life, write->action, token->status,
				   parties_of(write, token)) == NULL)
		ereport(ERROR,
				(connect_error(ends ? ERROR_TOKEN_NOT_PENDING :
							   ERROR_TOKEN_NOT_CREATED),
				 errdetail("Share token \"%s\" is \"%s\"; to %s it, it must be "
						   "\"%s\".", text_excerpt(token->id),
						   share_token_status_label(token->status),
						   rules_action_label(&share_token_life, write->action),
						   ends ? "pending" : "created")));
}

/* Raises transition_not_allowed for a change that is no action. */
static void
refuse_mixed(const ShareToken *token)
{
	ereport(ERROR,
			(connect_error(ERROR_TOKEN_TRANSITION),
			 errdetail("Share token \"%s\" is \"%s\"; nothing changes it like "
					   "this.", text_excerpt(token->id),
					   share_token_status_label(token->status)),
			 errhint("Change the status, and with it destination_id where it "
					 "becomes \"redeemed\", or failure_reason where it becomes "
					 "\"failed\".")));
}

/* Raises the error for a row that a trigger has turned into another change. */
static void
refuse_other_action(const ShareToken *token, int action, int told)
{
	ereport(ERROR,
			(connect_error(ERROR_TOKEN_TRANSITION),
			 errdetail("The function means to %s share token \"%s\", but the "
					   "row would %s it.",
					   rules_action_label(&share_token_life, told),
					   text_excerpt(token->id),
					   rules_action_label(&share_token_life, action)),
			 errhint("Look for a trigger on connect.share_token that rewrites "
					 "the row.")));
}

/* Raises parameter_invalid for what cannot be the id of a copy. */
void
change_check_destination_id(const text *destination_id)
{
	int			chars;

	if (destination_id == NULL)
		return;
	chars = pg_mbstrlen_with_len(VARDATA_ANY(destination_id),
								 VARSIZE_ANY_EXHDR(destination_id));
	if (chars < 1 || chars > DESTINATION_ID_MAX_CHARS)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "destination_id"),
				 blame_argument("destination_id"),
				 errdetail("\"destination_id\" has %d characters; it must have "
						   "1 to %d.", chars, DESTINATION_ID_MAX_CHARS)));
}

/*
 * Raises parameter_missing or parameter_invalid for what is no reason to fail.
 */
void
change_check_failure_reason(const text *reason)
{
	value_require(reason, "failure_reason");
	for (int i = 0; i < (int) lengthof(failure_reasons); i++)
	{
		if (text_is(reason, failure_reasons[i]))
			return;
	}
	ereport(ERROR,
			(connect_error_in(ERROR_PARAMETER_INVALID, "failure_reason"),
			 blame_argument("failure_reason"),
			 errdetail("\"failure_reason\" cannot be \"%s\".",
					   text_excerpt(reason)),
			 errhint("It is source_not_found, source_redacted, import_failed "
					 "or unrecoverable_error.")));
}

/* Raises identity_changed for a change of what a token is. */
static void
check_identity(const ShareToken *old, const ShareToken *changed)
{
	if (!text_same(old->id, changed->id) ||
		!text_same(old->connection_id, changed->connection_id) ||
		!text_same(old->source, changed->source) ||
		!text_same(old->destination, changed->destination) ||
		!text_same(old->kind, changed->kind) ||
		!text_same(old->source_id, changed->source_id) ||
		!text_same(old->creator_id, changed->creator_id) ||
		!text_same(old->creator_type, changed->creator_type) ||
		old->expires_at != changed->expires_at ||
		old->created_at != changed->created_at)
		ereport(ERROR,
				(connect_error(ERROR_TOKEN_IDENTITY),
				 errdetail("Id, connection, parties, kind, source_id, creator, "
						   "expires_at and created_at of share token \"%s\" "
						   "are fixed.", text_excerpt(old->id))));
}

/* Returns what has changed besides the status, as a set of TOKEN_CHANGE_... */
static int
compare(const ShareToken *old, const ShareToken *changed)
{
	return (text_same(old->destination_id, changed->destination_id) ? 0 :
			TOKEN_CHANGE_DESTINATION) |
		(text_same(old->failure_reason, changed->failure_reason) ? 0 :
		 TOKEN_CHANGE_REASON);
}

/*
 * Raises what keeps a token from being redeemed now.  An organization that
 * writes to the table itself would leave out the function of the kind.
 */
static void
check_redemption(const ShareTokenWrite *write, const ShareToken *changed)
{
	ShareKind	kind;

	passage_require(changed, write->holds_connection, &kind);
	change_check_destination_id(changed->destination_id);
	if (write->action == ACTION_NONE && kind.redeem_function != NULL &&
		write->principal->kind == PRINCIPAL_ORGANIZATION)
		ereport(ERROR,
				(connect_error(ERROR_TOKEN_TRANSITION),
				 errdetail("Rows of kind \"%s\" are handed over by a function.",
						   text_excerpt(kind.name)),
				 errhint("Use connect.redeem_share_token().")));
}

/* Raises what keeps a token from being fulfilled now, or by this id. */
static void
check_completion(const ShareTokenWrite *write, const ShareToken *old,
				 const ShareToken *changed)
{
	ShareKind	kind;

	passage_require(changed, write->holds_connection, &kind);
	value_require(changed->destination_id, "destination_id");
	change_check_destination_id(changed->destination_id);
	if (old->destination_id != NULL &&
		!text_equal(old->destination_id, changed->destination_id))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "destination_id"),
				 blame_argument("destination_id"),
				 errdetail("Share token \"%s\" is redeemed into \"%s\".",
						   text_excerpt(old->id),
						   text_excerpt(old->destination_id))));
}

/* Sets what an action does to a row besides what the writer has set. */
static void
settle_action(const ShareTokenWrite *write, int action, ShareToken *token)
{
	switch (action)
	{
		case TOKEN_REDEEM:
			token->redeem_mode =
				cstring_to_text(token->destination_id != NULL ?
								"hydrate" : "clone");
			token->pending_at = token->updated_at;
			break;
		case TOKEN_COMPLETE:
			token->redeemed_at = write->at_once ?
				token->pending_at : token->updated_at;
			break;
		case TOKEN_FAIL:
			token->failed_at = write->at_once ?
				token->pending_at : token->updated_at;
			break;
		case TOKEN_EXPIRE:
			token->expires_at = token->updated_at;
			break;
	}
}

/* Gives a row everything that no writer may set from the row as it was. */
static void
keep_derived(const ShareToken *old, ShareToken *changed)
{
	changed->redeem_mode = old->redeem_mode;
	changed->pending_at = old->pending_at;
	changed->redeemed_at = old->redeemed_at;
	changed->failed_at = old->failed_at;
	changed->updated_at = old->updated_at;
}

/*
 * Raises what keeps the writer from taking an action that a change amounts to.
 */
static void
check_action(const ShareTokenWrite *write, int action, const ShareToken *old,
			 const ShareToken *changed)
{
	ShareTokenWrite step = *write;

	if (action == ACTION_MIXED)
		refuse_mixed(old);
	if (write->action != ACTION_NONE && action != write->action)
		refuse_other_action(old, action, write->action);
	step.action = action;
	change_require_part(&step, old);
	change_require_state(&step, old);
	if (action == TOKEN_REDEEM)
		check_redemption(write, changed);
	else if (action == TOKEN_COMPLETE)
		check_completion(write, old, changed);
	else if (action == TOKEN_FAIL)
		change_check_failure_reason(changed->failure_reason);
}

/*
 * Decides on a change that forgets who made a token: it takes the creator away
 * and is no event.  Raises identity_changed and transition_not_allowed for more
 * than that.
 */
static int
settle_forgotten(const ShareToken *old, ShareToken *changed, bool *by_time)
{
	ShareToken	nameless = *old;

	nameless.creator_id = nameless.creator_type = NULL;
	check_identity(&nameless, changed);
	if (changed->status != old->status || compare(old, changed) != 0)
		refuse_mixed(old);
	keep_derived(old, changed);
	*by_time = false;
	return ACTION_NONE;
}

/*
 * Decides on the change of a row at a time, and makes of it what is to be
 * stored.  A token whose time has passed ends with whatever is written to it;
 * then *by_time is true.  Returns the action that the change amounts to, or
 * ACTION_NONE if nothing has changed that the rules know.
 *
 * Raises share_token_not_found, identity_changed, wrong_party, a conflict, or
 * what is wrong with a value.
 */
int
change_settle_update(const ShareTokenWrite *write, const ShareToken *old,
					 ShareToken *changed, TimestampTz now, bool *by_time)
{
	ShareToken	present = *old;
	int			action;
	bool		touched;

	if (parties_of(write, old) == PARTY_NONE)
		ereport(ERROR,
				(connect_error(ERROR_TOKEN_NOT_FOUND),
				 errdetail("Share token \"%s\" does not exist.",
						   text_excerpt(old->id))));
	if (write->forgets)
		return settle_forgotten(old, changed, by_time);
	check_identity(old, changed);
	value_require(changed->status == TOKEN_NONE ? NULL : changed, "status");

	touched = changed->status != old->status || compare(old, changed) != 0;
	*by_time = lapse_apply(&present, now) && !touched;
	if (*by_time)
	{
		*changed = present;
		return present.status == TOKEN_EXPIRED ? TOKEN_EXPIRE : TOKEN_FAIL;
	}
	action = rules_classify(&share_token_life, old->status, changed->status,
							compare(old, changed));
	keep_derived(old, changed);
	if (action == ACTION_NONE)
		return action;
	check_action(write, action, &present, changed);
	changed->updated_at = Max(now, old->updated_at + 1);
	settle_action(write, action, changed);
	return action;
}

/*
 * Raises transition_not_allowed unless a row was stored as it was settled.
 */
void
change_require_same(const ShareToken *settled, const ShareToken *stored)
{
	if (!share_token_same(settled, stored))
		ereport(ERROR,
				(connect_error(ERROR_TOKEN_TRANSITION),
				 errdetail("Share token \"%s\" was not stored as it was "
						   "decided upon.", text_excerpt(settled->id)),
				 errhint("Look for a trigger on connect.share_token that "
						 "rewrites it.")));
}

/*
 * Decides once more on a change that has been stored, at the same time.
 * Returns the action as change_settle_update() does, and raises what that
 * raises, and transition_not_allowed for a row that is another one than that
 * makes of it.
 */
int
change_verify_update(const ShareTokenWrite *write, const ShareToken *old,
					 const ShareToken *stored, TimestampTz now, bool *by_time)
{
	ShareToken	settled = *stored;
	ShareToken	present = *old;
	int			action;

	*by_time = lapse_apply(&present, now) && share_token_same(&present, stored);
	if (*by_time)
		return present.status == TOKEN_EXPIRED ? TOKEN_EXPIRE : TOKEN_FAIL;
	/* Expiring it has brought this forward. */
	if (stored->status != old->status && stored->status == TOKEN_EXPIRED)
		settled.expires_at = old->expires_at;
	action = change_settle_update(write, old, &settled, now, by_time);
	change_require_same(&settled, stored);
	return action;
}
