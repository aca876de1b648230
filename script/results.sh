# results.sh: runs suites and counts their results. It is sourced after lib.sh, not run.
#
# Each suite's results are counted from its own output. A suite counts as a failure if it runs
# nothing, cannot start, or ends badly without saying which test failed.
#
# The caller sets build, the folder where pg_regress leaves its differences, and may set only, the
# suites to run if not all of them are to, and without, those that are left out.

only=
without=

is_wanted() {
	if [[ " $without " = *" $1 "* ]]; then
		say "$1 is left out, as asked"
		return 1
	fi
	[ -z "$only" ] || [[ " $only " = *" $1 "* ]]
}

# Counts the lines of a log that match.
lines() {
	grep -cE "$1" "$2" || true
}

# Each count_KIND sets ok and bad from the log of a suite of that kind.

# pg_regress and its isolation twin. Since PostgreSQL 16 they print TAP.
count_regress() {
	ok=$(lines '^(test +)?[^ ]+ +\.\.\. ok( |$)|^ok [0-9]+ ' "$1")
	bad=$(lines '^(test +)?[^ ]+ +\.\.\. (FAILED|failed)|^not ok [0-9]+ ' "$1")
}

# TAP. Indented subtests are left out, and so is prove's own line for each program. A test that was
# skipped has not passed.
count_tap() {
	ok=$(grep -E '^ok [0-9]' "$1" | grep -vciE '# *skip' || true)
	bad=$(lines '^not ok\b' "$1")
}

# TAP in which each test of a file is a subtest of the file's, and so is indented.
count_nested() {
	sed -n 's/^    //p' "$1" >"$1.tests"
	count_tap "$1.tests"
}

# A program that sums up suites of its own, as summary() below does.
count_sum() {
	read -r ok bad < <(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$1") || ok=0 bad=0
}

# libcheck's own summary, or TAP if the suite prints that.
count_unit() {
	count_tap "$1"
	if [ $((ok + bad)) = 0 ]; then
		read -r ok bad < <(sed -nE 's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+).*/\1 \2 \3/p' "$1" |
			awk '{ok += $1 - $2 - $3; bad += $2 + $3} END {print ok + 0, bad + 0}')
	fi
}

# A check that passes or fails only as a whole. run_suite adds the failure.
count_whole() {
	ok=$((rc == 0))
	bad=0
}

# Runs a suite, given its name, its kind, its time limit in seconds and its command. What it has to
# say is printed at once and in one piece, because the other lane prints too.
run_suite() {
	local name=$1 kind=$2 limit=$3 log="$work/$1.log" rc=0 ok=0 bad=0 begin=$SECONDS

	is_wanted "$name" || return 0
	shift 3
	say "$name"
	bounded "$limit" "$@" >"$log" 2>&1 || rc=$?
	"count_$kind" "$log"
	{
		flock 9
		if [ "$rc" != 0 ] && [ "$bad" = 0 ]; then
			bad=1
			echo "$name: ended with $rc"
		elif [ "$ok" = 0 ] && [ "$bad" = 0 ]; then
			bad=1
			echo "$name: ran nothing"
		fi
		if [ "$bad" != 0 ]; then
			# This shows the end of the log, and what failed before that. What a test says on stderr
			# often stands far before its line.
			head -n -400 "$log" | grep -E -B 5 -A 15 '^ *(not ok|# +Failed test )' | head -n 200 || true
			tail -n 400 "$log"
			show_diffs "$name"
		fi
		printf '\n%s: %d passed, %d failed, %d s\n' "$name" "$ok" "$bad" $((SECONDS - begin))
		echo "$ok $bad" >>"$work/results"
	} 9>"$work/lock"
}

# Does the same in a copy of the tree, $work/NAME, which only this suite uses.
run_in_copy() {
	is_wanted "$1" || return 0
	copy_tree "$1"
	run_suite "$@"
	rm -rf "${work:?}/$1"
}

# Shows how the output of a pg_regress suite differs from what was expected, and the server's last
# words.
show_diffs() {
	local file

	for file in "$build/regression.diffs" "$build/output_iso/regression.diffs"; do
		if [ -s "$file" ]; then
			head -n 1000 "$file"
			rm -f "$file"
		fi
	done
	[ ! -s "$work/server.log" ] || grep -E 'PANIC|FATAL|terminated by signal|TRAP' "$work/server.log" | tail -n 20 || true
}

# Adds up the results, of which there must be as many as there are suites.
summary() {
	awk '{ passed += $1; failed += $2 } END { printf "\n%d passed, %d failed\n", passed, failed; exit (failed > 0) }' "$work/results"
	exit
}
