# A worker that fulfils share tokens later, as doc/policies.md shows it: it follows the outbox by
# read_events(), keeps its place in a table of its own, makes the copy, and completes or fails the
# token. It is ended by force at every point, its server too, and each token has one copy and its
# events, or none.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore qw(invariants_hold session);
use IPC::Run;
use Page;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'connect'\nautovacuum = off\nrestart_after_crash = on");
$node->start;
$node->safe_psql('postgres', q{
	CREATE EXTENSION connect;
	SELECT connect.create_store();
	CREATE ROLE a LOGIN;
	CREATE ROLE b LOGIN;
	SELECT connect.register_organization('org_A', 'Acme'), connect.register_organization('org_B', 'Beta'),
		connect.map_role('a', 'org_A'), connect.map_role('b', 'org_B'), connect.grant_usage('a'), connect.grant_usage('b');
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_1', 'org_A', 'org_B');
	UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1';
	CREATE SCHEMA desk;
} . block('policies.md', 'sql', 'CREATE PROCEDURE desk.fulfil') . q{
	-- both parties are followed, so that each redemption is met twice
	INSERT INTO desk.place VALUES ('org_A'), ('org_B');
	INSERT INTO desk.report SELECT 'rep_' || n, 'org_A', 'words ' || n FROM generate_series(1, 60) AS n;
});

sub as
{
	my ($role, $sql) = @_;
	return $node->safe_psql('postgres', $sql, connstr => $node->connstr('postgres') . " user=$role");
}

# Makes tokens of these reports and redeems them, which leaves them pending.
sub redeem
{
	my @reports = @_;
	my @tokens = map { as('a', "SELECT connect.create_share_token('cxn_1', 'rep_$_') #>> '{data,id}'") } @reports;
	is(as('b', "SELECT connect.redeem_share_token('$_') #>> '{data,attributes,status}'"), 'pending', "$_ waits") foreach @tokens;
	return @tokens;
}

# The worker: it asks again and again, until it loses its session.
my $script = PostgreSQL::Test::Utils::tempdir() . '/worker.sql';
append_to_file($script, "CALL desk.fulfil()\n\\watch 0.05\n");
my ($err, $worker);

sub start_worker
{
	$err = '';
	$worker = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-f', $script, '-d', $node->connstr('postgres') . ' user=desk_worker' ],
		'<', '/dev/null', '>', '/dev/null', '2>', \$err);
	return;
}

sub await
{
	my ($what, $sql) = @_;
	ok($node->poll_query_until('postgres', $sql), $what) or diag($err);
	return;
}

my $waits = q{SELECT count(*) = 1 FROM pg_stat_activity WHERE usename = 'desk_worker' AND wait_event_type = 'Lock'};
my $pid = q{SELECT pid FROM pg_stat_activity WHERE usename = 'desk_worker'};
# What has become of each token, and how often its report was copied.
my $result = q{SELECT string_agg(concat_ws(' ', source_id, t.status, t.failure_reason, (SELECT count(*) FROM desk.report AS r
		WHERE r.organization_id = 'org_B' AND r.words = 'words ' || substr(t.source_id, 5))), ', ' ORDER BY length(source_id), source_id)
	FROM connect.share_token AS t};
my $none_pending = q{SELECT NOT EXISTS (SELECT FROM connect.share_token WHERE status = 'pending')};

start_worker();
my ($first) = redeem(1);
await('the worker finds it', $none_pending);
is($node->safe_psql('postgres', $result), 'rep_1 redeemed 1', 'and has made one copy');

my $holder = session($node);

# Holds a lock that the worker comes to wait for, and ends it there.
sub ends_in_the_middle
{
	my ($report, $lock, $how, $end, $then) = @_;
	my ($token) = redeem($report);

	$holder->("BEGIN; $lock;" =~ s/TOKEN/$token/r);
	start_worker();
	await("$how: the worker waits", $waits);
	is($node->safe_psql('postgres', "SELECT status FROM connect.share_token WHERE id = '$token'"), $then, "$how: the token is $then");
	$end->($node->safe_psql('postgres', $pid));
	$worker->finish;
	isnt($worker->result, 0, "$how: the worker is gone");
	return $token;
}

sub end_worker
{
	$node->safe_psql('postgres', "SELECT pg_terminate_backend(($pid))");
	$worker->finish;
	return;
}
end_worker();

