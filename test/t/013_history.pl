# The history goes on whatever happens to clocks and transaction ids: a clock an hour ahead and set
# back, a standby that is promoted with a clock behind, prepared transactions, and a store restored
# into clusters with higher and with lower ids. And what holds the outbox back for minutes is found.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# faketime reads how far the clock is off from a file, at each call.
my ($faketime) = glob('/usr/lib/*/faketime/libfaketime.so.1');
plan skip_all => 'libfaketime is not installed' if !$faketime;

my $clock = PostgreSQL::Test::Utils::tempdir() . '/clock';
set_clock('+0');
local $ENV{FAKETIME_TIMESTAMP_FILE} = $clock;
local $ENV{FAKETIME_NO_CACHE} = 1;
local $ENV{FAKETIME_DONT_FAKE_MONOTONIC} = 1;

sub set_clock
{
	my ($offset) = @_;
	append_to_file("$clock.new", "$offset\n");
	rename("$clock.new", $clock) or die "$clock: $!";
}

# Starts a server whose clock is that of the file.
sub start_faked
{
	my ($node) = @_;
	local $ENV{LD_PRELOAD} = $faketime;
	$node->start;
}

my $setup = q{
CREATE EXTENSION connect; SELECT connect.create_store();
SELECT connect.register_organization('org_A', 'A'), connect.register_organization('org_B', 'B'), connect.register_organization('org_C', 'C');
CREATE ROLE regress_connect_source; SELECT connect.map_role('regress_connect_source', 'org_A'), connect.grant_usage('regress_connect_source');
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('c1', 'org_A', 'org_B'), ('c2', 'org_A', 'org_C'), ('c3', 'org_B', 'org_C');
};

# One step on.
my $step = q{UPDATE connect.connection SET status = CASE status WHEN 'pending' THEN 'active' WHEN 'active' THEN 'inactive' ELSE 'pending' END::connect.connection_status};

# What is wrong with the histories: nothing may be.
my $wrong = q{
SELECT 'chain ' || id FROM (SELECT *, lag(to_status) OVER w AS before, lag(created_at) OVER w AS time, lag(position) OVER w AS place FROM connect.event
	WINDOW w AS (PARTITION BY subject_id ORDER BY id)) AS e WHERE from_status IS DISTINCT FROM before OR created_at <= time OR place > position
UNION ALL SELECT 'order ' || id FROM (SELECT *, lag(to_status) OVER (PARTITION BY subject_id ORDER BY position, id) AS before FROM connect.event) AS e
	WHERE from_status IS DISTINCT FROM before
UNION ALL SELECT 'row ' || c.id FROM connect.connection AS c WHERE (c.status::text, c.updated_at)
	<> (SELECT e.to_status, e.created_at FROM connect.event AS e WHERE e.subject_id = c.id ORDER BY e.id DESC LIMIT 1) OR c.updated_at < c.created_at
UNION ALL SELECT 'seal ' || event_id FROM connect.verify_history()};

# ---- A clock an hour ahead, and set back ----

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "max_prepared_transactions = 5\nshared_preload_libraries = 'connect'\nautovacuum = off");
start_faked($node);
$node->safe_psql('postgres', $setup);

