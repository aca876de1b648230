/*
 * connection_test.c
 *		The words for states, actions and parties.
 */
#include "postgres.h"

#include <check.h>

#include "connection/connection.h"
#include "unit.h"

START_TEST(status_labels_are_the_words_of_the_contract)
{
	ck_assert_ptr_null(connection_status_label(CONNECTION_NONE));
	ck_assert_str_eq(connection_status_label(CONNECTION_PENDING), "pending");
	ck_assert_str_eq(connection_status_label(CONNECTION_ACTIVE), "active");
	ck_assert_str_eq(connection_status_label(CONNECTION_INACTIVE), "inactive");
}
END_TEST

START_TEST(status_parse_reads_what_label_writes)
{
	for (int i = CONNECTION_PENDING; i <= CONNECTION_INACTIVE; i++)
		ck_assert_int_eq(connection_status_parse(connection_status_label(i)), i);
}
END_TEST

START_TEST(status_parse_knows_no_other_word)
{
	static const char *const words[] = {"", "Pending", "PENDING", "pending ", " pending",
	"pendin", "pendingx", "act", "none", "inactiv"};

	for (int i = 0; i < (int) lengthof(words); i++)
		ck_assert_int_eq(connection_status_parse(words[i]), CONNECTION_NONE);
}
END_TEST

START_TEST(action_labels_are_the_words_of_the_contract)
{
	ck_assert_ptr_null(connection_action_label(ACTION_NONE));
	ck_assert_str_eq(connection_action_label(ACTION_CREATE), "create");
	ck_assert_str_eq(connection_action_label(ACTION_ACTIVATE), "activate");
	ck_assert_str_eq(connection_action_label(ACTION_DEACTIVATE), "deactivate");
	ck_assert_str_eq(connection_action_label(ACTION_REACTIVATE), "reactivate");
	ck_assert_str_eq(connection_action_label(ACTION_UPDATE), "update");
	ck_assert_str_eq(connection_action_label(ACTION_WIDEN), "widen");
	ck_assert_ptr_null(connection_action_label(ACTION_MIXED));
}
END_TEST

START_TEST(party_labels_are_the_words_of_the_contract)
{
	ck_assert_str_eq(connection_party_label(PARTY_SOURCE), "source");
	ck_assert_str_eq(connection_party_label(PARTY_DESTINATION), "destination");
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
