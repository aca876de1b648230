/*
 * connection_test.c
 *		The labels of states, actions and parties.
 */
#include "postgres.h"

#include <check.h>

#include "connection/rules.h"
#include "unit.h"

static int
parse(const char *label)
{
	return rules_state_parse(&connection_life, label, strlen(label));
}

START_TEST(status_labels_are_the_words_of_the_contract)
{
	ck_assert_ptr_null(rules_state_label(&connection_life, CONNECTION_NONE));
	ck_assert_str_eq(rules_state_label(&connection_life, CONNECTION_PENDING),
					 "pending");
	ck_assert_str_eq(rules_state_label(&connection_life, CONNECTION_ACTIVE),
					 "active");
	ck_assert_str_eq(rules_state_label(&connection_life, CONNECTION_INACTIVE),
					 "inactive");
}
END_TEST

START_TEST(status_parse_reads_what_label_writes)
{
	for (int i = CONNECTION_PENDING; i <= CONNECTION_INACTIVE; i++)
		ck_assert_int_eq(parse(rules_state_label(&connection_life, i)), i);
}
END_TEST

START_TEST(status_parse_knows_no_other_word)
{
	static const char *const words[] = {"", "Pending", "PENDING", "pending ",
		" pending", "pendin", "pendingx", "act", "none", "inactiv"};

	for (int i = 0; i < (int) lengthof(words); i++)
		ck_assert_int_eq(parse(words[i]), CONNECTION_NONE);
}
END_TEST

START_TEST(action_labels_are_the_words_of_the_contract)
{
	ck_assert_ptr_null(rules_action_label(&connection_life, ACTION_NONE));
	ck_assert_str_eq(rules_action_label(&connection_life, ACTION_CREATE),
					 "create");
	ck_assert_str_eq(rules_action_label(&connection_life, ACTION_ACTIVATE),
					 "activate");
	ck_assert_str_eq(rules_action_label(&connection_life, ACTION_DEACTIVATE),
					 "deactivate");
	ck_assert_str_eq(rules_action_label(&connection_life, ACTION_REACTIVATE),
					 "reactivate");
	ck_assert_str_eq(rules_action_label(&connection_life, ACTION_UPDATE),
					 "update");
	ck_assert_str_eq(rules_action_label(&connection_life, ACTION_WIDEN),
					 "widen");
	ck_assert_ptr_null(rules_action_label(&connection_life, ACTION_MIXED));
}
END_TEST

START_TEST(party_labels_are_the_words_of_the_contract)
{
	ck_assert_str_eq(rules_party_label(PARTY_SOURCE), "source");
	ck_assert_str_eq(rules_party_label(PARTY_DESTINATION), "destination");
	ck_assert_str_eq(rules_party_label(PARTY_TIME), "time");
}
END_TEST

Suite *
connection_suite(void)
{
	Suite	   *suite = suite_create("connection");
	TCase	   *labels = tcase_create("labels");

	tcase_add_test(labels, status_labels_are_the_words_of_the_contract);
	tcase_add_test(labels, status_parse_reads_what_label_writes);
	tcase_add_test(labels, status_parse_knows_no_other_word);
	tcase_add_test(labels, action_labels_are_the_words_of_the_contract);
	tcase_add_test(labels, party_labels_are_the_words_of_the_contract);
	suite_add_tcase(suite, labels);
	return suite;
}
