# More subtransactions than a backend tells others about, 64: snapshots are then marked as overflowed,
# in which the gate, the outbox and readers in other sessions must still see all or nothing. And
# snapshots that are imported: an answer is that snapshot's, whatever the session knew before.
# Without and with shared_preload_libraries.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore qw(invariants_hold no_crash session);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node;

# Pairs of which the gate and the table say something else: none. And how many the gate allows.
my $compare = q{SELECT concat(count(*) FILTER (WHERE gate), CASE WHEN bool_or(gate <> row) THEN ' differs' END)
	FROM (SELECT connect.is_allowed(source_organization_id, destination_organization_id) AS gate, status = 'active' AS row FROM connect.connection) AS c;};
my $lists = q{SELECT coalesce(cardinality(connect.allowed_sources()), 0) || ' ' || coalesce(cardinality(connect.visible_organizations('inquiry.read')), 0)
	|| ' ' || connect.may_see('org_1', 'inquiry.read') || ' ' || connect.explain_access('org_1', 'org_B');};
my $feed = q{SELECT jsonb_array_length(connect.read_events(page_size => 100) -> 'data');};

# Sets Connections 1 to n, each in a subtransaction of its own.
sub each_in_its_own
{
	my ($n, $status) = @_;
	return join(' ', map { "SAVEPOINT s$_; UPDATE connect.connection SET status = '$status' WHERE id = 'cxn_$_'; RELEASE s$_;" } 1 .. $n);
}

