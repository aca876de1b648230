/*
 * rules_test.c
 *		The rule table: what stands in it, and what its look-ups answer to
 *		every question that can be asked.
 */
#include "postgres.h"

#include <check.h>

#include "connection/rules.h"
#include "unit.h"

#define ALL_STATES(s) (int s = CONNECTION_NONE; s <= CONNECTION_INACTIVE; s++)
#define ALL_ACTIONS(a) (int a = ACTION_NONE; a <= ACTION_WIDEN; a++)

/*
 * The table of the contract once more, written by hand.  The states 0 to 3 are
 * none, pending, active and inactive.
 */
#define NO (-1)
static const struct
{
	int			action;
	int			source[4];		/* the state that follows each state, for the
								 * source */
	int			destination[4];
}			expected[] = {
	{ACTION_NONE, {NO, NO, NO, NO}, {NO, NO, NO, NO}},
	{ACTION_CREATE, {CONNECTION_PENDING, NO, NO, NO}, {NO, NO, NO, NO}},
	{ACTION_ACTIVATE, {NO, NO, NO, NO}, {NO, CONNECTION_ACTIVE, NO, NO}},
	{ACTION_DEACTIVATE, {NO, CONNECTION_INACTIVE, CONNECTION_INACTIVE, NO},
	{NO, CONNECTION_INACTIVE, CONNECTION_INACTIVE, NO}},
	/* neither of the two ends a Connection so: time does */
	{ACTION_EXPIRE, {NO, NO, NO, NO}, {NO, NO, NO, NO}},
	{ACTION_REACTIVATE, {NO, NO, NO, CONNECTION_PENDING}, {NO, NO, NO, NO}},
	{ACTION_UPDATE, {
		NO, CONNECTION_PENDING, CONNECTION_ACTIVE, CONNECTION_INACTIVE
	}, {NO, NO, NO, NO}},
	{ACTION_WIDEN, {
		NO, CONNECTION_PENDING, CONNECTION_PENDING, CONNECTION_INACTIVE
	}, {NO, NO, NO, NO}},
};

START_TEST(table_has_fifteen_rules_of_one_party_each)
{
	ck_assert_int_eq(connection_life.nrules, 15);
	for (int i = 0; i < connection_life.nrules; i++)
	{
		const Rule *rule = &connection_life.rules[i];

		ck_assert(rule->party == PARTY_SOURCE ||
				  rule->party == PARTY_DESTINATION ||
				  rule->party == PARTY_TIME);
		ck_assert_int_eq(rule->party == PARTY_TIME,
						 rule->action == ACTION_EXPIRE);
		ck_assert_int_ne(rule->to, CONNECTION_NONE);
		ck_assert_int_eq(rule->from == CONNECTION_NONE,
						 rule->action == ACTION_CREATE);
	}
}
END_TEST

START_TEST(table_has_no_rule_twice)
{
	for (int i = 0; i < connection_life.nrules; i++)
	{
		for (int j = i + 1; j < connection_life.nrules; j++)
		{
			const Rule *a = &connection_life.rules[i];
			const Rule *b = &connection_life.rules[j];

			ck_assert(a->action != b->action || a->from != b->from ||
					  a->party != b->party);
		}
	}
}
END_TEST

START_TEST(table_counts_rules_by_action)
{
	static const int counts[] = {
		[ACTION_NONE] = 0,
		[ACTION_CREATE] = 1,
		[ACTION_ACTIVATE] = 1,
		[ACTION_DEACTIVATE] = 4,
		[ACTION_EXPIRE] = 2,
		[ACTION_REACTIVATE] = 1,
		[ACTION_UPDATE] = 3,
		[ACTION_WIDEN] = 3,
	};

	for ALL_ACTIONS(action)
	{
		int			count = 0;

		for (int i = 0; i < connection_life.nrules; i++)
			count += connection_life.rules[i].action == action;
		ck_assert_int_eq(count, counts[action]);
	}
}
END_TEST