my $now = q{SELECT round(extract(epoch FROM clock_timestamp()))};
my $true_time = $node->safe_psql('postgres', $now);
set_clock('+1h');
cmp_ok($node->safe_psql('postgres', $now), '>', $true_time + 3500, 'the clock is an hour ahead');
$node->safe_psql('postgres', $step) foreach 1 .. 2;
is($node->safe_psql('postgres', $wrong), '', 'the histories are right');
set_clock('+0');
cmp_ok($node->safe_psql('postgres', $now), '<', $true_time + 1800, 'the clock is set back');
$node->safe_psql('postgres', $step) foreach 1 .. 3;
is($node->safe_psql('postgres', $wrong), '', 'they go on behind what came from the future');
is( $node->safe_psql('postgres', q{SET ROLE regress_connect_source; SELECT string_agg(e #>> '{attributes,action}', ' ' ORDER BY n) FROM jsonb_array_elements(connect.list_events('c1') -> 'data')
		WITH ORDINALITY AS t (e, n)}),
	'deactivate activate reactivate deactivate activate create',
	'the list has them in their order');
cmp_ok($node->safe_psql('postgres', q{SELECT extract(epoch FROM max(created_at) - min(created_at)) FROM connect.event WHERE subject_id = 'c1'}),
	'<', 3700, 'by a microsecond each, not by an hour');
# what is new has the true time
$node->safe_psql('postgres', q{INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('c4', 'org_C', 'org_A')});
cmp_ok($node->safe_psql('postgres', q{SELECT extract(epoch FROM created_at) FROM connect.event WHERE subject_id = 'c4'}), '<', $true_time + 1800,
	'a history that begins now begins now');
is($node->safe_psql('postgres', q{SELECT e.id < o.id FROM connect.event AS e, connect.event AS o WHERE e.subject_id = 'c4' AND o.subject_id = 'c1' ORDER BY o.id DESC LIMIT 1}),
	't', 'and its ids are not from the future');

# ---- Prepared transactions ----

my $feed = q{SET ROLE regress_connect_source; SELECT string_agg((e #>> '{attributes,subject-id}') || ' ' || (e #>> '{attributes,action}'), ', ' ORDER BY n),
	connect.read_events() #>> '{meta,complete-before}' IS NULL FROM jsonb_array_elements(connect.read_events() -> 'data') WITH ORDINALITY AS t (e, n)
	WHERE n > };
my $before = $node->safe_psql('postgres', q{SET ROLE regress_connect_source; SELECT jsonb_array_length(connect.read_events() -> 'data')});
$node->safe_psql('postgres', qq{BEGIN; UPDATE connect.connection SET name = 'Held' WHERE id = 'c2'; PREPARE TRANSACTION 'held'});
$node->safe_psql('postgres', "$step WHERE id = 'c1'") foreach 1 .. 2;
is($node->safe_psql('postgres', $feed . $before), '|t', 'a prepared transaction holds the feed back, and nothing tells its time');
$node->safe_psql('postgres', q{COMMIT PREPARED 'held'});
is($node->safe_psql('postgres', $feed . $before), 'c2 update, c1 reactivate, c1 activate|f', 'its end lets it go on');
is($node->safe_psql('postgres', $wrong), '', 'the histories are right');
$node->safe_psql('postgres', qq{BEGIN; $step WHERE id = 'c1'; PREPARE TRANSACTION 'undone'});
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'undone'});
$node->safe_psql('postgres', "$step WHERE id = 'c1'");
is($node->safe_psql('postgres', $wrong), '', 'one that is rolled back leaves nothing');

# ---- What holds the outbox back is found ----

my $held = q{SELECT severity, finding, remedy FROM connect.check_setup() WHERE code = 'outbox_held'};
my $since = q{ has written and not ended since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^;]*; readers of the outbox wait for it\.};
# ids are given to all databases in one order
$node->safe_psql('postgres', 'CREATE DATABASE other');
$node->safe_psql('postgres', q{BEGIN; UPDATE connect.connection SET name = 'Oldest' WHERE id = 'c2'; PREPARE TRANSACTION 'held, too'});
my $writer = $node->background_psql('other');
$writer->query_safe('BEGIN; CREATE TABLE t ()');
my $writer_pid = $writer->query_safe('SELECT pg_backend_pid()');
# one that has written nothing keeps nobody waiting, however old it is
my $reader = $node->background_psql('postgres');
$reader->query_safe('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM connect.event');
set_clock('+4m');
is($node->safe_psql('postgres', $held), '', 'transactions of four minutes are none that hold the outbox');
set_clock('+6m');
like($node->safe_psql('postgres', $held),
	qr/^warning\|Prepared transaction 'held, too' in database postgres$since\|COMMIT PREPARED 'held, too'; or ROLLBACK PREPARED 'held, too'; in that database\.$/,
	'of six minutes, the oldest is named: a prepared one by its name');
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'held, too'});
my $finding = $node->safe_psql('postgres', $held);
like($finding, qr/^warning\|Process $writer_pid in database other$since\|SELECT pg_terminate_backend\($writer_pid\);$/, 'then a session of another database');
my $horizon = $node->safe_psql('postgres', 'SELECT pg_snapshot_xmin(pg_current_snapshot())');
# as the finding says: what is written now waits
$node->safe_psql('postgres', "$step WHERE id = 'c1'");
cmp_ok($node->safe_psql('postgres', q{SELECT max(position) FROM connect.event}), '>=', $horizon, 'the outbox is held indeed');
$node->safe_psql('postgres', $finding =~ s/.*\|//r);
$node->poll_query_until('postgres', qq{SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $writer_pid)}) or die 'the writer goes on';
is($node->safe_psql('postgres', $held), '', 'what it advises ends that');
cmp_ok($node->safe_psql('postgres', q{SELECT max(position) FROM connect.event}), '<',
	$node->safe_psql('postgres', 'SELECT pg_snapshot_xmin(pg_current_snapshot())'), 'the reader of six minutes holds nothing');
eval { $writer->quit };
$reader->quit;
set_clock('+0');

# ---- A standby whose clock is behind is promoted ----

