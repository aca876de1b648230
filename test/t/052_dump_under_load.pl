# pg_dump while many write: what is restored elsewhere is the state of one moment, of which
# verify_history() and check_setup() find nothing wrong. Told from a dump of two moments, in which
# they do.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore qw(install no_crash);
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes;

my $roles = q{
	CREATE ROLE regress_connect_owner NOLOGIN;
	CREATE ROLE regress_connect_a LOGIN;
	CREATE ROLE regress_connect_b LOGIN;
};
my ($node, $elsewhere) = map {
	my $n = PostgreSQL::Test::Cluster->new($_);
	$n->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$n->append_conf('postgresql.conf', 'max_connections = 40');
	$n->start;
	$n->safe_psql('postgres', $roles);
	$n
} qw(written elsewhere);

$node->safe_psql('postgres', install() . q{
	SELECT connect.register_organization('org_A', 'Acme'), connect.register_organization('org_B', 'Beta');
	SELECT connect.register_organization('org_' || n, 'The ' || n) FROM generate_series(1, 40) AS n;
	SELECT connect.map_role('regress_connect_a', 'org_A'), connect.map_role('regress_connect_b', 'org_B');
	SELECT connect.grant_usage('regress_connect_a'), connect.grant_usage('regress_connect_b');
	CREATE TABLE item (id text PRIMARY KEY, organization_id text NOT NULL);
	INSERT INTO item SELECT 'item_' || n, 'org_A' FROM generate_series(1, 100) AS n;
	GRANT SELECT ON item TO regress_connect_b;
	CREATE FUNCTION made(source_id text, source_organization_id text, destination_organization_id text, destination_id text, options jsonb)
		RETURNS text LANGUAGE sql SET search_path = pg_catalog, public, pg_temp AS $$INSERT INTO item VALUES (gen_random_uuid(), $3) RETURNING id$$;
	SELECT connect.share_rows('item', 'item', 'organization_id', 'id', 'inquiry.read', 'item', 'made(text, text, text, text, jsonb)');
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id)
		SELECT 'cxn_' || n, 'org_A', CASE n WHEN 0 THEN 'org_B' ELSE 'org_' || n END FROM generate_series(0, 40) AS n;
	UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_0';
});

my $script = PostgreSQL::Test::Utils::tempdir() . '/write.sql';
append_to_file($script, q{
\set n random(1, 40)
\set i random(1, 100)
BEGIN;
UPDATE connect.connection SET name = 'n' || :client_id || clock_timestamp() WHERE id = 'cxn_' || :n;
UPDATE connect.connection SET status = CASE connect.effective_status(connection) WHEN 'pending' THEN 'active' WHEN 'active' THEN 'inactive'
	ELSE 'pending' END::connect.connection_status WHERE id = 'cxn_' || :n;
COMMIT;
BEGIN;
SET LOCAL SESSION AUTHORIZATION regress_connect_a;
SELECT connect.create_share_token('cxn_0', 'item_' || :i) #>> '{data,id}' AS token \gset
COMMIT;
BEGIN;
SET LOCAL SESSION AUTHORIZATION regress_connect_b;
SELECT connect.redeem_share_token(':token');
COMMIT;
});

# They write to files, which nobody has to empty meanwhile.
my $said = "$script.log";
my $writers = IPC::Run::start([ 'pgbench', '-n', '-c', '4', '-T', '60', '-f', $script, '-h', $node->host, '-p', $node->port, 'postgres' ],
	'>', '/dev/null', '2>', $said);

# Waits until there are more events than this.
sub written
{
	my ($count) = @_;

	for (1 .. 300)
	{
		return if $node->safe_psql('postgres', 'SELECT count(*) FROM connect.event') > $count;
		Time::HiRes::usleep(100000);
	}
	$writers->kill_kill;
	die 'nobody writes: ' . slurp_file($said);
}
my $events = 'SELECT count(*) FROM connect.event';
written(200);

my $dir = PostgreSQL::Test::Utils::tempdir();
my @dumps = ([ 'archive', '-Fc' ], [ 'folder', '-Fd', '-j', '2' ], [ 'again', '-Fc', '--serializable-deferrable' ]);

