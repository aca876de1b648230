/*
 * rules.h
 *		Life cycles: who may take a row from which state to which, and what
 *		a change of a row is called.
 *
 * The engine knows no resource, since each has a LifeCycle of its own.  It
 * needs no backend, so the unit tests link it alone.
 */
#ifndef CONNECT_RESOURCE_RULES_H
#define CONNECT_RESOURCE_RULES_H

/* Parties are a set: one organization may be both. */
typedef int Parties;
#define PARTY_NONE			0
#define PARTY_SOURCE		1
#define PARTY_DESTINATION	2
#define PARTY_TIME			4	/* nobody: a term has passed */
#define PARTY_BOTH			(PARTY_SOURCE | PARTY_DESTINATION)
#define PARTY_APPLICATION	8	/* whoever does the work for both */

/* Numbers that mean the same in every life cycle. */
#define STATE_NONE			0	/* there is no row yet; NULL in SQL */
#define STATE_ANY			(-1)
#define STATE_SAME			(-2)
#define ACTION_NONE			0	/* nothing that the rules know has changed */
#define ACTION_MIXED		(-1)	/* no action does all this at once */

/* Who may take an action from a state, and where it leads. */
typedef struct Rule
{
	int			action;
	int			from;
	int			to;
	Parties		party;			/* exactly one */
} Rule;

/*
 * What a change is called.  The first Classification that fits the change
 * tells.  One fits if the row goes from this state to that one, if all of the
 * required changes were made, and if no other ones were made than the required
 * and the allowed ones.  A change that none fits has no name.
 */
typedef struct Classification
{
	int			from;			/* or STATE_ANY */
	int			to;				/* or STATE_SAME */
	int			required;		/* bits, the resource's own */
	int			allowed;
	int			action;
} Classification;

#define ACTION(label, offered_as) {label, sizeof(label) - 1, offered_as}

typedef struct Action
{
	const char *label;
	int			len;
	int			offered_as;		/* what documents call it; ACTION_NONE: never */
} Action;

/*
 * Actions are numbered in the order of their labels, which is the order in
 * which documents offer them.
 */
typedef struct LifeCycle
{
	const char *const *states;
	int			nstates;
	const Action *actions;
	int			nactions;
	const Rule *rules;
	int			nrules;
	const Classification *changes;
	int			nchanges;
} LifeCycle;

extern const char *rules_state_label(const LifeCycle *life, int state);
extern int	rules_state_parse(const LifeCycle *life, const char *label,
							  int len);
extern const char *rules_action_label(const LifeCycle *life, int action);
extern const char *rules_party_label(Parties party);
extern const Rule *rules_find(const LifeCycle *life, int action, int from,
							  Parties parties);
extern bool rules_has_part(const LifeCycle *life, int action, Parties parties);
extern int	rules_offered(const LifeCycle *life, int from, Parties parties);
extern int	rules_classify(const LifeCycle *life, int from, int to,
						   int changes);

#endif							/* CONNECT_RESOURCE_RULES_H */