$node->backup('base');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'base', has_streaming => 1);
my $anchor = $node->safe_psql('postgres', 'SELECT before, events, seal FROM connect.history_anchor()');
my ($position) = split(/\|/, $anchor);
set_clock('+30m');
$node->safe_psql('postgres', $step);
set_clock('-1h');
start_faked($standby);
$node->wait_for_catchup($standby, 'replay', $node->lsn('write'));
is($standby->safe_psql('postgres', "SELECT before, events, seal FROM connect.history_anchor('$position')"), $anchor, 'a standby has the same anchor');
is($standby->safe_psql('postgres', q{SELECT count(*) FROM connect.verify_history()}), 0, 'and the same seals');
my $cursor = $standby->safe_psql('postgres', q{SET ROLE regress_connect_source; SELECT substring(connect.read_events() #>> '{links,next}' FROM 'after%5D=(.*)$')});
$node->stop('immediate');
$standby->promote;
$standby->safe_psql('postgres', $step) foreach 1 .. 2;
is($standby->safe_psql('postgres', $wrong), '', 'after its promotion the histories go on, by a clock that is behind');
is( $standby->safe_psql('postgres', qq{SET ROLE regress_connect_source; SELECT count(*), count(DISTINCT e #>> '{attributes,subject-id}') FROM jsonb_array_elements(connect.read_events('$cursor') -> 'data') AS e}),
	'6|3', 'and a cursor goes on too');
is($standby->safe_psql('postgres', "SELECT before, events, seal FROM connect.history_anchor('$position')"), $anchor, 'so does the anchor');

# ---- Restored elsewhere ----

set_clock('+0');
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
# ids that no younger cluster has reached
$standby->safe_psql('postgres', q{DO $$ BEGIN FOR i IN 1 .. 3000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$});
$standby->safe_psql('postgres', $step);
$standby->command_ok([ 'pg_dump', '-Fc', '-f', $dump, $standby->connstr('postgres') ], 'the store is dumped');
my $next = $standby->safe_psql('postgres', 'SELECT pg_snapshot_xmax(pg_current_snapshot())');

foreach my $kind ('lower', 'higher')
{
	my $other = PostgreSQL::Test::Cluster->new($kind);
	$other->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$other->start;
	$other->safe_psql('postgres', 'CREATE ROLE regress_connect_source');
	$other->safe_psql('postgres', q{DO $$ BEGIN FOR i IN 1 .. 8000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$}) if $kind eq 'higher';
	cmp_ok($other->safe_psql('postgres', 'SELECT pg_snapshot_xmax(pg_current_snapshot())'), $kind eq 'lower' ? '<' : '>', $next, "$kind: a cluster with $kind transaction ids");
	$other->command_ok([ 'pg_restore', '--exit-on-error', '-d', $other->connstr('postgres'), $dump ], "$kind: the store is restored");
	is($other->safe_psql('postgres', q{SELECT count(*) FROM connect.verify_history()}), 0, "$kind: its seals hold");
	is($other->safe_psql('postgres', "SELECT before, events, seal FROM connect.history_anchor('$position')"), $anchor, "$kind: and so does the anchor");
	is($other->safe_psql('postgres', q{SELECT code, severity FROM connect.check_setup() WHERE code ~ 'position'}),
		$kind eq 'lower' ? 'positions_foreign|warning' : '', "$kind: check_setup() knows positions of another cluster");
	# written before anybody looks at that
	$other->safe_psql('postgres', "$step WHERE id = 'c1'");
	my $reads = q{SET ROLE regress_connect_source; SELECT count(*), bool_and(ok) FROM (SELECT e #>> '{attributes,from-status}' IS NOT DISTINCT FROM
		lag(e #>> '{attributes,to-status}') OVER (PARTITION BY e #>> '{attributes,subject-id}' ORDER BY n) AS ok
		FROM jsonb_array_elements(connect.read_events() -> 'data') WITH ORDINALITY AS t (e, n)) AS e};
	my $count = q{SELECT count(*) FROM connect.event WHERE 'org_A' IN (source_organization_id, destination_organization_id)};
	cmp_ok($other->safe_psql('postgres', $reads) =~ s/\|.*//r, '<', $other->safe_psql('postgres', $count), 'lower: until then some events wait') if $kind eq 'lower';
	$other->safe_psql('postgres', 'SELECT connect.upgrade_store()');
	is($other->safe_psql('postgres', q{SELECT code FROM connect.check_setup() WHERE code ~ 'position'}), '', "$kind: upgrade_store() mends that");
	$other->safe_psql('postgres', $step);
	is($other->safe_psql('postgres', $wrong), '', "$kind: the histories go on, in the outbox too");
	is($other->safe_psql('postgres', $reads), $other->safe_psql('postgres', $count) . '|t',
		"$kind: a reader that begins anew meets all of them in order");
	my ($ret, $stdout, $stderr) = $other->psql('postgres', "\\set VERBOSITY verbose\nSET ROLE regress_connect_source; SELECT connect.read_events('$cursor')");
	like($stderr, qr/22023: value of "after" is invalid.*is a cursor of another cluster/s, "$kind: a cursor of the first cluster means nothing here");
	$other->stop;
}

$standby->stop;
done_testing();
