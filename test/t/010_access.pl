# The gate where a regression test cannot go: prepared transactions, a session
# that outlives the extension, DDL of another session's, and a hot standby. All of it
# without and with shared_preload_libraries, by which the gate keeps answers longer.

use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my ($primary, $standby, $psql, $sin, $sout);
my $store = q{
	CREATE EXTENSION connect;
	SELECT connect.create_store();
	SELECT connect.register_organization('org_ABC123', 'Acme'), connect.register_organization('org_DEF456', 'Delta');
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id)
		VALUES ('cxn_1', 'org_ABC123', 'org_DEF456');
};
my $ask = q{SELECT connect.is_allowed('org_ABC123', 'org_DEF456'), EXISTS (SELECT FROM connect.connection
	WHERE source_organization_id = 'org_ABC123' AND destination_organization_id = 'org_DEF456' AND status = 'active');};
my $activate = q{UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1';};
my $deactivate = q{UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1';};
my $reactivate = q{UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_1';};

# Returns the answers of one session: the lines with two truth values.
sub answers
{
	my ($node, $sql) = @_;
	my $out = $node->safe_psql('postgres', $sql);
	return join(' ', grep { /^[tf]\|[tf]$/ } split(/\n/, $out));
}

sub standby_says
{
	my ($sql) = @_;
	$sout = '';
	$sin .= "$sql\n\\echo done\n";
	$psql->pump until $sout =~ /^done$/m;
	return join(' ', grep { /^[tf]\|[tf]$/ } split(/\n/, $sout));
}

sub on_primary
{
	my ($sql) = @_;
	$primary->safe_psql('postgres', $sql);
	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
	return;
}

# Beside another module that takes shared memory, since hooks must be passed on.
foreach my $preload ('', 'pg_stat_statements,connect')
{
	my $way = $preload ? 'preloaded' : '';

	$primary = PostgreSQL::Test::Cluster->new("primary$way");
	$primary->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
	$primary->append_conf('postgresql.conf', "max_prepared_transactions = 5\nshared_preload_libraries = '$preload'");
	$primary->start;

	$primary->safe_psql('postgres', $store);

	# Prepared transactions: unseen until they are committed, by the session that made them, too.
	is(answers($primary, "$ask BEGIN; $activate $ask PREPARE TRANSACTION 'p'; $ask $ask COMMIT PREPARED 'p'; $ask"),
		'f|f t|t f|f f|f t|t', 'a prepared activation counts from its commit');
	is(answers($primary, "$ask BEGIN; $deactivate $ask PREPARE TRANSACTION 'p'; $ask ROLLBACK PREPARED 'p'; $ask"),
		't|t f|f t|t t|t', 'a prepared deactivation that is rolled back counts for nothing');
	is(answers($primary, "BEGIN; SAVEPOINT s; $deactivate RELEASE s; $ask PREPARE TRANSACTION 'p'; $ask"),
		'f|f t|t', 'a prepared subtransaction is not seen');
	$primary->restart;
	is(answers($primary, "$ask COMMIT PREPARED 'p'; $ask"), 't|t f|f', 'also when it has survived a restart');
	$primary->safe_psql('postgres', "$reactivate $activate");

	# Answers that are kept from one snapshot to the next, while others write elsewhere, and no longer.
	my $other = 'SELECT pg_current_xact_id() IS NULL;';
	is( answers($primary, "$ask $other $ask $other $ask $other $ask $deactivate $other $ask $other $ask $reactivate $other $ask $activate $other $ask $other $ask"),
		't|t t|t t|t t|t f|f f|f f|f t|t t|t', 'an answer holds until the pair changes');

	# Where a DBA lets a row have no pair, nobody is told anything until that is mended.
	is( $primary->psql('postgres', "$ask BEGIN; ALTER TABLE connect.connection ALTER source_organization_id DROP NOT NULL; $ask", on_error_stop => 1), 3,
		'a source that may be null is refused');
	is(answers($primary, $ask), 't|t', 'and allowed as before once it may not');

	# Nor does it say that what is no longer called active is.
	is( answers($primary, "$ask ALTER TYPE connect.connection_status RENAME VALUE 'active' TO 'live'; SELECT connect.is_allowed('org_ABC123', 'org_DEF456'), false;
		ALTER TYPE connect.connection_status RENAME VALUE 'live' TO 'active'; $ask"), 't|t f|f t|t', 'a state by another name is no answer kept');

	# A scope that another session retires, or takes back, counts from the next statement on, and so for the next snapshot.
	my ($rin, $rout) = ('', '');
	my $reader = IPC::Run::start([ 'psql', '-XAtq', '-d', $primary->connstr('postgres') ], '<', \$rin, '>', \$rout, IPC::Run::timeout(120));
	my $scoped = sub {
		$rout = '';
		$rin .= "@_ SELECT connect.explain_access('org_ABC123', 'org_DEF456', 'account.read'), connect.is_allowed('org_ABC123', 'org_DEF456', 'account.read');\n\\echo done\n";
		$reader->pump until $rout =~ /^done$/m;
		return join(' ', grep { /\|[tf]$/ } split(/\n/, $rout));
	};
	my $retire = q{UPDATE connect.scope SET retired_at = now() WHERE name = 'account.read';};
	my $take_back = q{UPDATE connect.scope SET retired_at = NULL WHERE name = 'account.read';};
	is($scoped->(), 'allowed|t', 'a scope is granted');
	$primary->safe_psql('postgres', $retire);
	is($scoped->(), 'scope_retired|f', 'until another session retires it');
	$primary->safe_psql('postgres', "BEGIN; $take_back ROLLBACK; $other");
	is($scoped->(), 'scope_retired|f', 'which a rollback does not take back');
	$primary->safe_psql('postgres', $take_back);
	is($scoped->('BEGIN ISOLATION LEVEL REPEATABLE READ;'), 'allowed|t', 'a commit does');
	$primary->safe_psql('postgres', $retire);
	is($scoped->(), 'allowed|t', 'under an old snapshot it is as it was');
	is($scoped->('COMMIT;'), 'scope_retired|f', 'and not under the next one');
	$primary->safe_psql('postgres', "$take_back BEGIN; $retire PREPARE TRANSACTION 'r';");
	is($scoped->(), 'allowed|t', 'a prepared one is not seen');
	$primary->safe_psql('postgres', "COMMIT PREPARED 'r';");
	is($scoped->(), 'scope_retired|f', 'before it is committed');
	$primary->safe_psql('postgres', "SET session_replication_role = replica; $take_back");
	is($scoped->(), 'allowed|t', 'replicated rows are seen as well');
	$primary->safe_psql('postgres', q{SET session_replication_role = replica; TRUNCATE connect.scope CASCADE});
	is($scoped->(), 'scope_not_granted|f', 'a catalogue that is emptied opens nothing');
	$primary->safe_psql('postgres', 'SELECT connect.upgrade_store()');
	is($scoped->(), 'allowed|t', 'and is filled again by upgrade_store()');
	$rin .= "\\q\n";
	$reader->finish;

	# Who is acting, in a session whose role has been dropped meanwhile.
	$primary->safe_psql('postgres', q{CREATE ROLE regress_connect_gone LOGIN; SELECT connect.map_role('regress_connect_gone', 'org_ABC123'),
		connect.trust_gateway('regress_connect_gone'), connect.grant_usage('regress_connect_gone')});
	my ($gone_in, $gone_out) = ('', '');
	my $gone = IPC::Run::start([ 'psql', '-XAtq', '-d', $primary->connstr('postgres') . ' user=regress_connect_gone' ],
		'<', \$gone_in, '>', \$gone_out, IPC::Run::timeout(120));
	$gone_in = "SELECT connect.current_organization_id();\n\\echo done\n";
	$gone->pump until $gone_out =~ /^done$/m;
	# the right to call goes to all, for the role's own goes with it
	$primary->safe_psql('postgres', q{GRANT USAGE ON SCHEMA connect TO PUBLIC; GRANT EXECUTE ON FUNCTION connect.current_organization_id() TO PUBLIC;
		DROP OWNED BY regress_connect_gone; DROP ROLE regress_connect_gone});
	$gone_in = "SELECT 'nobody' WHERE connect.current_organization_id() IS NULL;\n\\q\n";
	$gone->finish;
	is($gone_out, "org_ABC123\ndone\nnobody\n", 'a role that is no more stands for nobody');
	$primary->safe_psql('postgres', q{REVOKE USAGE ON SCHEMA connect FROM PUBLIC; REVOKE EXECUTE ON FUNCTION connect.current_organization_id() FROM PUBLIC});

	# Dropping the extension and making it anew, in one session.
	is( answers($primary, "$ask DROP EXTENSION connect CASCADE; $store $ask $activate $ask $deactivate $ask"),
		't|t f|f t|t f|f', 'a session sees the new store after DROP and CREATE EXTENSION');
	is( answers($primary, "$reactivate $activate $ask BEGIN; DROP EXTENSION connect CASCADE; $store $ask ROLLBACK; $ask"),
		't|t f|f t|t', 'and the old one again after ROLLBACK');

	# A standby: recovery's own kind of snapshot, and messages that come from the log.
	$primary->backup("backup$way");
	$standby = PostgreSQL::Test::Cluster->new("standby$way");
	$standby->init_from_backup($primary, "backup$way", has_streaming => 1);
	$standby->start;

	# One session on the standby all along, for what it remembers is what is tested.
	($sin, $sout) = ('', '');
	$psql = IPC::Run::start([ 'psql', '-XAtq', '-d', $standby->connstr('postgres') ],
		'<', \$sin, '>', \$sout, IPC::Run::timeout(120));

	$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
	is(standby_says("$ask $ask"), 't|t t|t', 'the standby answers');
	on_primary($deactivate);
	is(standby_says($ask), 'f|f', 'and sees a deactivation');
	on_primary("BEGIN; $reactivate $activate ROLLBACK;");
	is(standby_says($ask), 'f|f', 'a rollback changes nothing');
	on_primary("BEGIN; $reactivate SAVEPOINT s; $activate RELEASE s; PREPARE TRANSACTION 'p';");
	is(standby_says($ask), 'f|f', 'nor does a prepared transaction');
	on_primary("COMMIT PREPARED 'p';");
	is(standby_says("BEGIN ISOLATION LEVEL REPEATABLE READ; $ask"), 't|t', 'until it is committed');
	on_primary($deactivate);
	is(standby_says("$ask COMMIT; $ask"), 't|t f|f', 'an old snapshot answers for its time, and no longer');
	# more subtransactions than a snapshot holds
	on_primary("$reactivate
		DO \$\$ BEGIN
			FOR i IN 1..100 LOOP
				BEGIN
					UPDATE connect.connection SET name = 'n' || i WHERE id = 'cxn_1';
				EXCEPTION WHEN division_by_zero THEN NULL;
				END;
			END LOOP;
			UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1';
		END \$\$;");
	is(standby_says($ask), 't|t', 'a transaction with many subtransactions is seen whole');
	on_primary('SET session_replication_role = replica; TRUNCATE connect.connection, connect.event;');
	is(standby_says($ask), 'f|f', 'TRUNCATE is seen');
	is($standby->psql('postgres', q{SELECT connect.require_allowed('org_ABC123', 'org_DEF456')}), 3,
		'no share is held on a standby');

	# Promotion in the middle of that session.
	on_primary("SET session_replication_role = replica;
		INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
		VALUES ('cxn_1', 'org_ABC123', 'org_DEF456', 'active', '{inquiry.read}', now(), now());");
	is(standby_says($ask), 't|t', 'and so is a new row');
	$standby->promote;
	is(standby_says("$ask $deactivate $ask"), 't|t f|f', 'the session goes on after promotion');
	$sin .= "\\q\n";
	$psql->finish;

	$standby->stop;
	$primary->stop;
}
done_testing();
