# results.sh: how suites are run and counted. Sourced after lib.sh, not run.
#
# Each suite's results are counted from its own output; one that runs nothing, cannot
# start or ends badly without saying which test failed counts as a failure.
#
# build, set by the caller, is the folder where pg_regress leaves its differences; only, the
# suites to run, if not all.

only=

is_wanted() {
	[ -z "$only" ] || [[ " $only " = *" $1 "* ]]
}

# Counts the lines of a log that match.
lines() {
	grep -cE "$1" "$2" || true
}

# Each count_KIND sets ok and bad from the log of a suite.

# pg_regress and its isolation twin; since 16 they print TAP.
count_regress() {
	ok=$(lines '^(test +)?[^ ]+ +\.\.\. ok( |$)|^ok [0-9]+ ' "$1")
	bad=$(lines '^(test +)?[^ ]+ +\.\.\. (FAILED|failed)|^not ok [0-9]+ ' "$1")
}

# TAP, indented subtests and prove's own word for each program left out; a skipped
# test has not passed.
count_tap() {
	ok=$(grep -E '^ok [0-9]' "$1" | grep -vciE '# *skip' || true)
	bad=$(lines '^not ok\b' "$1")
}

# TAP in which a suite holds the tests, which are indented therefore.
count_nested() {
	sed -n 's/^    //p' "$1" >"$1.tests"
	count_tap "$1.tests"
}

# A program that sums up suites of its own, as summary() below does.
count_sum() {
	read -r ok bad < <(sed -nE '$s/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p' "$1") || ok=0 bad=0
}

# libcheck's own summary, or TAP if that is what the suite prints.
count_unit() {
	count_tap "$1"
	if [ $((ok + bad)) = 0 ]; then
		read -r ok bad < <(sed -nE 's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+).*/\1 \2 \3/p' "$1" |
			awk '{ok += $1 - $2 - $3; bad += $2 + $3} END {print ok + 0, bad + 0}')
	fi
}

# A check that only passes or fails as a whole; run_suite adds the failure.
count_whole() {
	ok=$((rc == 0))
	bad=0
}

# Runs a suite: its name, its kind, its time limit in seconds, its command. What
# it has to say is printed at once, for the other lane prints too.
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
			# the end, and what failed before it
			head -n -400 "$log" | grep -E -A 20 '^ *not ok' | head -n 200 || true
			tail -n 400 "$log"
			show_diffs "$name"
		fi
		printf '\n%s: %d passed, %d failed, %d s\n' "$name" "$ok" "$bad" $((SECONDS - begin))
		echo "$ok $bad" >>"$work/results"
	} 9>"$work/lock"
}

# The same in a copy of the tree, $work/NAME, that is the suite's own.
run_in_copy() {
	is_wanted "$1" || return 0
	copy_tree "$1"
	run_suite "$@"
	rm -rf "${work:?}/$1"
}

# Shows what a pg_regress suite expected, and the server's last words.
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

# Adds up the results: as many as there are suites.
summary() {
	awk '{ passed += $1; failed += $2 } END { printf "\n%d passed, %d failed\n", passed, failed; exit (failed > 0) }' "$work/results"
	exit
}
