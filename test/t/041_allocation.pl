# Memory runs out at every point of what is called often: the first palloc() fails, then the second,
# and so on, until a call gets through. After each failure the session goes on, the next call gives
# the right answer, no lock is left, and what outlives the transaction takes no more memory.
#
# test/memory/failing_palloc.c makes them fail, and says how. Each way of ending is tried: by a
# subtransaction, in which also writing is undone; by the end of the transaction; and in sessions in
# which nothing is known yet.

use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Of what asks for memory more often than this, every second, third, ... request fails; 0 for all.
my $points = $ENV{ALLOCATION_POINTS} // 8;

my $dir = PostgreSQL::Test::Utils::tempdir();
my $include = `pg_config --includedir-server`;
chomp $include;
system($ENV{CC} // 'gcc', '-shared', '-fPIC', '-O1', "-I$include", '-o', "$dir/failing_palloc.so", "$FindBin::RealBin/../memory/failing_palloc.c") == 0
  or BAIL_OUT('the module that fails does not compile');
chmod 0755, $dir;

my $node = PostgreSQL::Test::Cluster->new('allocation');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "autovacuum = off\nwork_mem = '64kB'\nhash_mem_multiplier = 1\nshared_preload_libraries = 'connect'");
$node->start;
$node->safe_psql('postgres', qq{
	CREATE FUNCTION public.fail_at(int, boolean = false) RETURNS int LANGUAGE C AS '$dir/failing_palloc';
	CREATE FUNCTION public.has_failed() RETURNS boolean LANGUAGE C AS '$dir/failing_palloc';
	CREATE FUNCTION public.memory_kept() RETURNS bigint LANGUAGE C AS '$dir/failing_palloc';
	CREATE ROLE regress_connect_source LOGIN;
	CREATE ROLE regress_connect_destination LOGIN;
	CREATE ROLE regress_connect_gateway LOGIN;
	CREATE EXTENSION connect;
	SELECT connect.create_store();
});
$node->safe_psql('postgres', q{
	SELECT connect.register_organization('org_' || p, 'The ' || p), connect.map_role(('regress_connect_' || p)::name, 'org_' || p)
		FROM (VALUES ('source'), ('destination')) AS v (p);
	SELECT connect.grant_usage(r), connect.grant_share(r), connect.grant_http(r)
		FROM unnest('{regress_connect_source,regress_connect_destination,regress_connect_gateway}'::name[]) AS r;
	SELECT connect.trust_gateway('regress_connect_gateway');
	SELECT connect.register_organization('org_' || i, 'Number ' || i) FROM generate_series(1, 400) AS i;
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, respond_by) VALUES
		('cxn_active', 'org_source', 'org_destination', NULL), ('cxn_pending', 'org_destination', 'org_source', now() + '1 day'),
		('cxn_inactive', 'org_source', 'org_source', NULL);
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, scopes)
		SELECT 'cxn_' || i, 'org_' || i, 'org_destination', CASE i % 2 WHEN 0 THEN '{inquiry.read}' ELSE '{account.read,inquiry.read}' END::text[]
		FROM generate_series(1, 400) AS i;
	UPDATE connect.connection SET status = 'active' WHERE id <> 'cxn_pending';
	UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_inactive';
	-- one that has lapsed, and nobody has written that down
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, expires_at) VALUES ('cxn_lapsed', 'org_source', 'org_1', clock_timestamp() + '0.2 s');
	SELECT pg_sleep(0.3);
	CREATE TABLE public.page (organization_id text);
	INSERT INTO public.page SELECT 'org_' || i FROM generate_series(1, 400) AS i;
	CREATE INDEX ON public.page (organization_id);
	SELECT connect.share_table('public.page', 'organization_id', 'inquiry.read');
	GRANT SELECT ON public.page TO PUBLIC;
	GRANT SELECT, INSERT, UPDATE ON connect.connection TO regress_connect_source;
	CREATE TABLE public.headers AS
		SELECT json_build_object('x-connect-api-key', (connect.create_api_key('org_source', 'key')).secret, 'x-connect-request-id', 'r',
			'x-connect-id', 'cxn_active', 'x-connect-query', '')::jsonb AS h;
	GRANT SELECT ON public.headers TO PUBLIC;
	ANALYZE;

	-- what this session holds, but for the look itself
	CREATE FUNCTION public.held() RETURNS text LANGUAGE sql VOLATILE AS $$
		SELECT coalesce(string_agg(format('%s %s %s', locktype, relation::regclass, mode), ', ' ORDER BY 1), '') FROM pg_locks
		WHERE pid = pg_backend_pid() AND locktype <> 'virtualxid' AND (relation IS NULL OR relation <> 'pg_locks'::regclass)
	$$;
	-- Runs a call in a subtransaction that is undone, with the nth request failing, or none for 0.
	CREATE FUNCTION public.try(call text, n int, lasting boolean, OUT answer text, OUT error text, OUT hit boolean, OUT requests int) LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM public.fail_at(n, lasting);
		EXECUTE call INTO answer;
		hit := public.has_failed();
		requests := public.fail_at(0);
		RAISE EXCEPTION USING ERRCODE = 'ZZ000';
	EXCEPTION WHEN OTHERS THEN
		IF SQLSTATE <> 'ZZ000' THEN
			hit := public.has_failed();
			requests := public.fail_at(0);
			error := SQLSTATE;
		END IF;
	END $$;
	-- Lets each request of a call fail in turn, and returns how many did, of how many, and what went wrong.
	-- After a failure and the next call as much memory must be in use as before; unless something has come
	-- to be known, which it does not again and again.
	CREATE FUNCTION public.survey(call text, wanted text, lasting boolean, points int, OUT failures int, OUT requests int, OUT problems text[]) LANGUAGE plpgsql AS $$
	DECLARE
		role name := current_user;
		before text := public.held();
		memory bigint;
		n int := 1;
		step int := 1;
		t record;
	BEGIN
		failures := 0;
		problems := '{}';
		-- for the first time, when there is much to be found out, and then to count
		FOR i IN 1 .. 2 LOOP
			t := public.try(call, 1000000, lasting);
			requests := t.requests;
		END LOOP;
		IF points > 0 THEN
			step := greatest(1, requests / points / CASE WHEN lasting THEN 4 ELSE 1 END);
		END IF;
		LOOP
			memory := public.memory_kept();
			t := public.try(call, n, lasting);
			EXIT WHEN NOT t.hit;
			failures := failures + 1;
			IF t.error IS DISTINCT FROM '53200' AND NOT (t.error IS NULL AND (t.answer = wanted OR t.answer ~ '^unavailable')) THEN
				problems := problems || format('%s: %s %s', n, t.error, t.answer);
			END IF;
			IF public.held() <> before THEN
				problems := problems || format('%s: holds %s', n, public.held());
			END IF;
			IF current_user <> role THEN
				problems := problems || format('%s: is %s', n, current_user);
			END IF;
			t := public.try(call, 0, false);
			IF t.answer IS DISTINCT FROM wanted THEN
				problems := problems || format('%s: then %s %s', n, t.error, t.answer);
			END IF;
			FOR i IN 1 .. 4 LOOP
				EXIT WHEN public.memory_kept() <= memory;
				IF i = 4 THEN
					problems := problems || format('%s: %s bytes more are kept', n, public.memory_kept() - memory);
				END IF;
				memory := public.memory_kept();
				PERFORM public.try(call, n, lasting), public.try(call, 0, false);
			END LOOP;
			n := n + step;
		END LOOP;
		IF t.answer IS DISTINCT FROM wanted THEN
			problems := problems || format('at the end: %s %s', t.error, t.answer);
		END IF;
	END $$;
});

