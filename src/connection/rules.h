/*
 * rules.h
 *		The states of a Connection, the actions on it, and its rules.
 */
#ifndef CONNECT_CONNECTION_RULES_H
#define CONNECT_CONNECTION_RULES_H

#include "resource/rules.h"

typedef enum ConnectionStatus
{
	CONNECTION_NONE = STATE_NONE,
	CONNECTION_PENDING,
	CONNECTION_ACTIVE,
	CONNECTION_INACTIVE
} ConnectionStatus;

/* The actions, in the order of their labels. */
typedef enum ConnectionAction
{
	ACTION_ACTIVATE = ACTION_NONE + 1,
	ACTION_CREATE,
	ACTION_DEACTIVATE,
	ACTION_EXPIRE,
	ACTION_REACTIVATE,
	ACTION_UPDATE,
	ACTION_WIDEN
} ConnectionAction;

/* What a change may do besides changing the status. */
#define CHANGE_DETAILS	1		/* the name changes, or scopes are removed */
#define CHANGE_WIDER	2		/* scopes are added */
#define CHANGE_TERMS	4		/* respond_by or expires_at changes */

#define CONNECTION_STATES (CONNECTION_INACTIVE + 1)

extern const char *const connection_states[];
extern const LifeCycle connection_life;

#endif							/* CONNECT_CONNECTION_RULES_H */
