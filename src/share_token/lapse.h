/*
 * lapse.h
 *		Share tokens that end by themselves.
 */
#ifndef CONNECT_SHARE_TOKEN_LAPSE_H
#define CONNECT_SHARE_TOKEN_LAPSE_H

#include "share_token/rows.h"

/* How long the application may take to fulfil a token. */
#define PENDING_LIMIT USECS_PER_DAY
#define PENDING_LIMIT_SQL "'86400 s'::pg_catalog.interval"

/* Is row c open, as it was written: created or pending? */
#define LAPSE_IS_OPEN_SQL "c.status OPERATOR(pg_catalog.=)" \
	" ANY ('{created,pending}'::connect.share_token_status[])"

/*
 * When such a row ends by itself, as lapse_end() has it; null for other ones.
 * The time is the last one, less a day.
 */
#define LAPSE_END_SQL "CASE" \
	" WHEN c.status OPERATOR(pg_catalog.=) 'created' THEN c.expires_at" \
	" WHEN c.status OPERATOR(pg_catalog.=) 'pending' THEN" \
	" CASE WHEN pg_catalog.isfinite(c.pending_at)" \
	" AND c.pending_at OPERATOR(pg_catalog.<) '294276-12-31 00:00:00+00'" \
	" THEN c.pending_at OPERATOR(pg_catalog.+) " PENDING_LIMIT_SQL \
	" ELSE 'infinity' END END"

extern bool lapse_is_open(int status);
extern TimestampTz lapse_end(const ShareToken *token);
extern bool lapse_apply(ShareToken *token, TimestampTz now);
extern const char *lapse_condition(int status, bool *same);
extern void lapse_init(void);

#endif							/* CONNECT_SHARE_TOKEN_LAPSE_H */
