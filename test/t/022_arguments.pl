# A megabyte for every argument of text, to every function that anybody may be given: a
# clear error or a plain answer, the server unharmed, and no memory kept.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node();

$node->safe_psql('postgres', install() . people_and_rows());

# Every function, every parameter of text, text[], name, jsonb or bytea in turn, the others being
# good; letters, quotes and bytes of many widths. Run in one session, for its memory to tell.
my $calls = $node->safe_psql('postgres', q~
	SELECT format('SELECT %s.%s(%s)', p.pronamespace::regnamespace, p.proname, string_agg(
		CASE WHEN a.n = big.n THEN
			CASE t.typname WHEN '_text' THEN format('ARRAY[%s]', huge.e) WHEN 'bytea' THEN format('convert_to(%s, ''UTF8'')', huge.e)
				ELSE format('(%s)::%s', huge.e, t.typname) END
		WHEN t.typname = 'regclass' THEN '''connect.connection'''
		WHEN t.typname = '_text' THEN 'NULL'
		WHEN t.typname IN ('text', 'name') AND p.proargnames[a.n] IN ('organization_id', 'source_organization_id', 'destination_organization_id', 'id') THEN '''org_source'''
		WHEN t.typname IN ('text', 'name') AND p.proargnames[a.n] = 'connection_id' THEN '''cxn_active'''
		WHEN t.typname IN ('text', 'name') AND p.proargnames[a.n] = 'role_name' THEN '''regress_connect_pool'''
		WHEN t.typname IN ('int4') THEN '10' ELSE 'NULL' END, ', ' ORDER BY a.n))
	FROM pg_proc AS p, unnest(p.proargtypes) WITH ORDINALITY AS big (type, n) JOIN pg_type AS bt ON bt.oid = big.type,
		unnest(p.proargtypes) WITH ORDINALITY AS a (type, n) JOIN pg_type AS t ON t.oid = a.type,
		(VALUES ('repeat(''x'', 1000000)'), ('repeat(E''\'' \\ " \n%'', 170000)'), ('repeat(E''\U0001F600é'', 170000)'), ('repeat(''{"data":['', 120000)')) AS huge (e)
	WHERE p.pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace) AND bt.typname IN ('text', '_text', 'name', 'bytea')
	GROUP BY p.oid, p.pronamespace, p.proname, big.n, huge.e ORDER BY p.oid, big.n, huge.e~);
my @calls = split /\n/, $calls;

cmp_ok(scalar @calls, '>', 150, scalar(@calls) . ' calls with a megabyte');

# settings and headers, in each place that is read
my $object = q{json_build_object('x-connect-id', 'cxn_active', 'x-connect-query', '')::jsonb};

foreach my $name (qw(x-connect-api-key x-connect-id x-connect-query x-connect-accept x-connect-request-id idempotency-key key-inflection persona-version x-else))
{
	push @calls, "WITH s AS MATERIALIZED (SELECT set_config('request.headers', ($object || jsonb_build_object('$name', repeat('$_', 250000)))::text, true) AS s)
		SELECT connect_api.update_connection('{\"data\": {\"attributes\": {\"name\": null}}}')::text FROM s WHERE s <> ''"
	  for ('abc&', 'é%C3', '"\\');
}
push @calls, "WITH s AS MATERIALIZED (SELECT set_config('request.jwt.claims', $_, true) AS s) SELECT connect.current_organization_id() FROM s WHERE s <> ''"
  for ("repeat('x', 1000000)", "json_build_object('organization_id', repeat('x', 1000000))::text", "repeat('[', 1000000)",
	"(SELECT json_object_agg('k' || i, i) FROM generate_series(1, 50000) AS i)::text");
# bodies that are well formed
push @calls, "SELECT connect_api.create_connection(convert_to($_, 'UTF8'))" for (
	"json_build_object('data', json_build_object('attributes', json_build_object('destination-organization-id', 'org_third', 'name', repeat('x', 1000000))))::text",
	"json_build_object('data', json_build_object('attributes', json_build_object('destination-organization-id', 'org_third', 'scopes', (SELECT array_agg('s' || i) FROM generate_series(1, 100000) AS i))))::text",
	"json_build_object('data', json_build_object('attributes', (SELECT json_object_agg('k' || i, i) FROM generate_series(1, 50000) AS i)))::text",
	"json_build_object('data', json_build_object('type', repeat('x', 1000000)))::text",
	"repeat(' ', 1000000) || '{}'");

# 1 MB back would be an answer, too, but none of these says more than a little of what it got.
my $memory = q{SELECT sum(total_bytes) FROM pg_backend_memory_contexts};
my $tenants = qr/connect_api\.|connect\.(?:create_conn|activate|deact|react|update_c|get_|list_|is_all|allowed|explain|require|current)/;
my @results = outcomes($node, 'postgres', 'postgres', $memory,
	(map { 'BEGIN; ' . (/$tenants/ ? 'SET LOCAL ROLE regress_connect_source; ' : '') . $_ } @calls), $memory);
my $first = shift @results;
my $last = pop @results;
my %kinds;

$kinds{ /^(\w{5}: .*)/m ? $1 : /"code": ?"(\w+)"/ ? $1 : substr($_, 0, 20) }++ foreach @results;
note("$kinds{$_} times: $_") foreach sort keys %kinds;

my $words = qr/22023: |22P0[23]: |42501: |42704: |42601: |42703: |42804: |42809: |42P17: |PT4\d\d: |23\d\d\d: |54\d\d\d: /;

is_deeply([ map { substr $_, 0, 300 } grep { /^(?:XX|08|53|57|58|F0)\w{3}:/m || /"(?:internal|unavailable)"/ || length $_ > 20000 } @results ], [],
	'no answer is an internal error, nor as long as what was sent');
cmp_ok(scalar(grep { /$words|"errors":/ } @results), '>', @results * 0.6, 'most are clear errors');
cmp_ok($last, '<', $first + 20_000_000, "the session keeps little of it: $first bytes before, $last after");

# Nor do those parts that outlive a statement: a scope asked for under one snapshot, headers that were read.
my $kept = $node->safe_psql('postgres', q{
	BEGIN ISOLATION LEVEL REPEATABLE READ;
	SELECT connect.is_allowed('org_source', 'org_destination', s), connect.is_allowed('org_source', 'org_destination', s)
		FROM (SELECT repeat('x', 20000000)) AS v (s) \g /dev/null
	SELECT set_config('request.headers', json_build_object('x-connect-api-key', 'x', 'more', (SELECT array_agg(i) FROM generate_series(1, 200000) AS i))::text, true) \g /dev/null
	SELECT connect.current_organization_id() \g /dev/null
	SELECT sum(total_bytes) FROM pg_backend_memory_contexts WHERE name LIKE 'connect%';
	COMMIT;});
cmp_ok($kept, '<', 5_000_000, 'a scope of 20 MB and headers of 1.4 MB are not kept taken apart');

# What a gateway says.
is_deeply([ outcomes($node, 'regress_connect_gateway', 'postgres',
		"SELECT connect.act_as(repeat('x', 1000000))", "SELECT connect.act_as('org_source', repeat('x', 1000000))", "SELECT connect.act_as('org_source', 'x', repeat('x', 1000000))") ],
	[ '22023: value of "organization_id" is invalid', 'PT422: actor id is too long', '22023: value of "actor_type" is invalid' ], 'act_as() refuses a megabyte');

invariants_hold($node);
no_crash($node);
$node->stop;
done_testing();
