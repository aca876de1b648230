/*
 * lapse.c
 *		Share tokens that end by themselves.
 *
 * Time decides, and nobody has to run anything: from expires_at on a token that
 * nobody has redeemed is expired, and one that the application leaves pending
 * for a day has failed, whatever the row still says.  The row says so too from
 * its next write on, with the times at which that happened.
 */
#include "postgres.h"

#include "connection/terms.h"
#include "share_token/lapse.h"
#include "utils/builtins.h"

#define LAPSED_REASON "unrecoverable_error"

/* May time still end a token in this state of its row? */
bool
lapse_is_open(int status)
{
	return status == TOKEN_CREATED || status == TOKEN_PENDING;
}

/*
 * Returns the time at which a token ends by itself, or TERM_NEVER.  A row that
 * was imported may be pending since nobody knows when, or since a time that no
 * day follows.
 */
TimestampTz
lapse_end(const ShareToken *token)
{
	if (token->status == TOKEN_CREATED)
		return token->expires_at;
	if (token->status != TOKEN_PENDING ||
		TIMESTAMP_NOT_FINITE(token->pending_at) ||
		!IS_VALID_TIMESTAMP(token->pending_at + PENDING_LIMIT))
		return TERM_NEVER;
	return token->pending_at + PENDING_LIMIT;
}

/*
 * Makes a token what it is at this time.  Returns whether its time has passed
 * since the row was written.
 */
bool
lapse_apply(ShareToken *token, TimestampTz now)
{
	TimestampTz end = lapse_end(token);

	if (end > now)
		return false;
	if (token->status == TOKEN_CREATED)
		token->status = TOKEN_EXPIRED;
	else
	{
		token->status = TOKEN_FAILED;
		token->failure_reason = cstring_to_text(LAPSED_REASON);
		token->failed_at = end;
	}
	token->updated_at = Max(end, token->updated_at + 1);
	return true;
}

/*
 * Returns what else is true in SQL of a row "c" that is in a state at the time
 * $5, or NULL.  Where *same is set, the row says that it is in that state.
 */
const char *
lapse_condition(int status, bool *same)
{
	*same = true;
	if (lapse_is_open(status))
		return LAPSE_END_SQL " OPERATOR(pg_catalog.>) $5";
	if (status != TOKEN_EXPIRED && status != TOKEN_FAILED)
		return NULL;
	*same = false;
	return status == TOKEN_EXPIRED ?
		"(c.status OPERATOR(pg_catalog.=) 'expired'"
		" OR (c.status OPERATOR(pg_catalog.=) 'created'"
		" AND " LAPSE_END_SQL " OPERATOR(pg_catalog.<=) $5))" :
		"(c.status OPERATOR(pg_catalog.=) 'failed'"
		" OR (c.status OPERATOR(pg_catalog.=) 'pending'"
		" AND " LAPSE_END_SQL " OPERATOR(pg_catalog.<=) $5))";
}

/* An UPDATE that sets nothing lets the guard record what time has done. */
static StoreQuery record_due =
TERMS_RECORD_DUE("open_share_token", "share_token",
				 LAPSE_END_SQL " OPERATOR(pg_catalog.<=) $1");

/*
 * Records, as the store's owner, that the time of at most so many tokens has
 * passed.  Returns how many were recorded.
 */
static uint64
record_passed(uint64 max_rows)
{
	const Principal owner = {.kind = PRINCIPAL_OWNER};
	const ShareTokenWrite write = {.principal = &owner};

	return terms_record_due(&record_due, max_rows, &share_token_table, &write);
}

/* Lets expire_due() do that; called once, at load. */
void
lapse_init(void)
{
	terms_register_due(record_passed);
}
