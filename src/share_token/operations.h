/*
 * operations.h
 *		What can be done with share tokens: one function for each operation,
 *		for SQL and HTTP.
 *
 * All but the last two take a principal that principal_require() has passed.
 * They copy what they return into the current memory context.
 */
#ifndef CONNECT_SHARE_TOKEN_OPERATIONS_H
#define CONNECT_SHARE_TOKEN_OPERATIONS_H

#include "share_token/rows.h"
#include "utils/jsonb.h"

extern void token_create(const Principal *who, const char *request_id,
						 text *connection_id, text *source_id,
						 const Interval *expires_in, text *kind,
						 ShareToken *result);
extern void token_get(const Principal *who, text *id, ShareToken *result);
extern void token_expire(const Principal *who, const char *request_id, text *id,
						 text *reason, ShareToken *result);
extern void token_redeem(const Principal *who, const char *request_id, text *id,
						 text *destination_id, Jsonb *options,
						 ShareToken *result);
extern void token_require_application(Principal *who);
extern void token_complete(const Principal *who, text *id,
						   text *destination_id, ShareToken *result);
extern void token_fail(const Principal *who, text *id, text *reason,
					   ShareToken *result);

#endif							/* CONNECT_SHARE_TOKEN_OPERATIONS_H */
