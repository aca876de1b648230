/*
 * operations.h
 *		What an organization can do: one function an operation, for SQL and HTTP.
 *
 * All take a principal that principal_require() has passed, and copy what they
 * return into the current memory context.
 */
#ifndef CONNECT_CONNECTION_OPERATIONS_H
#define CONNECT_CONNECTION_OPERATIONS_H

#include "identity/principal.h"
#include "store/store.h"

#define PAGE_SIZE_DEFAULT 10
#define PAGE_SIZE_MAX 100

/* What a list is asked for; everything but page_size may be NULL. */
typedef struct ListRequest
{
	ConnectionStatus status;	/* CONNECTION_NONE for any */
	text	   *direction;
	text	   *source;
	text	   *destination;
	text	   *connection_id;	/* events: of this Connection only */
	int			page_size;
	text	   *after;
	text	   *before;
} ListRequest;

extern void operation_create(const Principal *who, const char *request_id, text *destination,
							 text *name, ArrayType *scopes, Connection *result);
extern void operation_transition(const Principal *who, const char *request_id,
								 ConnectionAction action, text *id, text *reason,
								 ArrayType *scopes, Connection *result);
extern void operation_update(const Principal *who, const char *request_id, text *id,
							 text *name, ArrayType *scopes, Connection *result);
extern void operation_check(const Principal *who, ConnectionAction action, text *id);
extern void operation_get_organization(const Principal *who, StoreRow *result);
extern void operation_get(const Principal *who, text *id, Connection *result);
extern ListPage operation_list_connections(const Principal *who, const ListRequest *request);
extern ListPage operation_list_events(const Principal *who, const ListRequest *request);

#endif							/* CONNECT_CONNECTION_OPERATIONS_H */
