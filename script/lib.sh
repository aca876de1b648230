# lib.sh: what demo, test and bench share. It is sourced, not run.
#
# It brings a fresh Debian 12 machine to where the extension can be built, and
# keeps everything else in one throw-away folder: a copy of the tree, a cluster
# on a unix socket that only root and postgres can reach, and its log. The
# folder and the server go on every way out.
#
# Environment: PG_CONFIG    the server to build for; default Debian's
#              PG_CFLAGS    added to the compiler's flags
#              TMPDIR       where the throw-away folder is made; default /tmp

set -euo pipefail
export LC_ALL=C.UTF-8
# This keeps Python from leaving what it compiles in the tree.
export PYTHONDONTWRITEBYTECODE=1
umask 022

PG_MAJOR=15
# The tests build with these warnings; users do not.
warnings="-Wall -Wextra -Werror -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers"
export PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/$PG_MAJOR/bin/pg_config}

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=
child=

say() {
	printf '\n== %s\n' "$*"
}

die() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# Prints the majors that README's table says are tested, the oldest first. There is no other list.
supported_majors() {
	sed -nE 's/^\| ([0-9]+) \| tested\b.*/\1/p' "$tree/README.md"
}

require_root() {
	[ "$(id -u)" = 0 ] || die "must run as root: it installs packages and makes a cluster as postgres"
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs those of the named Debian packages that are missing. Services that come with them are not
# started, neither now nor at the next boot, and no cluster is made: nobody asked for that, and it
# would listen to the network.
install_packages() {
	local package missing=()

	for package in "$@"; do
		is_installed "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	say "installing ${missing[*]}"
	(
		made=()
		trap 'rm -f "${made[@]}"' EXIT
		make_for_now() {
			[ ! -e "$1" ] || return 0
			mkdir -p "$(dirname "$1")"
			cat >"$1"
			chmod 0755 "$1"
			made+=("$1")
		}
		make_for_now /usr/sbin/policy-rc.d <<<$'#!/bin/sh\nexit 101'
		make_for_now /etc/postgresql-common/createcluster.conf <<<"create_main_cluster = false"
		export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
		apt-get -qq -o DPkg::Lock::Timeout=300 update
		apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold \
			install -y --no-install-recommends "${missing[@]}"
		for package in nginx-light pgbouncer; do
			[[ " ${missing[*]} " != *" $package "* ]] || update-rc.d "${package%-light}" disable
		done
	)
}

# Building and a cluster need these packages.
install_base_packages() {
	install_packages "postgresql-$PG_MAJOR" "postgresql-server-dev-$PG_MAJOR" gcc libc6-dev make "$@"
	pg_bin=$("$PG_CONFIG" --bindir)
	export PATH="$pg_bin:$PATH"
}

# The dashboard's suites and pictures need Chromium, without windows that nobody would see, and
# typefaces to set pages in.
install_browser() {
	install_packages chromium-headless-shell fonts-inter fonts-dejavu-core
}

# Runs a command as postgres. The command takes the place of this shell instead of being its child,
# so that a signal meant for the command reaches it.
as_postgres() {
	HOME=$work setpriv --reuid=postgres --regid=postgres --init-groups "$@"
}

# Runs a command with a time limit, in a process group of its own, which leave() can end. The caller
# says where its output goes.
bounded() {
	local limit=$1 rc=0

	shift
	timeout --kill-after=20 "$limit" "$@" </dev/null &
	child=$!
	wait "$child" || rc=$?
	child=
	return "$rc"
}

# Makes the throw-away folder, and sees to it that nothing of it stays behind.
make_work() {
	trap leave EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
	work=$(mktemp -d "${TMPDIR:-/tmp}/connect.XXXXXX")
	chown postgres:postgres "$work"
	cd "$work"
}

# Ends a process of ours if there is one, and waits until it is gone.
end_process() {
	[ -n "$1" ] || return 0
	kill "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

leave() {
	local rc=$?

	trap - EXIT
	trap '' INT TERM HUP
	end_process "$child"
	# If a script has started something else, it ends that itself.
	! declare -F before_leave >/dev/null || before_leave
	stop_cluster
	cd /
	[ -z "$work" ] || rm -rf "$work"
	exit "$rc"
}

# Copies the tree to $work/NAME, without what earlier builds left in it, and gives the copy to
# postgres: the clone may lie where postgres cannot read.
copy_tree() {
	mkdir "$work/$1"
	tar -C "$tree" --exclude=./.git --exclude=node_modules --exclude=__pycache__ --exclude='*.o' --exclude='*.bc' \
		--exclude='*.so' --exclude='./sql/connect--*.sql' --exclude=./results --exclude=./output_iso \
		--exclude=./tmp_check --exclude=./test/unit/unit --no-same-owner -cf - . |
		tar -C "$work/$1" --no-same-owner -xf -
	# what the programs of doc/integrate.md import, which run where the pages are looked at
	if [ "$1" = build ] && [ -d "$tree/node_modules/pg" ]; then
		mkdir "$work/$1/node_modules"
		(cd "$tree/node_modules" && cp -R pg pg-* pgpass postgres-* split2 xtend "$work/$1/node_modules/")
	fi
	chown -R postgres:postgres "$work/$1"
}

# Builds and installs from $work/build for the server of PG_CONFIG. The bitcode is left out: only
# JIT uses it, and making it takes as long as all the rest.
build_and_install() {
	copy_tree build
	bounded 900 make -s -C "$work/build" -j"$(nproc)" with_llvm=no all
	bounded 300 make -s -C "$work/build" with_llvm=no install
}

# Starts a cluster in $work/data. From here on psql and the like connect to it.
start_cluster() {
	local setting options=()

	for setting in "listen_addresses=" "unix_socket_directories=$work/socket" "fsync=off" \
		"log_line_prefix=%m [%p] %u@%d " "$@"; do
		options+=("$setting")
	done
	mkdir "$work/socket"
	chown postgres:postgres "$work/socket"
	# There is no password, since nobody but root and postgres can enter this folder.
	chmod 0700 "$work/socket"
	bounded 120 setpriv --reuid=postgres --regid=postgres --init-groups \
		initdb --no-sync -A trust -U postgres -E UTF8 --locale=C.UTF-8 -D "$work/data" >"$work/initdb.log" 2>&1 ||
		{ cat "$work/initdb.log" >&2; die "initdb failed"; }
	printf '%s\n' "${options[@]}" | sed "s/=\(.*\)/ = '\1'/" >>"$work/data/postgresql.conf"
	export PGHOST=$work/socket PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
	unset PGSERVICE PGPASSWORD PGOPTIONS
	as_postgres pg_ctl -s -w -t 60 -D "$work/data" -l "$work/server.log" start </dev/null ||
		{ cat "$work/server.log" >&2; die "the server did not start"; }
}

# Ends the server by the process id that the server itself has written down.
stop_cluster() {
	local pid i

	[ -n "$work" ] && [ -s "$work/data/postmaster.pid" ] || return 0
	pid=$(head -n 1 "$work/data/postmaster.pid")
	kill -INT "$pid" 2>/dev/null || return 0
	for i in $(seq 100); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -QUIT "$pid" 2>/dev/null || true
	sleep 1
}
