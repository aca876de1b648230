# demo.sh: the whole stack, started once for a suite and ended with it. Sourced by the suites' run, not run.
#
# start_demo [--installed] sets what demo.env says, and dir, a folder that goes with the stack.
# Commands are run with bounded, so that they are ended too.

. "$(dirname "${BASH_SOURCE[0]}")/../script/lib.sh"

dir=
demo=

finish() {
	local rc=$?

	trap - EXIT INT TERM
	end_process "$child"
	end_process "$demo"
	rm -rf "$dir"
	exit "$rc"
}

start_demo() {
	dir=$(mktemp -d "${TMPDIR:-/tmp}/connect-suite.XXXXXX")
	trap finish EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	# A rate high enough never to be met by accident.
	CONNECT_DIR=$dir CONNECT_PORT=0 CONNECT_RATE=100000r/m "$tree/script/demo" "$@" >"$dir/log" 2>&1 &
	demo=$!
	until grep -q '^ready: ' "$dir/log"; do
		kill -0 "$demo" 2>/dev/null || { cat "$dir/log" >&2; exit 1; }
		sleep 0.2
	done
	set -a
	. "$dir/demo.env"
	set +a
}
