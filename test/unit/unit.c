/*
 * unit.c
 *		Runs the tests of what needs no backend, and prints TAP.
 */
#include "postgres.h"

#include <check.h>

#include "unit.h"

int
main(void)
{
	SRunner    *runner = srunner_create(rules_suite());
	int			failed;

	srunner_add_suite(runner, connection_suite());
	srunner_add_suite(runner, typeid_suite());
	srunner_set_tap(runner, "-");
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
