/*
 * rows.h
 *		The rows of connect.connection.
 */
#ifndef CONNECT_CONNECTION_ROWS_H
#define CONNECT_CONNECTION_ROWS_H

#include "connection/rules.h"
#include "identity/principal.h"
#include "store/scan.h"

#define CONNECTION_COLUMNS(COLUMN, context) \
	COLUMN(context, CONNECTION_ID, id, TEXT, NOT_NULL, "id") \
	COLUMN(context, CONNECTION_SOURCE, source, TEXT, NOT_NULL, \
		   "source_organization_id") \
	COLUMN(context, CONNECTION_DESTINATION, destination, TEXT, NOT_NULL, \
		   "destination_organization_id") \
	COLUMN(context, CONNECTION_NAME, name, TEXT, NULLABLE, "name") \
	COLUMN(context, CONNECTION_STATUS, status, STATE, NOT_NULL, "status") \
	COLUMN(context, CONNECTION_SCOPES, scopes, TEXTS, NOT_NULL, "scopes") \
	COLUMN(context, CONNECTION_CREATOR_ID, creator_id, TEXT, NULLABLE, \
		   "creator_id") \
	COLUMN(context, CONNECTION_CREATOR_TYPE, creator_type, TEXT, NULLABLE, \
		   "creator_type") \
	COLUMN(context, CONNECTION_CREATED_AT, created_at, TIME, NOT_NULL, \
		   "created_at") \
	COLUMN(context, CONNECTION_UPDATED_AT, updated_at, TIME, NOT_NULL, \
		   "updated_at") \
	COLUMN(context, CONNECTION_RESPOND_BY, respond_by, TERM, \
		   NULLABLE | ADDED, "respond_by") \
	COLUMN(context, CONNECTION_EXPIRES_AT, expires_at, TERM, \
		   NULLABLE | ADDED, "expires_at")

enum
{
	CONNECTION_COLUMNS(STORE_COLUMN_NUMBER, )
};

/*
 * One row of connect.connection.  The members point into the tuple that it was
 * read from and live as long as that does; NULL stands for a null.
 */
typedef struct Connection
{
	CONNECTION_COLUMNS(STORE_COLUMN_MEMBER, )
} Connection;

/*
 * What a statement of ours that writes a Connection means.  The guard asks
 * store_meaning() for it, because inside the statement the current role is the
 * store's owner and does not tell who acts.
 */
typedef struct ConnectionWrite
{
	const Principal *principal;
	ConnectionAction action;
	bool		forgets;		/* takes the creator away, and nothing else */
	char	   *made_id;		/* where the guard leaves the id that it makes
								 * of a new row, or NULL */
	const char *reason;			/* or NULL */
	const char *request_id;		/* or NULL */
} ConnectionWrite;

extern StoreTable connection_table;
extern StoreKey connection_by_id;
extern StoreKey connection_by_pair;
extern StoreKey connection_by_destination;

extern int	connection_status(Datum value);
extern const char *connection_status_label(int status);
extern Datum connection_status_datum(int status);
extern void connection_from_row(void *connection, const StoreRow *from);
extern bool connection_find(text *id, Connection *connection);
extern void connection_lock(text *id);
extern bool connection_hold(text *id, Connection *connection);
extern bool connection_find_pair(text *source, text *destination,
								 Connection *connection);
extern bool connection_has_pair(text *source, text *destination);
extern bool connection_insert(const ConnectionWrite *write,
							  const Connection *offer, Connection *connection);
extern bool connection_update(const ConnectionWrite *write,
							  const Connection *old, const Connection *changed,
							  Connection *result);

#endif							/* CONNECT_CONNECTION_ROWS_H */
