/*
 * rules.h
 *		The rule table and the questions one may ask of it.
 */
#ifndef CONNECT_CONNECTION_RULES_H
#define CONNECT_CONNECTION_RULES_H

#include "connection/connection.h"

typedef struct Rule
{
	ConnectionAction action;
	ConnectionStatus from;
	ConnectionStatus to;
	Parties		party;			/* exactly one */
} Rule;

/* What a change does to the columns that rules speak of. */
typedef struct RuleChange
{
	ConnectionStatus from;
	ConnectionStatus to;
	bool		name_changed;
	bool		scopes_added;
	bool		scopes_removed;
} RuleChange;

extern int	rules_count(void);
extern const Rule *rules_get(int i);
extern const Rule *rules_find(ConnectionAction action, ConnectionStatus from, Parties parties);
extern bool rules_has_part(ConnectionAction action, Parties parties);
extern int	rules_actions(ConnectionStatus from, Parties parties);
extern ConnectionAction rules_classify(const RuleChange *change);

#endif							/* CONNECT_CONNECTION_RULES_H */