# Between the copy and complete_share_token(), which waits for us.
my $terminate = sub { $node->safe_psql('postgres', "SELECT pg_terminate_backend($_[0])") };
my $kill = sub { kill('KILL', $_[0]) == 1 or die 'no process to kill' };

ends_in_the_middle(2, q{SELECT FROM connect.share_token WHERE id = 'TOKEN' FOR UPDATE}, 'ended between the two', $terminate, 'pending');
is($node->safe_psql('postgres', $result), 'rep_1 redeemed 1, rep_2 pending 0', 'its copy is gone');
$holder->('COMMIT;');
start_worker();
await('another one goes on', $none_pending);
is($node->safe_psql('postgres', $result), 'rep_1 redeemed 1, rep_2 redeemed 1', 'and has made one copy');
end_worker();

# When the token is complete, and the worker's place is not yet kept.
ends_in_the_middle(3, q{SELECT FROM desk.place FOR UPDATE}, 'ended before it keeps its place', $terminate, 'redeemed');
$holder->('COMMIT;');
my $kept = $node->safe_psql('postgres', 'SELECT * FROM desk.place ORDER BY 1');
start_worker();
await('another one meets the event again', "SELECT bool_and(after <> ALL (string_to_array('" . ($kept =~ s/\n/|/gr) . "', '|'))) FROM desk.place");
is($node->safe_psql('postgres', $result), 'rep_1 redeemed 1, rep_2 redeemed 1, rep_3 redeemed 1', 'and makes no second copy');
end_worker();

# Killed, which ends every session of the server, ours too.
ends_in_the_middle(4, q{SELECT FROM connect.share_token WHERE id = 'TOKEN' FOR UPDATE}, 'killed between the two', $kill, 'pending');
$node->poll_query_until('postgres', 'SELECT true');
start_worker();
await('after recovery another one goes on', $none_pending);
like($node->safe_psql('postgres', $result), qr/, rep_4 redeemed 1$/, 'and has made one copy');
end_worker();

# Two at the same time, ended again and again.
my @crowd = redeem(5 .. 30);
my $end = time + $PostgreSQL::Test::Utils::timeout_default;
while (time < $end && $node->safe_psql('postgres', $none_pending) ne 't')
{
	my @two = map { start_worker(); $worker } 1 .. 2;
	$node->poll_query_until('postgres', "SELECT count(*) = 2 FROM pg_stat_activity WHERE usename = 'desk_worker'");
	$node->safe_psql('postgres', q{SELECT pg_sleep(random() * 0.1), pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'desk_worker'});
	$_->finish foreach @two;
}
is($node->safe_psql('postgres', $result), join(', ', map { "rep_$_ redeemed 1" } 1 .. 30), 'two workers under fire make one copy of each');

# What cannot be fulfilled, and what may not be any more.
my ($gone) = redeem(31);
$node->safe_psql('postgres', q{DELETE FROM desk.report WHERE id = 'rep_31'});
my ($late) = redeem(32);
as('a', q{SELECT connect.deactivate_connection('cxn_1')});
start_worker();
await('a token without its row has failed', "SELECT status = 'failed' FROM connect.share_token WHERE id = '$gone'");
await('the worker has passed what may not be', q{SELECT bool_and(p.after LIKE '%' || encode(convert_to(e.id, 'UTF8'), 'hex'))
	FROM desk.place AS p, (SELECT id FROM connect.event ORDER BY position DESC, id DESC LIMIT 1) AS e});
like($node->safe_psql('postgres', $result), qr/, rep_31 failed source_not_found 0, rep_32 pending 0$/, 'and has made no copy through what has ended');
end_worker();

is($node->safe_psql('postgres', q{SELECT string_agg(actions || ' ' || n, ', ' ORDER BY actions) FROM (SELECT actions, count(*) AS n FROM
	(SELECT string_agg(action, ' ' ORDER BY position, id) AS actions FROM connect.event WHERE subject_type = 'share_token' GROUP BY subject_id) AS h
	GROUP BY actions) AS s}), 'create redeem 1, create redeem complete 30, create redeem fail 1', 'every history is whole');
is($node->safe_psql('postgres', 'SELECT * FROM connect.verify_history()'), '', 'and as it was written');
invariants_hold($node);

$node->stop;
done_testing();
