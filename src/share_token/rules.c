/*
 * rules.c
 *		THE rule table of share tokens: who may take one from which state to
 *		which.
 *
 * There is no other.  Functions and triggers ask it, share_token_rules() shows
 * it, and documents derive their allowed actions from it.  This needs no
 * backend.
 */
#include "postgres.h"

#include "share_token/rules.h"

const char *const share_token_states[TOKEN_STATES] = {
	[TOKEN_NONE] = NULL,
	[TOKEN_CREATED] = "created",
	[TOKEN_PENDING] = "pending",
	[TOKEN_REDEEMED] = "redeemed",
	[TOKEN_EXPIRED] = "expired",
	[TOKEN_FAILED] = "failed",
};

/* What the application does is offered to no organization. */
static const Action actions[] = {
	[ACTION_NONE] = {NULL, 0, ACTION_NONE},
	[TOKEN_COMPLETE] = ACTION("complete", ACTION_NONE),
	[TOKEN_CREATE] = ACTION("create", ACTION_NONE),
	[TOKEN_EXPIRE] = ACTION("expire", TOKEN_EXPIRE),
	[TOKEN_FAIL] = ACTION("fail", ACTION_NONE),
	[TOKEN_REDEEM] = ACTION("redeem", TOKEN_REDEEM),
};

static const Rule rules[] = {
	{TOKEN_CREATE, TOKEN_NONE, TOKEN_CREATED, PARTY_SOURCE},

	{TOKEN_REDEEM, TOKEN_CREATED, TOKEN_PENDING, PARTY_DESTINATION},

	{TOKEN_COMPLETE, TOKEN_PENDING, TOKEN_REDEEMED, PARTY_APPLICATION},

	/* The application says why; a day later nobody has. */
	{TOKEN_FAIL, TOKEN_PENDING, TOKEN_FAILED, PARTY_APPLICATION},
	{TOKEN_FAIL, TOKEN_PENDING, TOKEN_FAILED, PARTY_TIME},

	{TOKEN_EXPIRE, TOKEN_CREATED, TOKEN_EXPIRED, PARTY_SOURCE},
	{TOKEN_EXPIRE, TOKEN_CREATED, TOKEN_EXPIRED, PARTY_DESTINATION},
	{TOKEN_EXPIRE, TOKEN_CREATED, TOKEN_EXPIRED, PARTY_TIME},
};

/*
 * A change is named after the state that it leads to, from wherever it comes.
 * The rules tell whether it is allowed from there.
 */
static const Classification changes[] = {
	{STATE_ANY, STATE_SAME, 0, 0, ACTION_NONE},
	{STATE_ANY, TOKEN_PENDING, 0, TOKEN_CHANGE_DESTINATION, TOKEN_REDEEM},
	{STATE_ANY, TOKEN_REDEEMED, 0, TOKEN_CHANGE_DESTINATION, TOKEN_COMPLETE},
	{STATE_ANY, TOKEN_FAILED, TOKEN_CHANGE_REASON, 0, TOKEN_FAIL},
	{STATE_ANY, TOKEN_EXPIRED, 0, 0, TOKEN_EXPIRE},
};

const LifeCycle share_token_life = {
	.states = share_token_states,
	.nstates = TOKEN_STATES,
	.actions = actions,
	.nactions = lengthof(actions),
	.rules = rules,
	.nrules = lengthof(rules),
	.changes = changes,
	.nchanges = lengthof(changes),
};