/* Returns what the hand-written table says of one party; NO means refused. */
static int
expected_state(int action, int from, Parties party)
{
	for (int i = 0; i < (int) lengthof(expected); i++)
	{
		if (expected[i].action == action)
			return party == PARTY_SOURCE ?
				expected[i].source[from] : expected[i].destination[from];
	}
	ck_abort_msg("action %d is missing above", action);
}

START_TEST(find_agrees_with_the_contract_for_one_party)
{
	for ALL_ACTIONS(action)
	{
		for ALL_STATES(from)
		{
			for (Parties party = PARTY_SOURCE;
				 party <= PARTY_DESTINATION; party++)
			{
				const Rule *rule = rules_find(&connection_life, action, from,
											  party);

				ck_assert_int_eq(rule == NULL ? NO : (int) rule->to,
								 expected_state(action, from, party));
			}
		}
	}
}
END_TEST

START_TEST(find_gives_both_what_either_has)
{
	for ALL_ACTIONS(action)
	{
		for ALL_STATES(from)
		{
			int			source = expected_state(action, from, PARTY_SOURCE);
			int			either = source != NO ?
				source : expected_state(action, from, PARTY_DESTINATION);
			const Rule *rule = rules_find(&connection_life, action, from,
										  PARTY_BOTH);

			ck_assert_int_eq(rule == NULL ? NO : (int) rule->to, either);
		}
	}
}
END_TEST

START_TEST(time_ends_what_is_open)
{
	for ALL_ACTIONS(action)
	{
		for ALL_STATES(from)
		{
			const Rule *rule = rules_find(&connection_life, action, from,
										  PARTY_TIME);
			bool		ends = action == ACTION_EXPIRE &&
				(from == CONNECTION_PENDING || from == CONNECTION_ACTIVE);

			ck_assert_int_eq(rule == NULL ? NO : rule->to,
							 ends ? CONNECTION_INACTIVE : NO);
		}
	}
}
END_TEST

START_TEST(find_gives_nothing_to_no_party)
{
	for ALL_ACTIONS(action)
	{
		for ALL_STATES(from)
			ck_assert_ptr_null(rules_find(&connection_life, action, from,
										  PARTY_NONE));
	}
}
END_TEST

START_TEST(has_part_is_finding_a_rule_in_some_state)
{
	for ALL_ACTIONS(action)
	{
		for (Parties parties = PARTY_NONE; parties <= PARTY_BOTH; parties++)
		{
			bool		some = false;

			for ALL_STATES(from)
			{
				some |= (parties & PARTY_SOURCE) &&
					expected_state(action, from, PARTY_SOURCE) != NO;
				some |= (parties & PARTY_DESTINATION) &&
					expected_state(action, from, PARTY_DESTINATION) != NO;
			}
			ck_assert_int_eq(rules_has_part(&connection_life, action, parties),
							 some);
		}
	}
}
END_TEST

/*
 * For each step from state to state: the action if nothing else changes, if the
 * name or the scopes change without a scope being added, and if a scope is
 * added.
 */
static const struct
{
	int			from;
	int			to;
	int			alone;
	int			with_rest;
	int			with_added;
}			steps[] = {
	{CONNECTION_PENDING, CONNECTION_PENDING, ACTION_NONE, ACTION_UPDATE,
		ACTION_WIDEN},
	{CONNECTION_PENDING, CONNECTION_ACTIVE, ACTION_ACTIVATE, ACTION_MIXED,
		ACTION_MIXED},
	{CONNECTION_PENDING, CONNECTION_INACTIVE, ACTION_DEACTIVATE, ACTION_MIXED,
		ACTION_MIXED},
	{CONNECTION_ACTIVE, CONNECTION_PENDING, ACTION_REACTIVATE, ACTION_MIXED,
		ACTION_WIDEN},
	{CONNECTION_ACTIVE, CONNECTION_ACTIVE, ACTION_NONE, ACTION_UPDATE,
		ACTION_WIDEN},
	{CONNECTION_ACTIVE, CONNECTION_INACTIVE, ACTION_DEACTIVATE, ACTION_MIXED,
		ACTION_MIXED},
	{CONNECTION_INACTIVE, CONNECTION_PENDING, ACTION_REACTIVATE, ACTION_MIXED,
		ACTION_MIXED},
	{CONNECTION_INACTIVE, CONNECTION_ACTIVE, ACTION_ACTIVATE, ACTION_MIXED,
		ACTION_MIXED},
	{CONNECTION_INACTIVE, CONNECTION_INACTIVE, ACTION_NONE, ACTION_UPDATE,
		ACTION_WIDEN},
};

