/*
 * rules.c
 *		THE rule table: who may take a Connection from which state to which.
 *
 * There is no other.  Functions and triggers ask it, transition_rules() shows
 * it, and documents derive their allowed actions from it.  This needs no
 * backend.
 */
#include "postgres.h"

#include "connection/rules.h"

const char *const connection_states[CONNECTION_STATES] = {
	[CONNECTION_NONE] = NULL,
	[CONNECTION_PENDING] = "pending",
	[CONNECTION_ACTIVE] = "active",
	[CONNECTION_INACTIVE] = "inactive",
};

/* Whoever may update may widen too, and documents offer both as one action. */
static const Action actions[] = {
	[ACTION_NONE] = {NULL, 0, ACTION_NONE},
	[ACTION_ACTIVATE] = ACTION("activate", ACTION_ACTIVATE),
	[ACTION_CREATE] = ACTION("create", ACTION_NONE),
	[ACTION_DEACTIVATE] = ACTION("deactivate", ACTION_DEACTIVATE),
	[ACTION_EXPIRE] = ACTION("expire", ACTION_NONE),
	[ACTION_REACTIVATE] = ACTION("reactivate", ACTION_REACTIVATE),
	[ACTION_UPDATE] = ACTION("update", ACTION_UPDATE),
	[ACTION_WIDEN] = ACTION("widen", ACTION_UPDATE),
};

static const Rule rules[] = {
	{ACTION_CREATE, CONNECTION_NONE, CONNECTION_PENDING, PARTY_SOURCE},

	{ACTION_ACTIVATE, CONNECTION_PENDING, CONNECTION_ACTIVE, PARTY_DESTINATION},

	{ACTION_DEACTIVATE, CONNECTION_PENDING, CONNECTION_INACTIVE, PARTY_SOURCE},
	{ACTION_DEACTIVATE, CONNECTION_PENDING, CONNECTION_INACTIVE,
		PARTY_DESTINATION},
	{ACTION_DEACTIVATE, CONNECTION_ACTIVE, CONNECTION_INACTIVE, PARTY_SOURCE},
	{ACTION_DEACTIVATE, CONNECTION_ACTIVE, CONNECTION_INACTIVE,
		PARTY_DESTINATION},

	{ACTION_REACTIVATE, CONNECTION_INACTIVE, CONNECTION_PENDING, PARTY_SOURCE},

	/* The name changes, or scopes are only removed. */
	{ACTION_UPDATE, CONNECTION_PENDING, CONNECTION_PENDING, PARTY_SOURCE},
	{ACTION_UPDATE, CONNECTION_ACTIVE, CONNECTION_ACTIVE, PARTY_SOURCE},
	{ACTION_UPDATE, CONNECTION_INACTIVE, CONNECTION_INACTIVE, PARTY_SOURCE},

	/*
	 * A scope is added, so the destination of an active Connection must
	 * consent anew.
	 */
	{ACTION_WIDEN, CONNECTION_PENDING, CONNECTION_PENDING, PARTY_SOURCE},
	{ACTION_WIDEN, CONNECTION_ACTIVE, CONNECTION_PENDING, PARTY_SOURCE},
	{ACTION_WIDEN, CONNECTION_INACTIVE, CONNECTION_INACTIVE, PARTY_SOURCE},

	/* A term has passed: see terms.c. */
	{ACTION_EXPIRE, CONNECTION_PENDING, CONNECTION_INACTIVE, PARTY_TIME},
	{ACTION_EXPIRE, CONNECTION_ACTIVE, CONNECTION_INACTIVE, PARTY_TIME},
};

/*
 * A change of the status is named after the state that it leads to, from
 * wherever it comes.  The rules tell whether it is allowed from there.
 */
static const Classification changes[] = {
	{STATE_ANY, STATE_SAME, 0, 0, ACTION_NONE},
	{STATE_ANY, STATE_SAME, CHANGE_WIDER, CHANGE_DETAILS | CHANGE_TERMS,
		ACTION_WIDEN},
	{STATE_ANY, STATE_SAME, 0, CHANGE_DETAILS | CHANGE_TERMS, ACTION_UPDATE},
	{CONNECTION_ACTIVE, CONNECTION_PENDING, CHANGE_WIDER,
		CHANGE_DETAILS | CHANGE_TERMS, ACTION_WIDEN},
	{STATE_ANY, CONNECTION_ACTIVE, 0, 0, ACTION_ACTIVATE},
	{STATE_ANY, CONNECTION_INACTIVE, 0, 0, ACTION_DEACTIVATE},
	/* an offer that is made again may have other terms */
	{STATE_ANY, CONNECTION_PENDING, 0, CHANGE_TERMS, ACTION_REACTIVATE},
};

const LifeCycle connection_life = {
	.states = connection_states,
	.nstates = CONNECTION_STATES,
	.actions = actions,
	.nactions = lengthof(actions),
	.rules = rules,
	.nrules = lengthof(rules),
	.changes = changes,
	.nchanges = lengthof(changes),
};
