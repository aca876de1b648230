/*
 * passage.h
 *		The Connection through which a share token goes: may it now?
 */
#ifndef CONNECT_SHARE_TOKEN_PASSAGE_H
#define CONNECT_SHARE_TOKEN_PASSAGE_H

#include "connection/rows.h"
#include "share_token/kind.h"
#include "share_token/rows.h"

extern void passage_find(const Principal *who, text *connection_id,
						 Connection *connection);
extern void passage_require_offer(const Connection *connection,
								  TimestampTz now);
extern void passage_require(const ShareToken *token, bool held,
							ShareKind *kind);
extern bool passage_is_open(const ShareToken *token);

#endif							/* CONNECT_SHARE_TOKEN_PASSAGE_H */
