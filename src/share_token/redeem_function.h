/*
 * redeem_function.h
 *		The application's function that makes the destination's copy.
 */
#ifndef CONNECT_SHARE_TOKEN_REDEEM_FUNCTION_H
#define CONNECT_SHARE_TOKEN_REDEEM_FUNCTION_H

#include "share_token/kind.h"
#include "share_token/rows.h"
#include "utils/jsonb.h"

extern text *redeem_function_name(Oid function);
extern text *redeem_function_actor(const ShareKind *kind);
extern void redeem_function_check(const ShareKind *kind);
extern text *redeem_function_call(const ShareKind *kind,
								  const ShareToken *token, Jsonb *options);

#endif							/* CONNECT_SHARE_TOKEN_REDEEM_FUNCTION_H */
