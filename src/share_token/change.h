/*
 * change.h
 *		May this principal make this change of a share token, and what is the
 *		row then?
 */
#ifndef CONNECT_SHARE_TOKEN_CHANGE_H
#define CONNECT_SHARE_TOKEN_CHANGE_H

#include "share_token/kind.h"
#include "share_token/rows.h"

/* The most characters of an id that a destination gives to its copy. */
#define DESTINATION_ID_MAX_CHARS 255

extern void change_require_part(const ShareTokenWrite *write,
								const ShareToken *token);
extern void change_require_state(const ShareTokenWrite *write,
								 const ShareToken *token);
extern void change_check_destination_id(const text *destination_id);
extern void change_check_failure_reason(const text *reason);
extern void change_settle_insert(const ShareTokenWrite *write,
								 ShareToken *token, TimestampTz now);
extern int	change_settle_update(const ShareTokenWrite *write,
								 const ShareToken *old, ShareToken *changed,
								 TimestampTz now, bool *by_time);
extern void change_require_same(const ShareToken *settled,
								const ShareToken *stored);
extern int	change_verify_update(const ShareTokenWrite *write,
								 const ShareToken *old,
								 const ShareToken *stored, TimestampTz now,
								 bool *by_time);

#endif							/* CONNECT_SHARE_TOKEN_CHANGE_H */
