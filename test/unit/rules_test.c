/*
 * rules_test.c
 *		The rule table: what stands in it, and what its lookups answer for every
 *		question that can be put.
 */
#include "postgres.h"

#include <check.h>

#include "connection/rules.h"
#include "unit.h"

#define ALL_STATES(s) (ConnectionStatus s = CONNECTION_NONE; s <= CONNECTION_INACTIVE; s++)
#define ALL_ACTIONS(a) (ConnectionAction a = ACTION_NONE; a <= ACTION_MIXED; a++)

/* The table of the contract once more, written by hand: states 0 to 3 are none, pending, active, inactive. */
#define NO (-1)
static const struct
{
	ConnectionAction action;
	int			source[4];		/* the state that follows each state, for the source */
	int			destination[4];
}			expected[] = {
	{ACTION_NONE, {NO, NO, NO, NO}, {NO, NO, NO, NO}},
	{ACTION_CREATE, {CONNECTION_PENDING, NO, NO, NO}, {NO, NO, NO, NO}},
	{ACTION_ACTIVATE, {NO, NO, NO, NO}, {NO, CONNECTION_ACTIVE, NO, NO}},
	{ACTION_DEACTIVATE, {NO, CONNECTION_INACTIVE, CONNECTION_INACTIVE, NO},
	{NO, CONNECTION_INACTIVE, CONNECTION_INACTIVE, NO}},
	{ACTION_REACTIVATE, {NO, NO, NO, CONNECTION_PENDING}, {NO, NO, NO, NO}},
	{ACTION_UPDATE, {NO, CONNECTION_PENDING, CONNECTION_ACTIVE, CONNECTION_INACTIVE}, {NO, NO, NO, NO}},
	{ACTION_WIDEN, {NO, CONNECTION_PENDING, CONNECTION_PENDING, CONNECTION_INACTIVE}, {NO, NO, NO, NO}},
	{ACTION_MIXED, {NO, NO, NO, NO}, {NO, NO, NO, NO}},
};

START_TEST(table_has_thirteen_rules_of_one_party_each)
{
	ck_assert_int_eq(rules_count(), 13);
	for (int i = 0; i < rules_count(); i++)
	{
		const Rule *rule = rules_get(i);

		ck_assert(rule->party == PARTY_SOURCE || rule->party == PARTY_DESTINATION);
		ck_assert_int_ne(rule->to, CONNECTION_NONE);
		ck_assert_int_eq(rule->from == CONNECTION_NONE, rule->action == ACTION_CREATE);
	}
}
END_TEST

START_TEST(table_has_no_rule_twice)
{
	for (int i = 0; i < rules_count(); i++)
	{
		for (int j = i + 1; j < rules_count(); j++)
		{
			const Rule *a = rules_get(i);
			const Rule *b = rules_get(j);

			ck_assert(a->action != b->action || a->from != b->from || a->party != b->party);
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
		[ACTION_REACTIVATE] = 1,
		[ACTION_UPDATE] = 3,
		[ACTION_WIDEN] = 3,
		[ACTION_MIXED] = 0,
	};

	for ALL_ACTIONS(action)
	{
		int			count = 0;

		for (int i = 0; i < rules_count(); i++)
			count += rules_get(i)->action == action;
		ck_assert_int_eq(count, counts[action]);
	}
}
END_TEST

/* Returns what the hand-written table says of one party, NO for refused. */
static int
expected_state(ConnectionAction action, ConnectionStatus from, Parties party)
{
	for (int i = 0; i < (int) lengthof(expected); i++)
	{
		if (expected[i].action == action)
			return party == PARTY_SOURCE ? expected[i].source[from] : expected[i].destination[from];
	}
	ck_abort_msg("action %d is missing above", action);
}

START_TEST(find_agrees_with_the_contract_for_one_party)
{
	for ALL_ACTIONS(action)
	{
		for ALL_STATES(from)
		{
			for (Parties party = PARTY_SOURCE; party <= PARTY_DESTINATION; party++)
			{
				const Rule *rule = rules_find(action, from, party);

				ck_assert_int_eq(rule == NULL ? NO : (int) rule->to, expected_state(action, from, party));
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
			int			either = source != NO ? source : expected_state(action, from, PARTY_DESTINATION);
			const Rule *rule = rules_find(action, from, PARTY_BOTH);

			ck_assert_int_eq(rule == NULL ? NO : (int) rule->to, either);
		}
	}
}
END_TEST

START_TEST(find_gives_nothing_to_no_party)
{
	for ALL_ACTIONS(action)
	{
		for ALL_STATES(from)
			ck_assert_ptr_null(rules_find(action, from, PARTY_NONE));
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
				some |= (parties & PARTY_SOURCE) && expected_state(action, from, PARTY_SOURCE) != NO;
				some |= (parties & PARTY_DESTINATION) && expected_state(action, from, PARTY_DESTINATION) != NO;
			}
			ck_assert_int_eq(rules_has_part(action, parties), some);
		}
	}
}
END_TEST

