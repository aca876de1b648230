/*
 * lapse.h
 *		Share tokens that end by themselves.
 */
#ifndef CONNECT_SHARE_TOKEN_LAPSE_H
#define CONNECT_SHARE_TOKEN_LAPSE_H

#include "share_token/rows.h"

extern bool lapse_apply(ShareToken *token, TimestampTz now);
extern const char *lapse_condition(int status);
extern void lapse_init(void);

#endif							/* CONNECT_SHARE_TOKEN_LAPSE_H */
