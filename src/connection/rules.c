/*
 * rules.c
 *		THE rule table: who may take a Connection from which state to which.
 *
 * There is no other.  Functions and triggers ask it, transition_rules() shows
 * it, and documents derive their allowed actions from it.  Needs no backend.
 */
#include "postgres.h"

#include "connection/rules.h"

static const Rule rules[] = {
	{ACTION_CREATE, CONNECTION_NONE, CONNECTION_PENDING, PARTY_SOURCE},

	{ACTION_ACTIVATE, CONNECTION_PENDING, CONNECTION_ACTIVE, PARTY_DESTINATION},

	{ACTION_DEACTIVATE, CONNECTION_PENDING, CONNECTION_INACTIVE, PARTY_SOURCE},
	{ACTION_DEACTIVATE, CONNECTION_PENDING, CONNECTION_INACTIVE, PARTY_DESTINATION},
	{ACTION_DEACTIVATE, CONNECTION_ACTIVE, CONNECTION_INACTIVE, PARTY_SOURCE},
	{ACTION_DEACTIVATE, CONNECTION_ACTIVE, CONNECTION_INACTIVE, PARTY_DESTINATION},

	{ACTION_REACTIVATE, CONNECTION_INACTIVE, CONNECTION_PENDING, PARTY_SOURCE},

	/* update: the name changes and/or scopes are only removed */
	{ACTION_UPDATE, CONNECTION_PENDING, CONNECTION_PENDING, PARTY_SOURCE},
	{ACTION_UPDATE, CONNECTION_ACTIVE, CONNECTION_ACTIVE, PARTY_SOURCE},
	{ACTION_UPDATE, CONNECTION_INACTIVE, CONNECTION_INACTIVE, PARTY_SOURCE},

	/* widen: a scope is added, so an active one needs the destination's consent anew */
	{ACTION_WIDEN, CONNECTION_PENDING, CONNECTION_PENDING, PARTY_SOURCE},
	{ACTION_WIDEN, CONNECTION_ACTIVE, CONNECTION_PENDING, PARTY_SOURCE},
	{ACTION_WIDEN, CONNECTION_INACTIVE, CONNECTION_INACTIVE, PARTY_SOURCE},
};

/* Returns how many rules there are. */
int
rules_count(void)
{
	return lengthof(rules);
}

/* Returns rule number i, from 0. */
const Rule *
rules_get(int i)
{
	return &rules[i];
}

/* Returns the rule that lets one of these parties take this action from this state, or NULL. */
const Rule *
rules_find(ConnectionAction action, ConnectionStatus from, Parties parties)
{
	for (int i = 0; i < (int) lengthof(rules); i++)
	{
		if (rules[i].action == action && rules[i].from == from &&
			(rules[i].party & parties) != 0)
			return &rules[i];
	}
	return NULL;
}

/* Is this action ever one of these parties' to take, in whatever state? */
bool
rules_has_part(ConnectionAction action, Parties parties)
{
	for (int i = 0; i < (int) lengthof(rules); i++)
	{
		if (rules[i].action == action && (rules[i].party & parties) != 0)
			return true;
	}
	return false;
}

/* Returns the actions that one of these parties may take from this state: a bit for each, by its number. */
int
rules_actions(ConnectionStatus from, Parties parties)
{
	int			actions = 0;

	for (int i = 0; i < (int) lengthof(rules); i++)
	{
		if (rules[i].from == from && (rules[i].party & parties) != 0)
			actions |= 1 << rules[i].action;
	}
	return actions;
}

/*
 * Returns the action that a change of an existing row amounts to: what it is
 * called, not whether it is allowed.  A status change together with name or
 * scopes is ACTION_MIXED, except that of a widened active Connection.
 */
ConnectionAction
rules_classify(const RuleChange *change)
{
	bool		rest_changed = change->name_changed || change->scopes_added || change->scopes_removed;

	if (change->from == change->to)
	{
		if (change->scopes_added)
			return ACTION_WIDEN;
		return rest_changed ? ACTION_UPDATE : ACTION_NONE;
	}
	if (change->scopes_added &&
		change->from == CONNECTION_ACTIVE && change->to == CONNECTION_PENDING)
		return ACTION_WIDEN;
	if (rest_changed)
		return ACTION_MIXED;

	switch (change->to)
	{
		case CONNECTION_ACTIVE:
			return ACTION_ACTIVATE;
		case CONNECTION_INACTIVE:
			return ACTION_DEACTIVATE;
		default:
			return ACTION_REACTIVATE;
	}
}
