/*
 * rules.h
 *		The states of a share token, the actions on it, and its rules.
 */
#ifndef CONNECT_SHARE_TOKEN_RULES_H
#define CONNECT_SHARE_TOKEN_RULES_H

#include "resource/rules.h"

typedef enum ShareTokenStatus
{
	TOKEN_NONE = STATE_NONE,
	TOKEN_CREATED,
	TOKEN_PENDING,
	TOKEN_REDEEMED,
	TOKEN_EXPIRED,
	TOKEN_FAILED
} ShareTokenStatus;

/* The actions, in the order of their labels. */
typedef enum ShareTokenAction
{
	TOKEN_COMPLETE = ACTION_NONE + 1,
	TOKEN_CREATE,
	TOKEN_EXPIRE,
	TOKEN_FAIL,
	TOKEN_REDEEM
} ShareTokenAction;

/* What a change may do besides changing the status. */
#define TOKEN_CHANGE_DESTINATION	1	/* its copy gets a name */
#define TOKEN_CHANGE_REASON			2	/* of a failure */

#define TOKEN_STATES (TOKEN_FAILED + 1)

extern const char *const share_token_states[];
extern const LifeCycle share_token_life;

#endif							/* CONNECT_SHARE_TOKEN_RULES_H */
