# The gate where memory is short: what was read in advance is forgotten, and what was asked for is
# kept, which must be no staler than before. Without and with shared_preload_libraries.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore qw(session);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Returns a query that asks the gate about these numbers, in this order, and says how many it allows
# and how many it should have judged otherwise.
sub ask
{
	my ($numbers) = @_;
	return qq{SELECT count(*) FILTER (WHERE gate) || ' ' || count(*) FILTER (WHERE gate <> row)
		FROM (SELECT connect.is_allowed('org_' || n, 'org_B') AS gate,
				EXISTS (SELECT FROM connect.connection AS c WHERE c.source_organization_id = 'org_' || n AND c.status = 'active') AS row
			FROM ($numbers) AS asked OFFSET 0) AS a;};
}

# The reading ahead begins with the first ids, those asked for are the last ones. So few are asked
# for first that there is room for what is read ahead, and then so many others that there is none.
my $asked = 'SELECT generate_series(2961, 3000) AS n';
my $others = 'SELECT generate_series(2301, 2960) AS n';
my $strangers = 'SELECT generate_series(5001, 5400) AS n';
my $others_first = "SELECT n FROM ((SELECT 1 AS turn, n FROM ($others) AS o) UNION ALL (SELECT 2, n FROM ($asked) AS a)) AS u ORDER BY turn, n";

# Has the memo not much more than it may have?
my $small = q{SELECT sum(total_bytes) <= 96 * 1024 FROM pg_backend_memory_contexts WHERE name LIKE 'connect gate%';};

foreach my $preload ('', 'connect')
{
	my $way = $preload ? 'preloaded' : 'not preloaded';

	my $node = PostgreSQL::Test::Cluster->new('node' . ($preload ? '_preloaded' : ''));
	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '$preload'\nautovacuum = off\nwork_mem = '64kB'\nhash_mem_multiplier = 1");
	$node->start;
	$node->safe_psql('postgres', q{
		CREATE EXTENSION connect;
		SELECT connect.create_store();
		SELECT connect.register_organization('org_B', 'Beta');
		INSERT INTO connect.organization (id, name) SELECT 'org_' || n, 'The ' || n FROM generate_series(1, 3000) AS n;
		INSERT INTO connect.connection (id, source_organization_id, destination_organization_id)
			SELECT 'cxn_' || lpad(n::text, 4, '0'), 'org_' || n, 'org_B' FROM generate_series(1, 3000) AS n;
		UPDATE connect.connection SET status = 'active';
	});
	my $reader = session($node);
	my $set = sub {
		my ($status, $numbers) = @_;
		return "SET session_replication_role = replica; UPDATE connect.connection SET status = '$status'
			WHERE source_organization_id IN (SELECT 'org_' || n FROM ($numbers) AS s); RESET session_replication_role;";
	};
	my $half = "$asked OFFSET 20";

	is($reader->(ask($asked)), '40 0', "$way: forty are allowed");
	is($reader->(ask($others_first)), '700 0', "$way: and as many after others, which leave no room for what was read in advance");
	is($reader->($small), 't', "$way: the memo stays small");

	# Each time the memo has read ahead and then forgets in the statement that must see a change.
	foreach my $turn (1 .. 3)
	{
		my $fresh = session($node);
		is($fresh->(ask($asked)), '40 0', "$way, turn $turn: all are active");
		$node->safe_psql('postgres', $set->('inactive', $half));
		is($fresh->(ask($others_first)), '680 0', "$way, turn $turn: what another session has changed is seen after a forgetting");
		is($fresh->(ask($asked)), '20 0', "$way, turn $turn: and later");
		is($fresh->(ask($strangers)), '0 0', "$way, turn $turn: strangers are allowed nothing");
		$node->safe_psql('postgres', $set->('active', $half));
		is($fresh->(ask($others_first)), '700 0', "$way, turn $turn: and it is seen that it has been taken back");
	}

	# One's own changes have no tags.
	foreach my $end ('ROLLBACK', 'COMMIT')
	{
		my $fresh = session($node);
		$fresh->("BEGIN; UPDATE connect.organization SET name = 'Other' WHERE id = 'org_1';");
		is($fresh->(ask($asked)), '40 0', "$way, $end: all are active in a transaction that writes");
		$fresh->('SAVEPOINT s;');
		$fresh->($set->('inactive', $half));
		is($fresh->(ask($others_first)), '680 0', "$way, $end: its own change is seen after a forgetting");
		$fresh->('ROLLBACK TO s;');
		is($fresh->(ask($others_first)), '700 0', "$way, $end: and that it was rolled back");
		$fresh->($set->('inactive', $half));
		is($fresh->(ask($asked)), '20 0', "$way, $end: it is made again");
		$fresh->("$end;");
		is($fresh->(ask($others_first)), $end eq 'COMMIT' ? '680 0' : '700 0', "$way, $end: and seen as it ended");
	}
	$node->stop;
}

done_testing();
