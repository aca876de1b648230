/*
 * connection.c
 *		The words for states, actions and parties, as SQL and documents show them.
 *
 * Needs no backend: the unit tests link this file alone.
 */
#include "postgres.h"

#include "connection/connection.h"

static const char *const status_labels[] = {
	[CONNECTION_NONE] = NULL,
	[CONNECTION_PENDING] = "pending",
	[CONNECTION_ACTIVE] = "active",
	[CONNECTION_INACTIVE] = "inactive",
};

static const char *const action_labels[] = {
	[ACTION_NONE] = NULL,
	[ACTION_CREATE] = "create",
	[ACTION_ACTIVATE] = "activate",
	[ACTION_DEACTIVATE] = "deactivate",
	[ACTION_REACTIVATE] = "reactivate",
	[ACTION_UPDATE] = "update",
	[ACTION_WIDEN] = "widen",
	[ACTION_MIXED] = NULL,
};

/* Returns the label of a state, or NULL where there is no row. */
const char *
connection_status_label(ConnectionStatus status)
{
	return status_labels[status];
}

/* Returns the state that a label names, or CONNECTION_NONE. */
ConnectionStatus
connection_status_parse(const char *label)
{
	for (int i = CONNECTION_PENDING; i <= CONNECTION_INACTIVE; i++)
	{
		if (strcmp(status_labels[i], label) == 0)
			return (ConnectionStatus) i;
	}
	return CONNECTION_NONE;
}

/* Returns the label of an action, or NULL for what is none. */
const char *
connection_action_label(ConnectionAction action)
{
	return action_labels[action];
}

/* Returns the label of one party. */
const char *
connection_party_label(Parties party)
{
	return party == PARTY_SOURCE ? "source" : "destination";
}
