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

#include "catalog/pg_type.h"
#include "connection/terms.h"
#include "share_token/lapse.h"
#include "store/statement.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

/* How long the application may take to fulfil a token. */
#define PENDING_LIMIT USECS_PER_DAY
#define PENDING_LIMIT_SQL "'86400 s'::pg_catalog.interval"

#define LAPSED_REASON "unrecoverable_error"

/* What is true of rows whose time has passed at $5. */
#define EXPIRED_SQL \
	"(c.status OPERATOR(pg_catalog.=) 'created'" \
	" AND c.expires_at OPERATOR(pg_catalog.<=) $5)"
#define FAILED_SQL \
	"(c.status OPERATOR(pg_catalog.=) 'pending'" \
	" AND c.pending_at OPERATOR(pg_catalog.<=)" \
	" ($5 OPERATOR(pg_catalog.-) " PENDING_LIMIT_SQL "))"

/*
 * Makes a token what it is at this time.  Returns whether its time has passed
 * since the row was written.
 */
bool
lapse_apply(ShareToken *token, TimestampTz now)
{
	if (token->status == TOKEN_CREATED && token->expires_at <= now)
	{
		token->status = TOKEN_EXPIRED;
		token->updated_at = Max(token->expires_at, token->updated_at + 1);
		return true;
	}
	if (token->status == TOKEN_PENDING &&
		token->pending_at + PENDING_LIMIT <= now)
	{
		token->status = TOKEN_FAILED;
		token->failure_reason = cstring_to_text(LAPSED_REASON);
		token->failed_at = token->pending_at + PENDING_LIMIT;
		token->updated_at = Max(token->failed_at, token->updated_at + 1);
		return true;
	}
	return false;
}

/*
 * Returns what is true in SQL of a row "c" that is in a state at the time $5.
 */
const char *
lapse_condition(int status)
{
	switch (status)
	{
		case TOKEN_CREATED:
			return "c.status OPERATOR(pg_catalog.=) 'created'"
				" AND c.expires_at OPERATOR(pg_catalog.>) $5";
		case TOKEN_PENDING:
			return "c.status OPERATOR(pg_catalog.=) 'pending'"
				" AND c.pending_at OPERATOR(pg_catalog.>)"
				" ($5 OPERATOR(pg_catalog.-) " PENDING_LIMIT_SQL ")";
		case TOKEN_EXPIRED:
			return "(c.status OPERATOR(pg_catalog.=) 'expired'"
				" OR " EXPIRED_SQL ")";
		case TOKEN_FAILED:
			return "(c.status OPERATOR(pg_catalog.=) 'failed'"
				" OR " FAILED_SQL ")";
		default:
			return "c.status OPERATOR(pg_catalog.=) 'redeemed'";
	}
}

/* An UPDATE that sets nothing lets the guard record what time has done. */
static StoreQuery record_due = {
	"UPDATE connect.share_token AS t SET updated_at = t.updated_at"
	" FROM (SELECT c.id FROM connect.share_token AS c"
	" WHERE " EXPIRED_SQL " OR " FAILED_SQL
	" ORDER BY c.id LIMIT $1 FOR UPDATE SKIP LOCKED) AS due"
	" WHERE t.id OPERATOR(pg_catalog.=) due.id",
	5, {INT8OID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}, true
};

/*
 * Records, as the store's owner, that the time of at most so many tokens has
 * passed.  Rows that others hold are left for the next time.  Returns how many
 * were recorded.
 */
static uint64
record_passed(uint64 max_rows)
{
	const Principal owner = {.kind = PRINCIPAL_OWNER};
	const ShareTokenWrite write = {.principal = &owner};
	Datum		values[5] = {Int64GetDatum(max_rows)};
	uint64		count;

	values[4] = TimestampTzGetDatum(GetCurrentTimestamp());
	PushActiveSnapshot(GetTransactionSnapshot());
	count = store_query_marked(&record_due, values, " nnn ", &share_token_table,
							   &write).count;
	PopActiveSnapshot();
	return count;
}

/* Lets expire_due() do that; called once, at load. */
void
lapse_init(void)
{
	terms_register_due(record_passed);
}
