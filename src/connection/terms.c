/*
 * terms.c
 *		Offers that lapse, and sharing that ends by itself.
 *
 * Time decides, and nobody has to run anything: from respond_by on a pending
 * Connection is inactive, and from expires_at on a pending or an active one,
 * whatever the row still says.  The row says so too from its next write on.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/errors.h"
#include "connection/terms.h"
#include "utils/datetime.h"

/*
 * Returns the time by which what reads judges terms: the later of the starts of
 * the transaction and of the statement that the client sent.  The former alone
 * would let an idle transaction keep its access, and a clock that goes on would
 * change answers within a statement.
 */
TimestampTz
terms_reading_clock(void)
{
	return Max(GetCurrentTransactionStartTimestamp(),
			   GetCurrentStatementStartTimestamp());
}

/* Has a term of this Connection passed that ends it in the state of its row? */
bool
terms_have_passed(const Connection *connection, TimestampTz now)
{
	return terms_end(connection->status, connection->respond_by,
					 connection->expires_at) <= now;
}

/* Returns the state that a Connection is in at this time. */
int
terms_status(const Connection *connection, TimestampTz now)
{
	return terms_have_passed(connection, now) ?
		CONNECTION_INACTIVE : connection->status;
}

/* Raises parameter_invalid or term_past for a term that cannot be set now. */
static void
check_term(TimestampTz term, TimestampTz now, const char *field)
{
	if (term == TERM_NEVER)
		return;
	if (term == DT_NOBEGIN || !IS_VALID_TIMESTAMP(term) ||
		term >= TERM_TOO_LATE)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, field),
				 blame_argument(field),
				 errdetail("\"%s\" must be a time before the year 10000, or "
						   "infinity for none.", field)));
	if (term <= now)
		ereport(ERROR,
				(connect_error(ERROR_TERM_PAST),
				 blame_argument(field),
				 errdetail("\"%s\" is not later than now.", field)));
}

/*
 * Checks the terms that a change sets; those that it leaves may have passed.
 * old is NULL for a new row.
 */
void
terms_check(const Connection *old, const Connection *changed, TimestampTz now)
{
	if (old == NULL || old->respond_by != changed->respond_by)
		check_term(changed->respond_by, now, "respond_by");
	if (old == NULL || old->expires_at != changed->expires_at)
		check_term(changed->expires_at, now, "expires_at");
}

/*
 * Clears the terms that have passed and that a change leaves as they were: what
 * is offered anew would lapse at once.
 */
void
terms_clear_passed(const Connection *old, Connection *changed, TimestampTz now)
{
	if (changed->respond_by == old->respond_by && changed->respond_by <= now)
		changed->respond_by = TERM_NEVER;
	if (changed->expires_at == old->expires_at && changed->expires_at <= now)
		changed->expires_at = TERM_NEVER;
}
