# What is called for every row or every request is called 100,000 times in one backend, what
# writes and what takes a whole request over HTTP 20,000 times; and the memory of that backend
# stays as it is after the first tenth. Counted are the bytes in use in all memory contexts and
# the process's own memory, by which malloc() shows, too. Both are looked at inside the loop,
# where what a transaction keeps is still there.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $calls = 100_000;
my $requests = 20_000;

# At least 18,000 calls lie between the two looks. The smallest thing that can be left behind takes
# 16 bytes in a memory context and 32 of malloc(), which makes 288 kB of one and 576 of the other. The
# bounds are below, and leave room for what catalog caches, and a heap with gaps, may grow by once.
my $most_in_contexts = 64 * 1024;
my $most_of_process = 512 * 1024;

my $node;

# Starts a server with a store: a source, a destination, and four hundred others who share with it.
sub start
{
	my ($preload) = @_;

	$node = PostgreSQL::Test::Cluster->new("memory$preload");
	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	# no more than the work at hand: checkpoints and vacuums are other processes'
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '$preload'\nautovacuum = off\nmax_wal_size = 4GB");
	$node->start;
	$node->safe_psql('postgres', q{
		CREATE ROLE regress_connect_source LOGIN;
		CREATE ROLE regress_connect_destination LOGIN;
		CREATE ROLE regress_connect_gateway LOGIN;
		CREATE EXTENSION connect;
		SELECT connect.create_store();
		SELECT connect.register_organization('org_' || p, 'The ' || p), connect.map_role(('regress_connect_' || p)::name, 'org_' || p)
			FROM (VALUES ('source'), ('destination')) AS v (p);
		SELECT connect.grant_usage(r), connect.grant_share(r), connect.grant_http(r)
			FROM unnest('{regress_connect_source,regress_connect_destination,regress_connect_gateway}'::name[]) AS r;
		SELECT connect.trust_gateway('regress_connect_gateway');
		SELECT connect.register_organization('org_' || i, 'Number ' || i) FROM generate_series(1, 400) AS i;
		INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES
			('cxn_active', 'org_source', 'org_destination'), ('cxn_pending', 'org_destination', 'org_source'),
			('cxn_self', 'org_source', 'org_source');
		INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, scopes)
			SELECT 'cxn_' || i, 'org_' || i, 'org_destination', CASE i % 2 WHEN 0 THEN '{inquiry.read}' ELSE '{account.read,inquiry.read}' END::text[]
			FROM generate_series(1, 400) AS i;
		UPDATE connect.connection SET status = 'active' WHERE id <> 'cxn_pending';
		-- rows of four hundred others, under row security
		CREATE TABLE public.page (organization_id text);
		INSERT INTO public.page SELECT 'org_' || i FROM generate_series(1, 400) AS i;
		SELECT connect.share_table('public.page', 'organization_id', 'inquiry.read');
		GRANT SELECT ON public.page TO PUBLIC;
		GRANT SELECT, INSERT, UPDATE ON connect.connection TO regress_connect_source;
		CREATE TABLE public.headers AS
			SELECT json_build_object('x-connect-api-key', (connect.create_api_key('org_source', 'key')).secret,
				'x-connect-id', 'cxn_self', 'x-connect-query', 'page%5Bsize%5D=3')::text AS reading,
				''::text AS writing;
		UPDATE public.headers SET writing = (reading::jsonb || '{"x-connect-query": "", "x-connect-request-id": "r"}')::text;
		GRANT SELECT ON public.headers TO PUBLIC;

		-- Where everything stands: what the contexts hold and what the process has of its own. Both without
		-- the loop's own context, in which PostgreSQL leaves 24 bytes at each COMMIT of a change to any table.
		CREATE FUNCTION public.memory(OUT contexts bigint, OUT process bigint) LANGUAGE sql VOLATILE SECURITY DEFINER AS $$
			SELECT sum(used_bytes) FILTER (WHERE name <> 'SPI Proc'),
				1024 * (regexp_match(pg_catalog.pg_read_file('/proc/self/status'), 'RssAnon:\s+(\d+)'))[1]::bigint
					- sum(used_bytes) FILTER (WHERE name = 'SPI Proc')
			FROM pg_catalog.pg_backend_memory_contexts
		$$;
		-- not the empty ones: a plan for no rows would be kept while they fill
		ANALYZE connect.connection, connect.organization, public.page;
	});
	return;
}