foreach my $preload ('', 'connect')
{
	my $way = $preload ? 'preloaded' : 'not preloaded';

	$node = PostgreSQL::Test::Cluster->new('node' . ($preload ? '_preloaded' : ''));
	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '$preload'\nautovacuum = off");
	$node->start;
	$node->safe_psql('postgres', q{
		CREATE ROLE regress_connect_b LOGIN;
		CREATE EXTENSION connect;
		SELECT connect.create_store();
		SELECT connect.register_organization('org_B', 'Beta'), connect.map_role('regress_connect_b', 'org_B'),
			connect.grant_usage('regress_connect_b'), connect.grant_share('regress_connect_b');
		SELECT connect.register_organization('org_' || n, 'The ' || n) FROM generate_series(1, 100) AS n;
		INSERT INTO connect.connection (id, source_organization_id, destination_organization_id)
			SELECT 'cxn_' || n, 'org_' || n, 'org_B' FROM generate_series(1, 100) AS n;
	});
	my $writer = session($node);
	my $reader = session($node);
	my $tenant = session($node, 'regress_connect_b');
	my $old = session($node);

	is($reader->($compare) . $tenant->($feed), '0100', "$way: nothing is allowed, all is told of");
	my $cursor = $tenant->(q{SELECT substring(connect.read_events(page_size => 100) #>> '{links,next}' FROM 'after%5D=([0-9a-f]+)') AS cursor \gset
		SELECT :'cursor';});
	my $next = "SELECT jsonb_array_length(connect.read_events('$cursor', 100) -> 'data');";

	$writer->('BEGIN;');
	is($writer->(each_in_its_own(100, 'active') . $compare), '100', "$way: who writes sees its 100 subtransactions");
	is($reader->($compare), '0', "$way: others see none of them");
	is($tenant->($lists), '0 1 false pending', "$way: nor does the destination");
	is($tenant->($next), '0', "$way: nor does the feed");
	$node->safe_psql('postgres', q{INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_later', 'org_B', 'org_1')});
	is($tenant->($next), '0', "$way: which holds back what others do meanwhile");
	is($old->("BEGIN ISOLATION LEVEL REPEATABLE READ; $compare"), '0', "$way: nor an old snapshot");

	# What is undone in the middle, when the others have long been beyond the 64.
	is( $writer->('SAVEPOINT middle; ' . join(' ', map { "SAVEPOINT d$_; UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_$_';" } 1 .. 80) . $compare),
		'20', "$way: 80 more, one in the other");
	is($reader->($compare), '0', "$way: others see none of these either");
	is($writer->("ROLLBACK TO d41; $compare"), '60', "$way: half of these are undone");
	is($writer->("ROLLBACK TO middle; $compare"), '100', "$way: then all of these");
	is($reader->($compare), '0', "$way: and others still see nothing");
	$writer->('COMMIT;');
	is($reader->($compare), '100', "$way: then they see all of it");
	is($tenant->($lists), '100 101 true allowed', "$way: so does the destination");
	is($tenant->($next =~ s/jsonb_array_length\((.*) -> 'data'\)/count(*), max(e #>> '{attributes,action}') FROM jsonb_array_elements($1 -> 'data') AS e/r),
		'100|activate', "$way: and the feed, ahead of what came later");
	is($old->($compare), '0', "$way: not under the old snapshot");
	is($old->("COMMIT; $compare"), '100', "$way: but behind it");
	is( $node->safe_psql('postgres', q{SELECT count(DISTINCT position), count(DISTINCT transaction_id), count(*), bool_and(position = transaction_id)
		FROM connect.event WHERE action = 'activate'}), '1|1|100|t', "$way: all have the transaction's own position");
	is( $node->safe_psql('postgres', q{SELECT bool_and(before < id) FROM (SELECT id, substr(subject_id, 5)::int AS n,
		lag(id) OVER (ORDER BY substr(subject_id, 5)::int) AS before FROM connect.event WHERE action = 'activate') AS e}),
		't', "$way: and stand in the order in which they happened");
	is($node->safe_psql('postgres', 'SELECT * FROM connect.verify_history()'), '', "$way: the history is sound");

	# An aborted whole leaves nothing, and what it has marked is no obstacle.
	is($writer->('BEGIN; ' . each_in_its_own(100, 'inactive') . $compare), '0', "$way: who ends all sees it");
	is($reader->("$compare $compare"), '100 100', "$way: others do not");
	is($writer->("ROLLBACK; $compare"), '100', "$way: nor does it after ROLLBACK");
	is($reader->($compare), '100', "$way: and others go on as before");

	# Imported snapshots. The exporter has one of when all was allowed; then 1 to 70 end, in 70
	# subtransactions of a transaction that stays open while another snapshot is exported.
	my $exporter = session($node);
	my $during = session($node);
	my $all = $exporter->('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_export_snapshot();');
	is($reader->($compare) . $tenant->($lists), '100100 101 true allowed', "$way: before they end");
	$writer->('BEGIN; ' . each_in_its_own(70, 'inactive'));
	my $between = $during->('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_export_snapshot();');
	my $own = $writer->('SELECT pg_export_snapshot();');
	my $import = sub { "BEGIN ISOLATION LEVEL REPEATABLE READ; SET TRANSACTION SNAPSHOT '$_[0]';" };

	is($reader->($import->($own) . $compare), '100', "$way: what a transaction exports does not hold its own changes");
	is($reader->("COMMIT; $compare"), '100', "$way: nor has it happened behind that");
	$writer->('COMMIT;');
	is($reader->($compare) . $tenant->($lists), '3030 31 false inactive', "$way: they have ended");
	is($reader->($import->($all) . $compare), '100', "$way: in a snapshot of before they have not");
	is($reader->("COMMIT; $compare"), '30', "$way: outside it they have");
	is($reader->($import->($between) . $compare), '100', "$way: nor in one that was taken while they ended");
	is($tenant->($import->($all) . $lists), '100 101 true allowed', "$way: the destination sees it alike");
	is($tenant->("SAVEPOINT s; $lists ROLLBACK TO s; $lists COMMIT; $lists"),
		'100 101 true allowed 100 101 true allowed 30 31 false inactive', "$way: as long as that transaction runs");
	is($reader->("COMMIT; $compare"), '30', "$way: and again");
	is($tenant->($import->($between) . $next), '100', "$way: the feed is that snapshot's");
	is($tenant->("COMMIT; $next"), '100', "$way: a page");
	is( $tenant->("SELECT count(*) FROM jsonb_array_elements(connect.list_events(page_size => 100) -> 'data') AS e WHERE e #>> '{attributes,action}' = 'deactivate';"),
		'70', "$way: whose next has what ended");

	# The other way round: what is allowed now was not in that snapshot.
	my $ended = $old->('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_export_snapshot();');
	$writer->(each_in_its_own(70, 'pending') =~ s/SAVEPOINT \w+;|RELEASE \w+;//gr . (each_in_its_own(70, 'active') =~ s/SAVEPOINT \w+;|RELEASE \w+;//gr));
	is($reader->($compare), '100', "$way: all is allowed again");
	is($reader->($import->($ended) . $compare), '30', "$way: not in a snapshot of when it had ended");
	is($reader->("COMMIT; $compare"), '100', "$way: again outside it");
	is($tenant->($import->($ended) . "SELECT connect.require_allowed('org_1', 'org_B');") =~ /sharing is not allowed|could not serialize/ ? 'refused' : 'held',
		'refused', "$way: a share is not held by what was");
	$tenant->('ROLLBACK;');

	$_->() foreach $writer, $reader, $tenant, $old, $exporter, $during;
	invariants_hold($node);
	no_crash($node);
	$node->stop;
}
done_testing();
