/*
 * terms.h
 *		Offers that lapse, and sharing that ends by itself.
 */
#ifndef CONNECT_CONNECTION_TERMS_H
#define CONNECT_CONNECTION_TERMS_H

#include "connection/rows.h"
#include "store/statement.h"

/* A term that never passes; null in the table. */
#define TERM_NEVER DT_NOEND

/*
 * Returns the time at which a Connection in this state ends by itself, or
 * TERM_NEVER.  A pending one has two terms, of which the first counts.
 */
static inline TimestampTz
terms_end(int status, TimestampTz respond_by, TimestampTz expires_at)
{
	switch (status)
	{
		case CONNECTION_PENDING:
			return Min(respond_by, expires_at);
		case CONNECTION_ACTIVE:
			return expires_at;
		default:
			return TERM_NEVER;
	}
}

/*
 * The same in SQL, of a row c that is not inactive; null is TERM_NEVER.  LEAST
 * passes nulls by.
 */
#define TERMS_END_SQL "LEAST(c.expires_at, CASE WHEN c.status" \
	" OPERATOR(pg_catalog.=) 'pending' THEN c.respond_by END)"

/* The same, and for an inactive one the time at which it would have ended. */
static inline TimestampTz
terms_end_or_ended(int status, TimestampTz respond_by, TimestampTz expires_at)
{
	return status == CONNECTION_INACTIVE ? Min(respond_by, expires_at) :
		terms_end(status, respond_by, expires_at);
}

/*
 * Says of at most $2 rows that have ended at the time $1 that they have: any
 * write to a row does.  Which they are a narrow table tells, and is_due once
 * more of row c.  Those that others hold are passed by, and do not count.  So
 * this never waits for a row, and no order of locking can make a deadlock.
 *
 * LATERAL lets each row be looked up by its id, in the order of the narrow
 * table's index and until there are enough: a join of both tables would often
 * seem cheaper to the planner, and read all that there is.
 */
#define TERMS_RECORD_DUE(narrow, table, is_due) { \
	"WITH due AS MATERIALIZED (" \
	" SELECT c.id FROM (SELECT o.id FROM connect." narrow " AS o" \
	" WHERE o.ends_at OPERATOR(pg_catalog.<=) $1" \
	" ORDER BY o.ends_at, o.id) AS o, LATERAL" \
	" (SELECT c.id FROM connect." table " AS c" \
	" WHERE c.id OPERATOR(pg_catalog.=) o.id AND " is_due \
	" FOR UPDATE SKIP LOCKED) AS c LIMIT $2)" \
	" UPDATE connect." table " AS c SET status = c.status" \
	" WHERE c.id OPERATOR(pg_catalog.=)" \
	" ANY (ARRAY(SELECT d.id FROM due AS d))", \
	.nargs = 2, \
	.types = {TIMESTAMPTZOID, INT8OID}, \
	.writes = true \
}

/*
 * Records, as the store's owner, what time has done to at most so many rows of
 * another table, and returns to how many.
 */
typedef uint64 (*RecordDue) (uint64 max_rows);

extern void terms_register_due(RecordDue record);
extern uint64 terms_record_due(StoreQuery *query, uint64 max_rows,
							   StoreTable *table, const void *meaning);
extern TimestampTz terms_reading_clock(void);
extern bool terms_have_passed(const Connection *connection, TimestampTz now);
extern bool terms_ended(const Connection *connection, TimestampTz now);
extern int	terms_status(const Connection *connection, TimestampTz now);
extern const char *terms_condition(const char *state, bool ends);
extern bool terms_lapse(Connection *old, Connection *new, int told,
						TimestampTz now);
extern bool terms_offers_anew(int action, const Connection *old,
							  const Connection *new);
extern void terms_check(const Connection *old, const Connection *changed,
						TimestampTz now);
extern void terms_clear_passed(const Connection *old, Connection *changed,
							   TimestampTz now);

#endif							/* CONNECT_CONNECTION_TERMS_H */