# Does something in a loop as a login, as often as said, and returns how often it went right and
# how much memory came to be in use between a tenth and the end.
sub grown
{
	my ($role, $what, $times) = @_;

	$node->safe_psql('postgres', qq{
		CREATE OR REPLACE PROCEDURE public.hot(INOUT went_right int, INOUT contexts bigint, INOUT process bigint) LANGUAGE plpgsql AS \$hot\$
		DECLARE
			reading text := (SELECT reading FROM public.headers);
			writing text := (SELECT writing FROM public.headers);
			state text;
			first record;
			last record;
		BEGIN
			COMMIT;
			FOR i IN 1..20 LOOP
				SELECT * INTO first FROM public.memory();
			END LOOP;
			FOR i IN 1..$times / 10 LOOP
				$what
			END LOOP;
			SELECT * INTO first FROM public.memory();
			FOR i IN $times / 10 + 1..$times LOOP
				$what
			END LOOP;
			SELECT * INTO last FROM public.memory();
			contexts := last.contexts - first.contexts;
			process := last.process - first.process;
		END \$hot\$});
	return split /\|/, $node->safe_psql('postgres', 'CALL public.hot(0, 0, 0)',
		connstr => $node->connstr('postgres') . " user=regress_connect_$role", timeout => 600);
}

