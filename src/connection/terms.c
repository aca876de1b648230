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

/* Is this Connection inactive, and has one of its terms passed? */
bool
terms_ended(const Connection *connection, TimestampTz now)
{
	return terms_status(connection, now) == CONNECTION_INACTIVE &&
		Min(connection->respond_by, connection->expires_at) <= now;
}

/* Has row c ended at the time $5? */
#define ENDED_BY_NOW "(c.status OPERATOR(pg_catalog.=) 'inactive'" \
	" OR (" TERMS_END_SQL " OPERATOR(pg_catalog.<=) $5) IS TRUE)"

/*
 * Returns the condition in SQL on a row c of connect.connection that is in a
 * state at the time $5, and that ends before the time $6: either may be left
 * out.  The result is a constant, or NULL for no condition.
 */
const char *
terms_condition(const char *state, bool ends)
{
	static const char *const conditions[3][2] = {
		{NULL, "NOT "
			ENDED_BY_NOW " AND " TERMS_END_SQL " OPERATOR(pg_catalog.<) $6"},
		{"NOT " ENDED_BY_NOW,
		"NOT " ENDED_BY_NOW " AND " TERMS_END_SQL " OPERATOR(pg_catalog.<) $6"},
		{ENDED_BY_NOW, "false"}
	};
	bool		inactive = state != NULL &&
		strcmp(state, connection_status_label(CONNECTION_INACTIVE)) == 0;

	return conditions[state == NULL ? 0 : inactive ? 2 : 1][ends];
}

/* The year 10000 in UTC, for which documents have no words. */
#define TERM_TOO_LATE \
	((TimestampTz) (TOO_LATE_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY)
#define TOO_LATE_JDATE 5373485

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

/*
 * Is the status of a row one that somebody has set?  To a trigger an UPDATE
 * that leaves the status looks like one that sets it to what it was, so a
 * lapsed offer that is made again is known only from a function's word.
 */
static bool
status_was_set(const Connection *old, const Connection *new, int told)
{
	return new->status != old->status || told == ACTION_REACTIVATE;
}

/*
 * Before a change is judged, makes old what it is by now: a Connection whose
 * term has passed is inactive.  If nobody has set another status, new becomes
 * inactive with it.  told is the action that a function of ours means to take,
 * or ACTION_NONE.  Returns whether a term has passed.
 */
bool
terms_lapse(Connection *old, Connection *new, int told, TimestampTz now)
{
	if (!terms_have_passed(old, now))
		return false;
	if (!status_was_set(old, new, told))
		new->status = CONNECTION_INACTIVE;
	old->status = CONNECTION_INACTIVE;
	return true;
}

/* Does this action make an offer that the destination has yet to accept? */
bool
terms_offers_anew(int action, const Connection *old, const Connection *new)
{
	return new->status == CONNECTION_PENDING &&
		(action == ACTION_REACTIVATE ||
		 (action == ACTION_WIDEN && old->status != CONNECTION_PENDING));
}
