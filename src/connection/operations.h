/*
 * operations.h
 *		What an organization can do with its Connections: one function for
 *		each operation, for SQL and HTTP.
 *
 * All of them take a principal that principal_require() has passed, and copy
 * what they return into the current memory context.
 */
#ifndef CONNECT_CONNECTION_OPERATIONS_H
#define CONNECT_CONNECTION_OPERATIONS_H

#include "connection/rows.h"
#include "resource/resource.h"

/*
 * What a caller says of the two terms: one that is not given stays as it is,
 * one of TERM_NEVER goes.
 */
typedef struct TermsGiven
{
	bool		has_respond_by;
	bool		has_expires_at;
	TimestampTz respond_by;
	TimestampTz expires_at;
} TermsGiven;

extern void connection_create(const Principal *who, const char *request_id,
							  text *destination, text *name, ArrayType *scopes,
							  const TermsGiven *terms, Connection *result);
extern void connection_transition(const Principal *who, const char *request_id,
								  ConnectionAction action, text *id,
								  text *reason, ArrayType *scopes,
								  const TermsGiven *terms, Connection *result);
extern void connection_change(const Principal *who, const char *request_id,
							  text *id, text *name, ArrayType *scopes,
							  const TermsGiven *terms, Connection *result);
extern void connection_check(const Principal *who, ConnectionAction action,
							 text *id);
extern void connection_get(const Principal *who, text *id, Connection *result);
extern ListPage connection_list_events(const Principal *who, text *id,
									   const text *subject_type,
									   const ListRequest *request);

#endif							/* CONNECT_CONNECTION_OPERATIONS_H */
