# coverage.sh: measures how much of src/ the suites of the server reach. script/test sources it for
# --coverage.
#
# The module counts what is run in it. It is built without optimisation, so that a line is a line.
# Suites that do not run it are left out, and so are those that end its processes before these can
# write their counters. This fails below the bounds, and names every line that nothing reached.

least_lines=99
least_branches=93

only="unit pgtap docs regress isolation crash http coverage"
export PG_CFLAGS="${PG_CFLAGS:-} --coverage -O0" SHLIB_LINK=--coverage

# Some branches are PostgreSQL's, not ours: its macros for values of either length, for arrays and
# for interrupts bring some to every place that uses them, and so does what ereport() and PG_TRY()
# expand to. Lines with these are left out as a whole.
macros='VAR(SIZE|DATA)_ANY|ARR_DATA_PTR|att_addlength_pointer|CHECK_FOR_INTERRUPTS|PG_(END_)?TRY|e(report|log)\('

# elog() reports what cannot happen, as it does in PostgreSQL: a catalog lacks a row although there
# is a reference to it. PG_FINALLY is a line only because it is a macro.
#
# The table says what it would take to reach the lines that are left, which no suite brings about:
#   jsonb.c             a document of more than 256 megabytes
#   pair_tags.c         more databases with a store than there is room for, 64
#   scope_lists.c       more lists of scopes than have numbers, 65,534; then pair_memo.c, too
#   random.c            a machine without random numbers
#   request_setting.c   another module that has defined request.headers as no text
#   snapshot_key.c      a question asked under no snapshot of a statement's
#   gate/rows.c         a row that a DBA deletes, with triggers off, between two looks at it; so in
#                       gate/access.c and passage.c, and in redeem_function.c a table
#   horizon.c           another session's transaction that begins at that moment
#   check_setup.c       a cancel that comes at that moment
#   identity/api.c      parameters that the server would log
#   repeated.c          a number in a document; none has any
#   scope/state.c       a scope that is too long for a name; whoever asks has looked at that before
#   setup.c             a statement or a finding that is null; sql/store/ has none
#   table.c, rules.c, ids.c   what stands behind a switch of all that there is
impossible='elog\(ERROR|PG_FINALLY'

# Shows what has been measured, and then installs the module without counters again.
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
