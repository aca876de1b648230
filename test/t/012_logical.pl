# Logical replication: a subscriber with a store of its own gets the publisher's rows and
# history as they are, and no second history; its gate answers by what has been applied, in
# sessions that have asked before, too. Without and with shared_preload_libraries there.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore qw(install);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $store = q{
	CREATE ROLE regress_connect_owner NOLOGIN;
	CREATE ROLE regress_connect_source LOGIN;
	CREATE ROLE regress_connect_destination LOGIN;
	CREATE TABLE account (id text PRIMARY KEY, organization_id text);
} . install() . q{
	SELECT connect.grant_usage(r), connect.grant_http(r) FROM unnest('{regress_connect_source,regress_connect_destination}'::name[]) AS r;
};
my @tables = qw(organization scope connection event organization_role gateway_role api_key idempotency
	share_kind share_token open_connection open_term open_share_token);
my ($publisher, $subscriber);

# Starts a server with an empty store.
sub start
{
	my ($name) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(allows_streaming => 'logical', extra => [ '--encoding=UTF8', '--locale=C' ]);
	# a worker that has failed tries again soon
	$node->append_conf('postgresql.conf', "wal_retrieve_retry_interval = '100ms'");
	$node->start;
	$node->safe_psql('postgres', $store);
	return $node;
}

sub tenant
{
	my ($node, $party, $sql) = @_;
	return $node->safe_psql('postgres', $sql, connstr => $node->connstr('postgres') . " user=regress_connect_$party");
}

# Waits until all that the publisher has is applied.
sub applied
{
	$subscriber->poll_query_until('postgres', q{SELECT count(*) > 0 AND bool_and(srsubstate = 'r') FROM pg_subscription_rel})
	  or die 'the tables were not copied';
	$publisher->wait_for_catchup('subscription');
	return;
}

# Every row of every table, or of those that match.
sub rows_of
{
	my ($node) = @_;
	return $node->safe_psql('postgres', join(' UNION ALL ', map { "SELECT '$_ ' || t::text COLLATE \"C\" FROM connect.$_ AS t" } @tables) . ' ORDER BY 1');
}

# The actions of a Connection's history.
sub history
{
	my ($node, $id) = @_;
	return $node->safe_psql('postgres', qq{SELECT string_agg(action, ' ' ORDER BY id) FROM connect.event WHERE subject_id = '$id'});
}

# One session on the subscriber all along, which says whether one may see the other's data: by
# the gate, and by the table.
my ($psql, $sin, $sout);

sub open_session
{
	($sin, $sout) = ('', '');
	$psql = IPC::Run::start([ 'psql', '-XAtq', '-d', $subscriber->connstr('postgres') ],
		'<', \$sin, '>', \$sout, IPC::Run::timeout(600));
	return;
}

sub says
{
	my ($sql) = @_;

	$sout = '';
	$sin .= "$sql\n\\echo done\n";
	$psql->pump until $sout =~ /^done$/m;
	$sout =~ s/^done\n//m;
	chomp $sout;
	return $sout;
}

sub close_session
{
	$sin .= "\\q\n";
	$psql->finish;
	return;
}

my $ask = q{SELECT connect.is_allowed('org_source', 'org_destination'), EXISTS (SELECT FROM connect.connection
	WHERE source_organization_id = 'org_source' AND destination_organization_id = 'org_destination' AND status = 'active');};
# PostgreSQL 19 counts the errors of copying in two columns, of tables and of sequences.
my $errors = q{SELECT apply_error_count, (SELECT sum(value::int) FROM jsonb_each_text(to_jsonb(s)) WHERE key LIKE 'sync%error_count')
	FROM pg_stat_subscription_stats AS s};

$publisher = start('publisher');
$subscriber = start('subscriber');

# What is there before the subscription is copied.
$publisher->safe_psql('postgres', q{
	SELECT connect.register_organization('org_' || p, 'The ' || p) FROM unnest('{source,destination,third}'::text[]) AS p;
	SELECT connect.map_role(('regress_connect_' || p)::name, 'org_' || p) FROM unnest('{source,destination}'::text[]) AS p;
	INSERT INTO connect.scope (name, description) VALUES ('report.read', 'The DBA''s own.');
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name)
		VALUES ('cxn_1', 'org_source', 'org_destination', 'Ω "1"'), ('cxn_2', 'org_source', 'org_third', NULL);
	CREATE PUBLICATION store FOR ALL TABLES;
});
tenant($publisher, 'destination', q{SELECT connect.activate_connection('cxn_1', 'Welcome.')});
$publisher->safe_psql('postgres', q{
	INSERT INTO account VALUES ('act_1', 'org_source');
	SELECT connect.share_rows('account', 'account', 'organization_id', 'id', 'account.read');
	INSERT INTO connect.share_token (id, connection_id, source_id, kind) SELECT 'cnst_' || n, 'cxn_1', 'act_1', 'account' FROM generate_series(1, 4) AS n;
	UPDATE connect.connection SET expires_at = '2999-01-01' WHERE id = 'cxn_2';
});
my $secret = $publisher->safe_psql('postgres', q{SELECT secret FROM connect.create_api_key('org_source', 'key')});

