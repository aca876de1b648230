/*
 * rows.h
 *		The rows of connect.share_token.
 */
#ifndef CONNECT_SHARE_TOKEN_ROWS_H
#define CONNECT_SHARE_TOKEN_ROWS_H

#include "identity/principal.h"
#include "share_token/rules.h"
#include "store/scan.h"

#define SHARE_TOKEN_COLUMNS(COLUMN, context) \
	COLUMN(context, TOKEN_ID, id, TEXT, NOT_NULL, "id") \
	COLUMN(context, TOKEN_CONNECTION_ID, connection_id, TEXT, NOT_NULL, \
		   "connection_id") \
	COLUMN(context, TOKEN_SOURCE, source, TEXT, NOT_NULL, \
		   "source_organization_id") \
	COLUMN(context, TOKEN_DESTINATION, destination, TEXT, NOT_NULL, \
		   "destination_organization_id") \
	COLUMN(context, TOKEN_KIND, kind, TEXT, NOT_NULL, "kind") \
	COLUMN(context, TOKEN_SOURCE_ID, source_id, TEXT, NOT_NULL, "source_id") \
	COLUMN(context, TOKEN_STATUS, status, STATE, NOT_NULL, "status") \
	COLUMN(context, TOKEN_EXPIRES_AT, expires_at, TIME, NOT_NULL, \
		   "expires_at") \
	COLUMN(context, TOKEN_REDEEM_MODE, redeem_mode, TEXT, NULLABLE, \
		   "redeem_mode") \
	COLUMN(context, TOKEN_DESTINATION_ID, destination_id, TEXT, NULLABLE, \
		   "destination_id") \
	COLUMN(context, TOKEN_FAILURE_REASON, failure_reason, TEXT, NULLABLE, \
		   "failure_reason") \
	COLUMN(context, TOKEN_CREATOR_ID, creator_id, TEXT, NULLABLE, \
		   "creator_id") \
	COLUMN(context, TOKEN_CREATOR_TYPE, creator_type, TEXT, NULLABLE, \
		   "creator_type") \
	COLUMN(context, TOKEN_PENDING_AT, pending_at, TIME, NULLABLE, \
		   "pending_at") \
	COLUMN(context, TOKEN_REDEEMED_AT, redeemed_at, TIME, NULLABLE, \
		   "redeemed_at") \
	COLUMN(context, TOKEN_FAILED_AT, failed_at, TIME, NULLABLE, "failed_at") \
	COLUMN(context, TOKEN_CREATED_AT, created_at, TIME, NOT_NULL, \
		   "created_at") \
	COLUMN(context, TOKEN_UPDATED_AT, updated_at, TIME, NOT_NULL, "updated_at")

enum
{
	SHARE_TOKEN_COLUMNS(STORE_COLUMN_NUMBER, )
	SHARE_TOKEN_NCOLUMNS
};

/*
 * One row of connect.share_token.  The members point into the tuple that it was
 * read from and live as long as that does; NULL stands for a null, and
 * DT_NOBEGIN for one among the times.
 */
typedef struct ShareToken
{
	SHARE_TOKEN_COLUMNS(STORE_COLUMN_MEMBER, )
} ShareToken;

/*
 * What a statement of ours that writes a share token means.  The guard asks
 * store_meaning() for it, because inside the statement the current role is the
 * store's owner and does not tell who acts.
 */
typedef struct ShareTokenWrite
{
	const Principal *principal;
	Parties		as;				/* what the principal is besides a party */
	ShareTokenAction action;
	bool		holds_connection;	/* by a lock, so that nobody ends it */
	bool		forgets;		/* takes the creator away, and nothing else */
	bool		at_once;		/* ends what the same call has begun */
	const Interval *expires_in; /* of a new token, or NULL */
	const char *reason;			/* or NULL */
	const char *request_id;		/* or NULL */
	struct ShareTokenSettled *settled;	/* where BEFORE tells AFTER */
} ShareTokenWrite;

/* What the BEFORE trigger has made of the one row of a statement of ours. */
typedef struct ShareTokenSettled
{
	MemoryContext context;		/* of what the row points to */
	ShareToken	row;
	int			action;
	bool		by_time;
	bool		made_id;		/* of a new row */
} ShareTokenSettled;

extern StoreTable share_token_table;
extern StoreKey share_token_by_id;

extern int	share_token_status(Datum value);
extern const char *share_token_status_label(int status);
extern Datum share_token_status_datum(int status);
extern bool share_token_same(const ShareToken *a, const ShareToken *b);
extern void share_token_copy(ShareToken *copy, const ShareToken *token);
extern void share_token_from_row(void *token, const StoreRow *from);
extern void share_token_from_row_by_now(void *token, const StoreRow *from);
extern bool share_token_insert(const ShareTokenWrite *write,
							   text *connection_id, text *source_id, text *kind,
							   ShareToken *result);
extern bool share_token_update(const ShareTokenWrite *write,
							   const ShareToken *old, int status,
							   text *destination_id, const char *failure_reason,
							   ShareToken *result);
extern bool share_kind_has_tokens(text *kind);
extern void share_token_forget_init(void);

#endif							/* CONNECT_SHARE_TOKEN_ROWS_H */