/*
 * For each step from state to state: the action when nothing else changes,
 * when name or scopes change but none is added, and when a scope is added.
 */
static const struct
{
	ConnectionStatus from;
	ConnectionStatus to;
	ConnectionAction alone;
	ConnectionAction with_rest;
	ConnectionAction with_added;
}			steps[] = {
	{CONNECTION_PENDING, CONNECTION_PENDING, ACTION_NONE, ACTION_UPDATE, ACTION_WIDEN},
	{CONNECTION_PENDING, CONNECTION_ACTIVE, ACTION_ACTIVATE, ACTION_MIXED, ACTION_MIXED},
	{CONNECTION_PENDING, CONNECTION_INACTIVE, ACTION_DEACTIVATE, ACTION_MIXED, ACTION_MIXED},
	{CONNECTION_ACTIVE, CONNECTION_PENDING, ACTION_REACTIVATE, ACTION_MIXED, ACTION_WIDEN},
	{CONNECTION_ACTIVE, CONNECTION_ACTIVE, ACTION_NONE, ACTION_UPDATE, ACTION_WIDEN},
	{CONNECTION_ACTIVE, CONNECTION_INACTIVE, ACTION_DEACTIVATE, ACTION_MIXED, ACTION_MIXED},
	{CONNECTION_INACTIVE, CONNECTION_PENDING, ACTION_REACTIVATE, ACTION_MIXED, ACTION_MIXED},
	{CONNECTION_INACTIVE, CONNECTION_ACTIVE, ACTION_ACTIVATE, ACTION_MIXED, ACTION_MIXED},
	{CONNECTION_INACTIVE, CONNECTION_INACTIVE, ACTION_NONE, ACTION_UPDATE, ACTION_WIDEN},
};

START_TEST(classify_names_every_combination)
{
	for (int i = 0; i < (int) lengthof(steps); i++)
	{
		for (int bits = 0; bits < 8; bits++)
		{
			RuleChange	change = {
				.from = steps[i].from,
				.to = steps[i].to,
				.name_changed = bits & 1,
				.scopes_removed = (bits & 2) != 0,
				.scopes_added = (bits & 4) != 0
			};
			ConnectionAction action = bits == 0 ? steps[i].alone :
				change.scopes_added ? steps[i].with_added : steps[i].with_rest;

			ck_assert_msg(rules_classify(&change) == action,
						  "from %d to %d with %d is %d, not %d",
						  change.from, change.to, bits, rules_classify(&change), action);
		}
	}
}
END_TEST

Suite *
rules_suite(void)
{
	Suite	   *suite = suite_create("rules");
	TCase	   *table = tcase_create("table");
	TCase	   *lookups = tcase_create("lookups");

	tcase_add_test(table, table_has_thirteen_rules_of_one_party_each);
	tcase_add_test(table, table_has_no_rule_twice);
	tcase_add_test(table, table_counts_rules_by_action);
	suite_add_tcase(suite, table);
	tcase_add_test(lookups, find_agrees_with_the_contract_for_one_party);
	tcase_add_test(lookups, find_gives_both_what_either_has);
	tcase_add_test(lookups, find_gives_nothing_to_no_party);
	tcase_add_test(lookups, has_part_is_finding_a_rule_in_some_state);
	tcase_add_test(lookups, classify_names_every_combination);
	suite_add_tcase(suite, lookups);
	return suite;
}