open_session();
is(says($ask), 'f|f', 'the subscriber begins with an empty store');

# As doc/dba.md says: what create_store() ships comes with the copy.
my $connstr = $publisher->connstr . ' dbname=postgres';
$subscriber->safe_psql('postgres', q{DELETE FROM connect.scope});
$subscriber->safe_psql('postgres', qq{CREATE SUBSCRIPTION subscription CONNECTION '$connstr' PUBLICATION store});
applied();
is(rows_of($subscriber), rows_of($publisher), 'every table is copied as it is');
is(says($ask), 't|t', 'and the session sees the copy');

foreach my $preload ('', 'connect')
{
	if ($preload)
	{
		close_session();
		$subscriber->append_conf('postgresql.conf', "shared_preload_libraries = '$preload'");
		$subscriber->restart;
		$subscriber->safe_psql('postgres', 'SELECT pg_stat_reset_subscription_stats(NULL)');
		open_session();
	}
	my $name = $preload ? 'preloaded' : 'not preloaded';
	my $before = $subscriber->safe_psql('postgres', 'SELECT count(*) FROM connect.event');

	is(says("$ask $ask"), "t|t\nt|t", "$name: the session has asked");
	tenant($publisher, 'source', q{SELECT connect.deactivate_connection('cxn_1', 'Over.')});
	applied();
	is(says($ask), 'f|f', "$name: a deactivation is seen once it is applied");
	tenant($publisher, 'source', q{SELECT connect.reactivate_connection('cxn_1')});
	applied();
	is(says($ask), 'f|f', "$name: so is an offer");
	tenant($publisher, 'destination', q{SELECT connect.activate_connection('cxn_1')});
	applied();
	is(says($ask), 't|t', "$name: and an activation");

	# in a transaction that began before
	is(says("BEGIN ISOLATION LEVEL REPEATABLE READ; $ask"), 't|t', "$name: an old snapshot");
	$publisher->safe_psql('postgres', q{
		BEGIN; UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1'; ROLLBACK;
		BEGIN;
		UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1';
		SAVEPOINT s;
		UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_1';
		ROLLBACK TO s;
		COMMIT;});
	applied();
	is(says("$ask COMMIT; $ask"), "t|t\nf|f", "$name: answers for its time and no longer");

	# an import, which no trigger has seen at the publisher either
	$publisher->safe_psql('postgres', q{SET session_replication_role = replica; UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1'});
	applied();
	is(says($ask), 't|t', "$name: an import is seen, too");
	$publisher->safe_psql('postgres', q{SET session_replication_role = replica; DELETE FROM connect.event; DELETE FROM connect.connection WHERE id = 'cxn_1'});
	applied();
	is(says($ask), 'f|f', "$name: and so is what only a superuser can do");
	$publisher->safe_psql('postgres', q{INSERT INTO connect.connection (id, source_organization_id, destination_organization_id)
		VALUES ('cxn_1', 'org_source', 'org_destination')});
	tenant($publisher, 'destination', q{SELECT connect.activate_connection('cxn_1', 'Welcome.')});
	applied();
	is(says($ask), 't|t', "$name: and a new row");

	# who is acting
	my $act = "SET LOCAL request.headers = '{\"x-connect-api-key\": \"$secret\"}'; SELECT connect.current_organization_id() IS NOT DISTINCT FROM 'org_source';";
	is(says("BEGIN; $act COMMIT;"), 't', "$name: a key that came with the rows is good");
	$publisher->safe_psql('postgres', 'UPDATE connect.api_key SET revoked_at = now()');
	applied();
	is(says("BEGIN; $act COMMIT;"), 'f', "$name: until it is revoked");
	$publisher->safe_psql('postgres', 'UPDATE connect.api_key SET revoked_at = NULL');
	applied();

	# each server keeps for itself what is open
	my ($redeemed, $expired) = $preload ? (3, 4) : (1, 2);
	tenant($publisher, 'destination', "SELECT connect.redeem_share_token('cnst_$redeemed'), connect.expire_share_token('cnst_$expired')");
	tenant($publisher, 'source', q{SELECT connect.create_share_token('cxn_1', 'act_1', kind => 'account')});
	applied();
	is( $subscriber->safe_psql('postgres', q{SELECT string_agg(status, ' ' ORDER BY id) FROM connect.open_share_token}),
		$preload ? 'created created pending pending' : 'created pending created created', "$name: the subscriber knows which tokens are open");

	is(history($subscriber, 'cxn_1'), 'create activate', "$name: the history has each step once");
	is(rows_of($subscriber), rows_of($publisher), "$name: every table is as the publisher's");
	is($subscriber->safe_psql('postgres', $errors), '0|0', "$name: nothing had to be tried twice");
	is( tenant($subscriber, 'destination', q{SELECT connect.get_connection('cxn_1') #>> '{data,attributes,status}'}),
		'active', "$name: a tenant reads from the subscriber");
}

# Who writes at the subscriber nevertheless meets the rules there, and writes history there.
is(($subscriber->psql('postgres', q{UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_1'}))[0], 3,
	'a step out of turn is refused at the subscriber');
is(($subscriber->psql('postgres', q{TRUNCATE connect.event}))[0], 3, 'so is TRUNCATE');
tenant($subscriber, 'destination', q{SELECT connect.create_connection('org_third', 'made here')});
is( $subscriber->safe_psql('postgres', q{SELECT c.name, e.action FROM connect.connection AS c JOIN connect.event AS e ON e.connection_id = c.id
	WHERE c.source_organization_id = 'org_destination'}), 'made here|create', 'a tenant can write there, alas');

# Then both have made the same pair. The worker stops and says so; nothing is applied twice.
$subscriber->safe_psql('postgres', 'ALTER SUBSCRIPTION subscription SET (disable_on_error = true)');
tenant($publisher, 'destination', q{SELECT connect.create_connection('org_third', 'made there')});
tenant($publisher, 'source', q{SELECT connect.deactivate_connection('cxn_1')});
$subscriber->poll_query_until('postgres', 'SELECT NOT subenabled FROM pg_subscription') or die 'the subscription goes on';
like(slurp_file($subscriber->logfile), qr/ERROR:  (?:duplicate key value violates unique constraint "connection_pair_key"|conflict detected on relation "connect.connection": conflict=insert_exists)/, 'the log names the conflict');
is($subscriber->safe_psql('postgres', $errors), '1|0', 'which was met once');
is(says($ask), 't|t', 'what comes after it is not applied');
is( $subscriber->safe_psql('postgres', q{SELECT string_agg(name, ' ') FROM connect.connection WHERE source_organization_id = 'org_destination'}),
	'made here', 'and what was made here stands');

# The way out of doc/dba.md: take away what was made here, and go on.
$subscriber->safe_psql('postgres', q{
	BEGIN;
	SET LOCAL session_replication_role = replica;
	DELETE FROM connect.event AS e USING connect.connection AS c
		WHERE e.connection_id = c.id AND (c.source_organization_id, c.destination_organization_id) = ('org_destination', 'org_third');
	DELETE FROM connect.connection WHERE (source_organization_id, destination_organization_id) = ('org_destination', 'org_third');
	COMMIT;
	ALTER SUBSCRIPTION subscription ENABLE;
});
applied();
is(rows_of($subscriber), rows_of($publisher), 'with it gone, every table is as the publisher\'s again');
is(says($ask), 'f|f', 'and the session sees what was held up');

# A subscriber that takes over: the rules go on from where they were.
$publisher->stop;
$subscriber->safe_psql('postgres', 'ALTER SUBSCRIPTION subscription DISABLE');
$subscriber->safe_psql('postgres', 'ALTER SUBSCRIPTION subscription SET (slot_name = NONE)');
$subscriber->safe_psql('postgres', 'DROP SUBSCRIPTION subscription');
tenant($subscriber, 'source', q{SELECT connect.reactivate_connection('cxn_1')});
tenant($subscriber, 'destination', q{SELECT connect.activate_connection('cxn_1')});
is(says($ask), 't|t', 'the subscriber takes over');
is(history($subscriber, 'cxn_1'), 'create activate deactivate reactivate activate', 'and the history with it');
is($subscriber->safe_psql('postgres', q{SELECT code FROM connect.check_setup() WHERE severity = 'error'}), '', 'check_setup() finds no error');

close_session();
$subscriber->stop;
done_testing();