# What is called: a name, a login, what goes before, the call, which returns a text, and that text.
my $status = q{#>> '{data,attributes,status}'};
my $headers = q{SELECT set_config('request.headers', (h %s)::text, false) FROM public.headers};
# an answer over HTTP: that of a request that could not be served is another one
my $http = q{SELECT CASE (d #>> '{errors,0,code}') WHEN 'unavailable' THEN 'unavailable' ELSE coalesce(d #>> '{data,attributes,status}', d ->> 'data', d::text) END FROM (SELECT %s AS d OFFSET 0) AS s};

my @writes = (
	[ 'create', 'source', '', qq{SELECT connect.create_connection('org_2', 'Name', '{account.read}', now() + '1 day', now() + '2 days') $status}, 'pending' ],
	[ 'activate', 'source', '', qq{SELECT connect.activate_connection('cxn_pending', 'Welcome.', '{account.read,inquiry.read}') $status}, 'active' ],
	[ 'deactivate', 'destination', '', qq{SELECT connect.deactivate_connection('cxn_active', 'Farewell.') $status}, 'inactive' ],
	[ 'reactivate', 'source', '', qq{SELECT connect.reactivate_connection('cxn_inactive', 'Again.', now() + '1 day') $status}, 'pending' ],
	[ 'update', 'source', '', qq{SELECT connect.update_connection('cxn_active', 'Other', '{account.read}', expires_at => now() + '1 day') $status}, 'active' ],
	[ 'reactivate what has lapsed', 'source', '', qq{SELECT connect.reactivate_connection('cxn_lapsed') $status}, 'pending' ],
	[ 'expire_due', 'owner', '', q{SELECT connect.expire_due()}, '1' ],
	[ 'retire', 'owner', '', q{UPDATE connect.organization SET retired_at = now() WHERE id = 'org_destination' RETURNING id}, 'org_destination' ],
	[ 'forget_actor', 'owner', '', q{SELECT connect.forget_actor('org_source', 'regress_connect_source')}, '0' ],
	[ 'plain INSERT', 'source', '', q{INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_source', 'org_3') RETURNING status}, 'pending' ],
	[ 'plain UPDATE', 'source', '', q{UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_active' RETURNING status}, 'inactive' ],
	# more rows than the times of rows under way have room for
	[ 'plain UPDATE of many rows', 'owner', '', q{WITH u AS (UPDATE connect.connection SET name = 'Many' WHERE destination_organization_id = 'org_destination' AND id < 'cxn_13' RETURNING id) SELECT count(*) FROM u}, '34' ],
	[ 'POST', 'gateway', sprintf($headers, ''), sprintf($http, q{connect_api.create_connection('{"data": {"attributes": {"destination-organization-id": "org_2"}}}')::jsonb}), 'pending' ],
	[ 'POST with a key', 'gateway', sprintf($headers, q{|| '{"idempotency-key": "k"}'}), sprintf($http, q{connect_api.deactivate_connection('{"meta": {"reason": "none"}}')::jsonb}), 'inactive' ],
);

my @reads = (
	[ 'get', 'source', '', qq{SELECT connect.get_connection('cxn_active') $status}, 'active' ],
	[ 'list', 'destination', '', q{SELECT string_agg(d ->> 'id', ' ') FROM jsonb_array_elements(connect.list_connections(status => 'active', direction => 'inbound', page_size => 3) -> 'data') AS d}, 'cxn_active cxn_99 cxn_98' ],
	[ 'list of terms', 'source', '', q{SELECT string_agg(d ->> 'id', ' ') FROM jsonb_array_elements(connect.list_connections(expires_before => now() + '1 year') -> 'data') AS d}, 'cxn_pending' ],
	[ 'list_events', 'source', '', q{SELECT string_agg(d #>> '{attributes,action}', ' ') FROM jsonb_array_elements(connect.list_events('cxn_active') -> 'data') AS d}, 'activate create' ],
	[ 'read_events', 'source', '', q{SELECT count(*) FROM jsonb_array_elements(connect.read_events() -> 'data')}, '7' ],
	[ 'get_organization', 'source', '', q{SELECT connect.get_organization() #>> '{data,attributes,name}'}, 'The source' ],
	[ 'list_scopes', 'source', '', q{SELECT jsonb_array_length(connect.list_scopes() -> 'data')}, '3' ],
	[ 'current_organization_id', 'source', '', q{SELECT connect.current_organization_id()}, 'org_source' ],
	[ 'is_allowed', 'destination', '', q{SELECT connect.is_allowed('org_source', 'org_destination', 'account.read')}, 'true' ],
	# more pairs than a bulk load reads, and than there is room for
	[ 'is_allowed of many', 'destination', '', q{SELECT count(*) FILTER (WHERE connect.is_allowed('org_' || i, 'org_destination', 'account.read')) FROM generate_series(1, 1600) AS i}, '200' ],
	[ 'explain_access', 'source', '', q{SELECT connect.explain_access('org_source', 'org_destination', 'verification.read')}, 'scope_not_granted' ],
	[ 'explain_access of what has lapsed', 'source', '', q{SELECT connect.explain_access('org_source', 'org_1')}, 'expired' ],
	[ 'require_allowed', 'source', '', q{SELECT connect.require_allowed('org_source', 'org_destination')}, '' ],
	[ 'was_allowed', 'source', '', q{SELECT connect.was_allowed('org_source', 'org_destination', 'account.read', now())}, 'true' ],
	[ 'allowed_sources', 'destination', '', q{SELECT cardinality(connect.allowed_sources('account.read'))}, '201' ],
	[ 'may_see', 'destination', '', q{SELECT connect.may_see('org_7'::text, 'account.read')}, 'true' ],
	[ 'may_see of numbers', 'destination', '', q{SELECT connect.may_see(7, 'account.read')}, 'false' ],
	[ 'visible_organizations', 'destination', '', q{SELECT cardinality(connect.visible_organizations('inquiry.read'))}, '402' ],
	[ 'a table under row security', 'destination', '', q{SELECT count(*) FROM public.page}, '400' ],
	[ 'the same by its index', 'destination', q{SET enable_seqscan = off}, q{SELECT count(*) FROM public.page}, '400' ],
	[ 'act_as', 'gateway', '', q{SELECT coalesce(connect.act_as('org_source', 'somebody')::text, '') || (SELECT connect.current_organization_id())}, 'org_source' ],
	[ 'claims', 'gateway', q{SET request.jwt.claims = '{"organization_id": "org_source", "sub": "somebody"}'}, q{SELECT connect.current_organization_id()}, 'org_source' ],
	[ 'GET', 'gateway', sprintf($headers, ''), sprintf($http, q{connect_api.get_connection()::jsonb}), 'active' ],
	[ 'GET of a page', 'gateway', sprintf($headers, q{|| '{"x-connect-query": "page%5Bsize%5D=1&filter%5Bstatus%5D=pending&fields%5Bconnect/connection%5D=name"}'}), sprintf($http, q{connect_api.list_connections()::jsonb}) =~ s/d ->> 'data'/(d #>> '{data,0,id}')/r, 'cxn_pending' ],
	[ 'GET of the feed', 'gateway', sprintf($headers, ''), sprintf($http, q{connect_api.read_events()::jsonb}) =~ s/d ->> 'data'/jsonb_array_length(d -> 'data')::text/r, '7' ],
	[ 'verify_history', 'owner', '', q{SELECT count(*) FROM connect.verify_history('cxn_active')}, '0' ],
	[ 'history_anchor', 'owner', '', q{SELECT length(seal) FROM connect.history_anchor()}, '32' ],
);

# Runs statements as a login and returns what they print.
sub says
{
	my ($role, $sql) = @_;
	return $node->safe_psql('postgres', "SET client_min_messages = error; SELECT public.fail_at(0) \\g /dev/null\n$sql", timeout => 300,
		connstr => $node->connstr('postgres') . ' user=' . ($role eq 'owner' ? 'postgres' : "regress_connect_$role"));
}

# In subtransactions.
foreach my $case (@reads, @writes)
{
	my ($name, $role, $before, $call, $wanted) = @$case;
	my @rows = split /\n/, says($role, ($before eq '' ? '' : "$before \\g /dev/null\n")
		  . "SELECT (public.survey(\$\$$call\$\$, \$\$$wanted\$\$, lasting, $points)).* FROM (VALUES (false), (true)) AS v (lasting)");

	foreach my $lasting ('', ' for what lasts')
	{
		my ($failures, $requests, $problems) = split /\|/, shift @rows;

		is($problems, '{}', "$name: $failures of $requests requests$lasting fail, each in a subtransaction");
	}
}

# By the end of the transaction; what reads, under a snapshot that stays the same.
sub points_of
{
	my ($requests, $most) = @_;
	my $step = $points == 0 || $requests < $most ? 1 : $requests / $most;
	my %seen;

	return grep { $_ <= $requests && !$seen{$_}++ } map { 1 + int($_ * $step) } 0 .. ($requests - 1) / $step;
}

# Runs a call with a request failing, and then as it is, in one session or in one each. Returns what went wrong.
sub survey
{
	my ($case, $kind, $lasting, @n) = @_;
	my ($name, $role, $before, $call, $wanted) = @$case;
	my ($begin, $rollback) = $kind eq 'writes' ? ('BEGIN;', 'ROLLBACK;') : ('', '');
	my ($ret, $stdout, $stderr) = $node->psql('postgres', "\\set VERBOSITY sqlstate\nSET client_min_messages = error;\nSELECT public.fail_at(0) \\g /dev/null\n"
		  . ($before eq '' ? '' : "$before \\g /dev/null\n")
		  . join('', map { qq{\\echo mark $_
SELECT public.fail_at($_, $lasting) \\g /dev/null
$begin
$call;
$rollback
SELECT format('hit %s %s', public.has_failed(), public.fail_at(0));
SELECT 'held', public.held();
$begin
$call;
$rollback
} } @n), on_error_stop => 0, timeout => 300, connstr => $node->connstr('postgres') . ' user=' . ($role eq 'owner' ? 'postgres' : "regress_connect_$role"));
	my @wrong = map { "$_" } grep { !/ERROR:  53200$/ } split /\n/, $stderr;
	my $hits = 0;

	push @wrong, "ended with $ret" if $ret != 0;
	$wanted =~ s/^true$/t/;
	$wanted =~ s/^false$/f/;
	while ($stdout =~ /^mark (\d+)\n(.*?)(?=^mark|\z)/msg)
	{
		my ($n, $said) = ($1, $2);

		$hits++ if $said =~ /^hit t/m;
		push @wrong, "$n: $said" if $said !~ /\A(?:(?:\Q$wanted\E|unavailable)\n)?hit [tf] \d+\nheld\|\n\Q$wanted\E\n?\z/
			or $said =~ /\Ahit f/;
	}
	return ($hits, @wrong);
}

# Counts the requests of a call in a session that has made it as often before.
sub requests_of
{
	my ($case, $lasting, $times) = @_;
	my (undef, $role, $before, $call) = @$case;

	return says($role, ($before eq '' ? '' : "$before \\g /dev/null\n")
		  . "BEGIN;\nSELECT public.fail_at(1000000, $lasting) \\g /dev/null\n$call \\g /dev/null\nROLLBACK;\n" x ($times + 1) . "SELECT public.fail_at(0);");
}

foreach my $kind ('reads', 'writes')
{
	foreach my $case ($kind eq 'reads' ? @reads : @writes)
	{
		foreach my $lasting ('false', 'true')
		{
			my $requests = requests_of($case, $lasting, 2);
			my ($hits, @wrong) = survey($case, $kind, $lasting, points_of($requests, $lasting eq 'true' ? $points * 2 : $points / 2));
			my $what = $lasting eq 'true' ? 'requests for what lasts' : 'requests';

			is(join("\n", @wrong), '', "$case->[0]: $hits of $requests $what fail, each in a transaction");
		}

		# in sessions in which nothing is known yet
		my $requests = requests_of($case, 'false', 0);
		my ($hits, @wrong) = (0);

		foreach my $n (points_of($requests, $points / 10))
		{
			my ($hit, @found) = survey($case, $kind, 'false', $n);
			$hits += $hit;
			push @wrong, @found;
		}
		is(join("\n", @wrong), '', "$case->[0]: $hits of $requests requests fail, each in a new session");
	}
}

$node->stop;
done_testing();