sub is_flat
{
	my ($name, $role, $what, $times) = @_;
	my ($went_right, $contexts, $process) = grown($role, $what, $times // $calls);

	is($went_right, $times // $calls, "$name: every answer is right");
	cmp_ok($contexts, '<', $most_in_contexts, "$name: $contexts bytes more in memory contexts");
	cmp_ok($process, '<', $most_of_process, "$name: $process bytes more of the process");
	return;
}

# What is done in a loop: something that is true if all is well, or that is refused with a code.
sub right
{
	my ($condition) = @_;
	return "went_right := went_right + ($condition)::int;";
}

sub refused
{
	my ($code, $statement) = @_;
	return qq{
		BEGIN
			$statement;
		EXCEPTION WHEN OTHERS THEN
			GET STACKED DIAGNOSTICS state = CONSTRAINT_NAME;
			went_right := went_right + (state = '$code')::int;
		END;};
}

my @gate = (
	[ 'is_allowed() of one pair', 'destination', right(q{connect.is_allowed('org_source', 'org_destination', 'inquiry.read')}) ],
	[ 'is_allowed() of one pair, a transaction each', 'destination', right(q{connect.is_allowed('org_source', 'org_destination')}) . 'COMMIT;' ],
	[ 'is_allowed() of many pairs', 'destination', right(q{connect.is_allowed('org_' || (i % 800 + 1), 'org_destination', 'inquiry.read') = (i % 800 < 400)}) ],
	[ 'is_allowed() of many pairs, a transaction each', 'destination',
		right(q{connect.is_allowed('org_' || (i % 800 + 1), 'org_destination', 'account.read') = (i % 800 < 400 AND i % 2 = 0)}) . 'COMMIT;' ],
	[ 'a page of 400 rows under row security, a transaction each', 'destination',
		right(q{(SELECT count(*) FROM public.page) = 400}) . 'COMMIT;', $calls / 100 ],
);

my @readers = (
	[ 'current_organization_id()', 'source', right(q{connect.current_organization_id() = 'org_source'}) ],
	[ 'current_organization_id() by act_as(), a transaction each', 'gateway',
		q{PERFORM connect.act_as('org_' || (i % 400 + 1), 'somebody');} . right(q{connect.current_organization_id() = 'org_' || (i % 400 + 1)}) . 'COMMIT;' ],
	[ 'current_organization_id() by a JWT, a transaction each', 'gateway',
		q{PERFORM set_config('request.jwt.claims', format('{"organization_id": "org_%s", "sub": "somebody"}', i % 400 + 1), true);}
		  . right(q{connect.current_organization_id() = 'org_' || (i % 400 + 1)}) . 'COMMIT;' ],
	[ 'explain_access()', 'source', right(q{connect.explain_access('org_source', 'org_destination', 'verification.read') = 'scope_not_granted'}) ],
	[ 'require_allowed(), a transaction each', 'source', right(q{connect.require_allowed('org_source', 'org_destination')::text = ''}) . 'COMMIT;' ],
	[ 'allowed_sources()', 'source', right(q{connect.allowed_sources('inquiry.read') = '{org_source}'}) ],
	[ 'get_connection()', 'source', right(q{connect.get_connection('cxn_active') #>> '{data,attributes,status}' = 'active'}) ],
	[ 'list_connections()', 'source', right(q{jsonb_array_length(connect.list_connections(page_size => 2) -> 'data') = 2}) ],
	[ 'list_events()', 'source', right(q{jsonb_array_length(connect.list_events('cxn_active', 1) -> 'data') = 1}) ],
	[ 'read_events()', 'source', right(q{jsonb_array_length(connect.read_events(NULL, 1) -> 'data') <= 1}) ],
	[ 'was_allowed()', 'source', right(q{connect.was_allowed('org_source', 'org_destination', 'verification.read', now()) = false}) ],
	[ 'a connection that is not found', 'source', refused('not_found', q{PERFORM connect.get_connection('cxn_1')}) ],
	[ 'a share that is not allowed', 'source', refused('sharing_not_allowed', q{PERFORM connect.require_allowed('org_destination', 'org_source')}) ],
	[ 'GET of a page over HTTP, a transaction each', 'gateway',
		q{PERFORM set_config('request.headers', reading, true);}
		  . right(q{json_array_length(connect_api.list_connections() -> 'data') = 3}) . 'COMMIT;', $requests ],
	[ 'POST that is a conflict over HTTP, a transaction each', 'gateway',
		q{PERFORM set_config('request.headers', writing, true);}
		  . right(q{connect_api.reactivate_connection('') #>> '{errors,0,code}' = 'connection_not_inactive'}) . 'COMMIT;', $requests ],
);

# The whole life of a connection, a step and an event each time.
my $step = q{CASE i % 3
	WHEN 1 THEN connect.deactivate_connection('cxn_self', 'reason ' || i) #>> '{data,attributes,status}' = 'inactive'
	WHEN 2 THEN connect.reactivate_connection('cxn_self') #>> '{data,attributes,status}' = 'pending'
	ELSE connect.activate_connection('cxn_self') #>> '{data,attributes,status}' = 'active' END};

# Writing many times in one transaction is left out: PostgreSQL itself keeps a few bytes for each such row.
my @writers = (
	[ 'an activation out of turn', 'source', refused('connection_not_pending', q{PERFORM connect.activate_connection('cxn_self')}) ],
	[ 'a second create', 'source', refused('connection_exists', q{PERFORM connect.create_connection('org_destination')}) ],
	[ 'a plain UPDATE out of turn', 'source', refused('connection_not_inactive', q{UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_self'}) ],
	[ 'a plain INSERT of what is there', 'source', q{INSERT INTO connect.connection (source_organization_id, destination_organization_id)
		VALUES ('org_source', 'org_destination') ON CONFLICT DO NOTHING;} . right('NOT FOUND') . 'COMMIT;' ],
	[ 'steps of a connection', 'source', right($step) . 'COMMIT;' ],
	[ 'new connections', 'gateway', q{PERFORM connect.act_as('org_' || (i - 1) / 300 + 1);}
		  . right(q{connect.create_connection('org_' || (i - 1) % 300 + 1, 'Number ' || i) #>> '{data,attributes,status}' = 'pending'}) . 'COMMIT;' ],
	[ 'POST of steps over HTTP, with keys', 'gateway',
		q{PERFORM set_config('request.headers', (writing::jsonb || jsonb_build_object('idempotency-key', i::text))::text, true);}
		  . right(q{CASE i % 3 WHEN 1 THEN connect_api.deactivate_connection('{"meta": {"reason": "none"}}')
			WHEN 2 THEN connect_api.reactivate_connection('') ELSE connect_api.activate_connection('') END #>> '{data,type}' = 'connect/connection'}) . 'COMMIT;' ],
);

# Without preloading the gate keeps its answers in another way; the rest is as it is with it.
start('');
is_flat(@$_) foreach @gate;

# What does grow is seen: memory of a context, and of malloc() before PostgreSQL 16.
my (undef, $contexts) = grown('source', q{EXECUTE 'PREPARE kept_' || i || ' AS SELECT 1';}, 1000);
cmp_ok($contexts, '>', $most_in_contexts, "a statement that is kept at each call is seen: $contexts bytes more");
(undef, $contexts, my $process) = grown('source', q{PERFORM set_config('regress_connect.kept_' || i, repeat('x', 3000), false);}, 1000);
cmp_ok($process, '>', $most_of_process, "and so is a setting: $process bytes more");
$node->stop;

start('connect');
is_flat(@$_) foreach @gate, @readers, map { [ @$_, $requests ] } @writers;
$node->stop;

done_testing();
