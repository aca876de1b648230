# coverage.sh: how much of src/ the suites of the server reach. Sourced by test, for --coverage.
#
# The module counts what is run in it, without optimisation, so that a line is a line. Suites that
# do not run it, or end its processes before these can write their counters down, are left out.
# Fails below the bounds; names every line that nothing reached.

least_lines=95
least_branches=85

only="unit pgtap docs regress isolation crash http coverage"
export PG_CFLAGS="${PG_CFLAGS:-} --coverage -O0" SHLIB_LINK=--coverage

# Branches that are PostgreSQL's, not ours: its macros for values of either length, arrays and
# interrupts, and what ereport() and PG_TRY() make of themselves, have some in every place that
# uses them. They are left out with all of their line.
macros='VAR(SIZE|DATA)_ANY|ARR_DATA_PTR|att_addlength_pointer|CHECK_FOR_INTERRUPTS|PG_(END_)?TRY|e(report|log)\('

# What cannot happen is said with elog(), as PostgreSQL does: a row of a catalog that is not there
# although its reference is. PG_FINALLY is a line for the macro's own sake.
#
# What is left is named in the table, and takes what no suite brings about:
#   errors.c            a detail of more than a kilobyte, for what details quote is cut
#   jsonb_writer.c      a document of more than 256 megabytes
#   pair_tags.c         more databases with a store than there is room for, 64
#   random.c            a machine without random numbers
#   request_setting.c   another module that has defined request.headers as no text
#   snapshot_key.c      a question asked under no snapshot of a statement's
#   store_access.c      a row that a DBA deletes, triggers off, between two looks at it
impossible='elog\(ERROR|PG_FINALLY'

# Shows what has been measured, and installs the module as it is for use again.
report_coverage() {
	install_packages gcovr
	run_suite coverage whole 300 gcovr --root "$work/build" --filter "$work/build/src/" \
		--exclude-throw-branches --exclude-unreachable-branches \
		--exclude-branches-by-pattern ".*($macros).*" --exclude-lines-by-pattern ".*($impossible).*" \
		--fail-under-line "$least_lines" --fail-under-branch "$least_branches" --print-summary "$work/build"
	cat "$work/coverage.log"
	unset SHLIB_LINK
	PG_CFLAGS=$warnings
	rm -rf "$work/build"
	build_and_install || echo "0 1" >>"$work/results"
}
