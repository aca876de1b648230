/*
 * rules.c
 *		The questions that one may ask of a life cycle.
 *
 * Functions and triggers ask them, and documents derive from the answers what
 * they offer.  This needs no backend.
 */
#include "postgres.h"

#include "resource/rules.h"

/* Returns the label of a state, or NULL where there is no row. */
const char *
rules_state_label(const LifeCycle *life, int state)
{
	return life->states[state];
}

/* Returns the state that a label names, or STATE_NONE. */
int
rules_state_parse(const LifeCycle *life, const char *label, int len)
{
	for (int state = STATE_NONE + 1; state < life->nstates; state++)
	{
		if ((int) strlen(life->states[state]) == len &&
			memcmp(life->states[state], label, len) == 0)
			return state;
	}
	return STATE_NONE;
}

/* Returns the label of an action, or NULL if it has none. */
const char *
rules_action_label(const LifeCycle *life, int action)
{
	return action <= ACTION_NONE ? NULL : life->actions[action].label;
}

/* Returns the label of one party. */
const char *
rules_party_label(Parties party)
{
	switch (party)
	{
		case PARTY_SOURCE:
			return "source";
		case PARTY_DESTINATION:
			return "destination";
		case PARTY_TIME:
			return "time";
		case PARTY_APPLICATION:
			return "application";
		default:
			return NULL;
	}
}

/*
 * Returns the rule that lets one of these parties take this action from this
 * state, or NULL.
 */
const Rule *
rules_find(const LifeCycle *life, int action, int from, Parties parties)
{
	for (int i = 0; i < life->nrules; i++)
	{
		const Rule *rule = &life->rules[i];

		if (rule->action == action && rule->from == from &&
			(rule->party & parties) != 0)
			return rule;
	}
	return NULL;
}

/* May one of these parties ever take this action, in whatever state? */
bool
rules_has_part(const LifeCycle *life, int action, Parties parties)
{
	for (int i = 0; i < life->nrules; i++)
	{
		if (life->rules[i].action == action &&
			(life->rules[i].party & parties) != 0)
			return true;
	}
	return false;
}

/*
 * Returns which actions one of these parties may be offered in this state, as a
 * bit for each action's number.
 */
int
rules_offered(const LifeCycle *life, int from, Parties parties)
{
	int			offered = 0;

	for (int i = 0; i < life->nrules; i++)
	{
		const Rule *rule = &life->rules[i];

		if (rule->from == from && (rule->party & parties) != 0)
			offered |= 1 << life->actions[rule->action].offered_as;
	}
	return offered & ~(1 << ACTION_NONE);
}

/*
 * Returns the action that a change of an existing row amounts to, whether or
 * not it is allowed.  Returns ACTION_MIXED for a change that has no name.
 */
int
rules_classify(const LifeCycle *life, int from, int to, int changes)
{
	for (int i = 0; i < life->nchanges; i++)
	{
		const Classification *row = &life->changes[i];

		if ((row->from == STATE_ANY || row->from == from) &&
			(row->to == STATE_SAME ? from == to : row->to == to) &&
			(changes & row->required) == row->required &&
			(changes & ~(row->required | row->allowed)) == 0)
			return row->action;
	}
	return ACTION_MIXED;
}
