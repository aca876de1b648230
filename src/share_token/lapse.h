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

/* When such a row ends by itself; null for other ones. */
#define LAPSE_END_SQL "CASE" \
	" WHEN c.status OPERATOR(pg_catalog.=) 'created' THEN c.expires_at" \
	" WHEN c.status OPERATOR(pg_catalog.=) 'pending' THEN COALESCE(" \
	"c.pending_at OPERATOR(pg_catalog.+) " PENDING_LIMIT_SQL ", 'infinity') END"

extern bool lapse_is_open(int status);
extern TimestampTz lapse_end(const ShareToken *token);
extern bool lapse_apply(ShareToken *token, TimestampTz now);
extern const char *lapse_condition(int status, bool *same);
extern void lapse_init(void);

#endif							/* CONNECT_SHARE_TOKEN_LAPSE_H */
