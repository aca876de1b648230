/*
 * lapse.h
 *		Share tokens that end by themselves.
 */
#ifndef CONNECT_SHARE_TOKEN_LAPSE_H
#define CONNECT_SHARE_TOKEN_LAPSE_H

#include "share_token/rows.h"

extern TimestampTz lapse_reading_clock(void);
extern bool lapse_apply(ShareToken *token, TimestampTz now);
extern const char *lapse_condition(int status);
extern uint64 lapse_record_due(uint64 max_rows);

#endif							/* CONNECT_SHARE_TOKEN_LAPSE_H */
