# sqlsmith: thousands of random queries as a stranger and as a tenant, over whatever is in the
# database. The server survives them, and the store is as it was.
#
# Needs Debian's package sqlsmith; skipped without. SQLSMITH_QUERIES bounds the queries of each.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore;
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $sqlsmith = (grep { -x } map { "$_/sqlsmith" } split(/:/, $ENV{PATH}), '/usr/bin')[0];

plan skip_all => 'sqlsmith is not installed' unless $sqlsmith;

my $queries = $ENV{SQLSMITH_QUERIES} // 200;
my $node = start_node();

$node->safe_psql('postgres', install() . people_and_rows() . q{
	SELECT connect.grant_usage('regress_connect_stranger'), connect.grant_share('regress_connect_stranger'), connect.grant_http('regress_connect_stranger');
	GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA connect TO regress_connect_third, regress_connect_stranger;
	-- sqlsmith looks functions up in pg_proc, where ours are few among thousands: it finds another one, with
	-- little in it but ours
	CREATE SCHEMA smith;
	GRANT USAGE ON SCHEMA smith TO PUBLIC;
	CREATE VIEW smith.pg_proc AS SELECT * FROM pg_catalog.pg_proc
		WHERE pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace)
		OR NOT proargtypes::oid[] && '{anyrange,anymultirange}'::regtype[]::oid[] AND proname IN ('lower', 'upper', 'length', 'repeat', 'now', 'concat', 'abs', 'random', 'md5', 'array_append', 'jsonb_typeof', 'count', 'max', 'min', 'array_agg', 'to_json');
	GRANT SELECT ON smith.pg_proc TO PUBLIC;
});

# sqlsmith gives each query a second, by statement_timeout of its own.
foreach my $role (qw(regress_connect_stranger regress_connect_third))
{
	my $before = everything_of($node);
	my ($stdout, $stderr) = ('', '');
	local $ENV{PGOPTIONS} = '-c search_path=smith,pg_catalog';
	my $finished = eval {
		IPC::Run::run([ $sqlsmith, '--target=' . $node->connstr('postgres') . " user=$role", '--seed=20261123',
				"--max-queries=$queries", '--exclude-catalog', '--verbose' ],
			'<', \undef, '>', \$stdout, '2>', \$stderr, IPC::Run::timeout(600));
	};

	is($finished, 1, "$role: sqlsmith has sent $queries queries") or diag substr("$@ $stderr", -2000);
	no_crash($node);
	# A tenant may offer, and change its own; a stranger nothing.
	is(everything_of($node), $before, "$role: nothing has changed") if $role =~ /stranger/;
	note($stderr);
	cmp_ok(($stderr =~ /error rate: ([\d.]+)/)[0] // 1, '<', 1, "$role: some of them were answered");
}
is( $node->safe_psql('postgres', q{SELECT string_agg(id, ' ' ORDER BY id) FROM connect.connection WHERE id IN ('cxn_active', 'cxn_pending', 'cxn_inactive')
		AND (name, updated_at) = (SELECT e.name, e.created_at FROM connect.event AS e WHERE e.connection_id = connection.id ORDER BY e.id DESC LIMIT 1)}),
	'cxn_active cxn_inactive cxn_pending', 'Connections that the tenant is no party to are as they were');
invariants_hold($node);
$node->stop;
done_testing();
