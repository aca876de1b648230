/*
 * connection.h
 *		What a Connection is: its states, the actions on it, the parties to it,
 *		and the row as C sees it.
 */
#ifndef CONNECT_CONNECTION_CONNECTION_H
#define CONNECT_CONNECTION_CONNECTION_H

#include "datatype/timestamp.h"
#include "utils/array.h"

typedef enum ConnectionStatus
{
	CONNECTION_NONE,			/* there is no row yet; NULL in SQL */
	CONNECTION_PENDING,
	CONNECTION_ACTIVE,
	CONNECTION_INACTIVE
} ConnectionStatus;

typedef enum ConnectionAction
{
	ACTION_NONE,				/* nothing that the rules know has changed */
	ACTION_CREATE,
	ACTION_ACTIVATE,
	ACTION_DEACTIVATE,
	ACTION_REACTIVATE,
	ACTION_UPDATE,
	ACTION_WIDEN,
	ACTION_MIXED				/* several things at once that the rules forbid */
} ConnectionAction;

/* Parties are a set: a Connection to oneself makes one organization both. */
typedef int Parties;
#define PARTY_NONE			0
#define PARTY_SOURCE		1
#define PARTY_DESTINATION	2
#define PARTY_BOTH			(PARTY_SOURCE | PARTY_DESTINATION)

/*
 * One row of connect.connection.  The members point into the tuple it was read
 * from and live as long as that does; NULL stands for a null.
 */
typedef struct Connection
{
	text	   *id;
	text	   *source;
	text	   *destination;
	text	   *name;
	ConnectionStatus status;
	ArrayType  *scopes;
	text	   *creator_id;
	text	   *creator_type;
	TimestampTz created_at;
	TimestampTz updated_at;
} Connection;

/* One row of connect.event, on the same terms. */
typedef struct ConnectionEvent
{
	text	   *id;
	text	   *connection_id;
	text	   *source;
	text	   *destination;
	text	   *action;
	text	   *from_status;
	text	   *to_status;
	text	   *name;
	ArrayType  *scopes;
	text	   *actor_organization;
	text	   *actor_id;
	text	   *actor_type;
	text	   *reason;
	text	   *request_id;
	TimestampTz created_at;
} ConnectionEvent;

/* Are two texts the same bytes? */
static inline bool
text_equal(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* The same, where either may be NULL. */
static inline bool
text_same(const text *a, const text *b)
{
	return a == NULL || b == NULL ? a == b : text_equal(a, b);
}

extern const char *connection_status_label(ConnectionStatus status);
extern ConnectionStatus connection_status_parse(const char *label);
extern const char *connection_action_label(ConnectionAction action);
extern const char *connection_party_label(Parties party);

#endif							/* CONNECT_CONNECTION_CONNECTION_H */