START_TEST(classify_names_every_combination)
{
	for (int i = 0; i < (int) lengthof(steps); i++)
	{
		for (int changes = 0;
			 changes <= (CHANGE_DETAILS | CHANGE_WIDER); changes++)
		{
			int			action = changes == 0 ? steps[i].alone :
				changes & CHANGE_WIDER ? steps[i].with_added :
				steps[i].with_rest;
			int			given = rules_classify(&connection_life, steps[i].from,
											   steps[i].to, changes);

			ck_assert_msg(given == action,
						  "from %d to %d with %d is %d, not %d", steps[i].from,
						  steps[i].to, changes, given, action);
		}
	}
}
END_TEST

/*
 * What documents offer.  The actions come in the order of their labels, update
 * stands for widen too, and create is never offered.
 */
START_TEST(offered_is_what_the_rules_allow)
{
	static const int offered_as[] = {
		[ACTION_ACTIVATE] = ACTION_ACTIVATE,
		[ACTION_CREATE] = ACTION_NONE,
		[ACTION_DEACTIVATE] = ACTION_DEACTIVATE,
		[ACTION_EXPIRE] = ACTION_NONE,
		[ACTION_REACTIVATE] = ACTION_REACTIVATE,
		[ACTION_UPDATE] = ACTION_UPDATE,
		[ACTION_WIDEN] = ACTION_UPDATE,
	};

	for ALL_STATES(from)
	{
		for (Parties parties = PARTY_NONE; parties <= PARTY_BOTH; parties++)
		{
			int			offered = 0;

			for (int action = ACTION_ACTIVATE; action <= ACTION_WIDEN; action++)
			{
				if (offered_as[action] != ACTION_NONE &&
					rules_find(&connection_life, action, from, parties) != NULL)
					offered |= 1 << offered_as[action];
			}
			ck_assert_int_eq(rules_offered(&connection_life, from, parties),
							 offered);
		}
	}
}
END_TEST

START_TEST(actions_are_in_the_order_of_their_labels)
{
	for (int action = ACTION_ACTIVATE; action < ACTION_WIDEN; action++)
		ck_assert_int_lt(strcmp(rules_action_label(&connection_life, action),
								rules_action_label(&connection_life,
												   action + 1)),
						 0);
}
END_TEST

Suite *
rules_suite(void)
{
	Suite	   *suite = suite_create("rules");
	TCase	   *table = tcase_create("table");
	TCase	   *lookups = tcase_create("lookups");

	tcase_add_test(table, table_has_fifteen_rules_of_one_party_each);
	tcase_add_test(table, table_has_no_rule_twice);
	tcase_add_test(table, table_counts_rules_by_action);
	suite_add_tcase(suite, table);
	tcase_add_test(lookups, find_agrees_with_the_contract_for_one_party);
	tcase_add_test(lookups, find_gives_both_what_either_has);
	tcase_add_test(lookups, time_ends_what_is_open);
	tcase_add_test(lookups, find_gives_nothing_to_no_party);
	tcase_add_test(lookups, has_part_is_finding_a_rule_in_some_state);
	tcase_add_test(lookups, classify_names_every_combination);
	tcase_add_test(lookups, offered_is_what_the_rules_allow);
	tcase_add_test(lookups, actions_are_in_the_order_of_their_labels);
	suite_add_tcase(suite, lookups);
	return suite;
}