foreach my $dump (@dumps)
{
	my ($name, @how) = @$dump;
	my $before = $node->safe_psql('postgres', $events);

	$node->command_ok([ 'pg_dump', @how, '-f', "$dir/$name", $node->connstr('postgres') ], "$name: pg_dump while they write");
	written($before);
}
$writers->signal('INT');
$writers->finish;
unlike(slurp_file($said), qr/ERROR|aborted/, 'no writer has failed');

# The row of each subject and its last event say the same.
my $differ = q{SELECT count(*) FROM connect.connection AS c LEFT JOIN LATERAL (SELECT * FROM connect.event AS e WHERE e.subject_id = c.id
	ORDER BY position DESC, id DESC LIMIT 1) AS e ON true WHERE (c.status::text, c.name, c.scopes) IS DISTINCT FROM (e.to_status, e.name, e.scopes)};
my $tokens = q{SELECT count(*) FROM connect.share_token AS t LEFT JOIN LATERAL (SELECT * FROM connect.event AS e WHERE e.subject_id = t.id
	ORDER BY position DESC, id DESC LIMIT 1) AS e ON true WHERE t.status::text IS DISTINCT FROM e.to_status};
my $found = q{SELECT string_agg(code, ' ' ORDER BY code) FROM connect.check_setup() WHERE code NOT IN ('not_preloaded', 'logs_parameters')};

foreach my $dump (@dumps)
{
	my ($name) = @$dump;

	# In the same cluster, and in another one, whose transaction ids are others.
	foreach my $to ([ $node, 'beside' ], [ $elsewhere, 'elsewhere' ])
	{
		my ($server, $where) = @$to;
		my $database = "from_$name";

		$server->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
		$server->command_ok([ 'pg_restore', '--exit-on-error', '-d', $server->connstr($database), "$dir/$name" ], "$name, $where: pg_restore");
		cmp_ok($server->safe_psql($database, $events), '>', 200, "$name, $where: events are there");
		$server->safe_psql($database, 'SELECT connect.upgrade_store()') if $where eq 'elsewhere';
		is($server->safe_psql($database, 'SELECT * FROM connect.verify_history()'), '', "$name, $where: the history is sound");
		is($server->safe_psql($database, $found), '', "$name, $where: check_setup() finds nothing");
		is($server->safe_psql($database, $differ), '0', "$name, $where: each Connection is as its last event says");
		is($server->safe_psql($database, $tokens), '0', "$name, $where: so is each token");
		is( $server->safe_psql($database, q{SELECT (SELECT count(*) FROM item WHERE organization_id = 'org_B') - (SELECT count(*) FROM connect.share_token WHERE status = 'redeemed')}),
			'0', "$name, $where: nothing was handed over without its token");
	}
}

# Writing goes on in the copy, by its rules.
my $copy = $elsewhere->connstr('from_archive') . ' user=regress_connect_a';
is( $elsewhere->safe_psql('from_archive', q{SELECT connect.deactivate_connection('cxn_0') #>> '{data,attributes,status}'}, connstr => $copy),
	'inactive', 'writing goes on in the copy');
is($elsewhere->safe_psql('from_archive', q{SELECT connect.is_allowed('org_A', 'org_B')}), 'f', 'and the gate follows');
is($elsewhere->safe_psql('from_archive', 'SELECT * FROM connect.verify_history()'), '', 'the longer history is sound');

# Had the tables been of two moments, it would have been seen: by rows that are ahead of their events.
$elsewhere->safe_psql('from_again', q{
	SET session_replication_role = replica;
	DELETE FROM connect.event WHERE (position, id) IN (SELECT position, id FROM connect.event WHERE subject_type = 'connection' ORDER BY position DESC, id DESC LIMIT 1);
	DELETE FROM connect.event WHERE id IN (SELECT id FROM connect.event WHERE subject_type = 'share_token' ORDER BY position DESC, id DESC LIMIT 1);
});
isnt($elsewhere->safe_psql('from_again', $differ), '0', 'a Connection that is ahead of its history is seen');
isnt($elsewhere->safe_psql('from_again', $tokens), '0', 'and so is a token');
no_crash($_), $_->stop foreach $node, $elsewhere;
done_testing();
