# pg_upgrade: a filled store of an older major is, in the present one, what it was: rows,
# history, privileges, policies and functions; and the rules go on where they were.
#
# Environment: OLD_INSTALL   the older major's folder, in which bin/ is

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/../t";
use HostileStore;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $old = PostgreSQL::Test::Cluster->new('old', install_path => $ENV{OLD_INSTALL} // BAIL_OUT('OLD_INSTALL is not set'));
my $new = PostgreSQL::Test::Cluster->new('new');

# Checksums are off by default in older majors, on in newer ones, and must be the same in both.
foreach my $node ($old, $new)
{
	$node->init(extra => [ '--encoding=UTF8', '--locale=C', '--data-checksums' ]);
	# statements are not logged, since check_setup() minds
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'connect'\nlog_statement = none");
}
cmp_ok(version_of($old), '<', version_of($new), 'from ' . version_of($old) . ' to ' . version_of($new));

sub version_of
{
	my ($node) = @_;

	return slurp_file($node->data_dir . '/PG_VERSION') + 0;
}

# What a login gets from a statement, or the SQLSTATE and the code of its refusal.
sub as_login
{
	my ($node, $role, $sql) = @_;
	my ($ret, $stdout, $stderr) = $node->psql('postgres', "\\set VERBOSITY verbose\n$sql",
		connstr => $node->connstr('postgres') . " user=$role");

	return $ret == 0 ? $stdout : join(' ', $stderr =~ /ERROR:  (\w{5}):/, $stderr =~ /CONSTRAINT NAME:  (\w+)/);
}

# An offer over HTTP as PostgREST hands it on, with a key that makes it happen once.
my $offer = q{BEGIN;
	SET LOCAL request.headers = '{"content-type": "application/json", "idempotency-key": "once", "x-connect-query": ""}';
	SELECT connect_api.create_connection('{"data": {"attributes": {"destination-organization-id": "org_third"}}}'::bytea) #>> '{data,id}';
	COMMIT;};
my $page = q{SELECT string_agg(id::text, ' ' ORDER BY id) FROM inquiry;};

$old->start;
$old->safe_psql('postgres', join("\n", 'CREATE ROLE regress_connect_owner NOLOGIN;', map { "CREATE ROLE regress_connect_$_ LOGIN;" }
	  qw(source destination third gateway pool reader writer bypass)));
$old->safe_psql('postgres', install() . people_and_rows() . q{
	CREATE TABLE inquiry (id int PRIMARY KEY, organization_id text NOT NULL);
	INSERT INTO inquiry VALUES (1, 'org_source'), (2, 'org_destination'), (3, 'org_third');
	GRANT SELECT ON inquiry TO regress_connect_source, regress_connect_destination, regress_connect_third;
	SELECT connect.share_table('inquiry', 'organization_id', 'inquiry.read');
	CREATE POLICY own ON connect.connection AS RESTRICTIVE FOR SELECT TO regress_connect_third USING (name <> 'hidden');
	COMMENT ON POLICY own ON connect.connection IS 'The DBA''s.';
	GRANT SELECT, UPDATE ON connect.connection TO regress_connect_source, regress_connect_third;
});
my $offered = as_login($old, 'regress_connect_source', $offer);
like($offered, qr/^cxn_\w{26}$/, 'an offer was made over HTTP');

# The same program reads both, so that what it writes differs only where the databases do.
sub dump_of
{
	my ($node) = @_;
	my ($stdout, $stderr);

	IPC::Run::run([ $new->installed_command('pg_dump'), '--restrict-key=connect', '-d', $node->connstr('postgres') ],
		'>', \$stdout, '2>', \$stderr) or BAIL_OUT("pg_dump: $stderr");
	$stdout =~ s/^-- Dumped from .*\n//mg;
	return $stdout;
}

# Everything, without the numbers in the names of foreign keys' triggers, without MAINTAIN, which
# 17 gives to whoever has all privileges, and without types of arrays, which pg_upgrade to 17 makes
# members of the extension too.
sub catalog_of
{
	my ($node) = @_;
	my $everything = everything_of($node);

	$everything =~ s/(RI_ConstraintTrigger_[ac]_)\d+/$1/g;
	$everything =~ s/=arwdDxtm\//=arwdDxt\//g;
	return join("\n", grep { !/^type connect\.\w+\[\]$/ } split(/\n/, $everything));
}

# What is compared: each as text.
sub state_of
{
	my ($node) = @_;

	return {
		'everything in both schemas' => catalog_of($node),
		'the dump' => dump_of($node),
		'who may run which function' => $node->safe_psql('postgres', q{SELECT oid::regprocedure, a.grantor::regrole, a.grantee::regrole, a.privilege_type
			FROM pg_proc, LATERAL aclexplode(proacl) AS a WHERE pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace)
			ORDER BY oid::regprocedure::text COLLATE "C", a.grantee::regrole::text COLLATE "C"}),
		'the outbox' => $node->safe_psql('postgres', q{SELECT transaction_id, id FROM connect.event
			WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY transaction_id, id}),
		map { my $role = "regress_connect_$_"; ("what $_ sees" => as_login($node, $role, "$page SELECT connect.list_connections(page_size => 100);")) }
		  qw(source destination third),
	};
}

# 15.20 notes for every column, of whatever table, an option that 18.6 does not know and therefore
# does not restore. Where that is so it is taken off first, by the statement of doc/dba.md.
$new->start;
if (($new->psql('postgres', 'CREATE TEMPORARY TABLE t (a int); ALTER TABLE t ALTER a SET (pg_attver = 1)'))[0] != 0)
{
	my ($statement) = slurp_file("$FindBin::RealBin/../../doc/dba.md") =~ /^(UPDATE pg_attribute\s.*?;)$/ms;

	note($statement);
	$old->safe_psql('postgres', $statement);
}
$new->stop;

my $before = state_of($old);
my @rows = $before->{'the outbox'} =~ /^/mg;
is($old->safe_psql('postgres', q{SELECT string_agg(DISTINCT status::text, ' ' ORDER BY status::text) FROM connect.connection}),
	'active inactive pending', 'there are Connections in every state');
cmp_ok(scalar @rows, '>=', 7, 'and their history');
is(as_login($old, 'regress_connect_destination', $page), '1 2', 'and a row that is shared');
is($old->safe_psql('postgres', 'SELECT count(*) FROM connect.idempotency'), '1', 'and an answer that is kept');
$old->stop;

chdir(PostgreSQL::Test::Utils::tempdir()) or BAIL_OUT($!);
ok(run_log([ $new->installed_command('pg_upgrade'), '--no-sync', '-d', $old->data_dir, '-D', $new->data_dir,
		'-b', $old->config_data('--bindir'), '-B', $new->config_data('--bindir'),
		'-s', $new->host, '-p', $old->port, '-P', $new->port ]), 'pg_upgrade') or BAIL_OUT('the rest needs it');
$new->start;

my $after = state_of($new);

foreach my $what (sort keys %$before)
{
	ok($after->{$what} eq $before->{$what}, "$what: the same as before") or diag(difference($before->{$what}, $after->{$what}));
}

# The lines that only one of two texts has.
sub difference
{
	my ($left, $right) = map { my %lines = map { $_ => 1 } split(/\n/); \%lines } @_;

	return join("\n", (map { "before: $_" } grep { !$right->{$_} } sort keys %$left), map { "after: $_" } grep { !$left->{$_} } sort keys %$right);
}

is($new->safe_psql('postgres', 'SELECT code, finding FROM connect.check_setup()'), '', 'check_setup() finds nothing');

# Everybody goes on where they were, and no further.
is(as_login($new, 'regress_connect_source', $offer), $offered, 'the same request is answered as before, not run again');
is(as_login($new, 'regress_connect_source', q{SELECT connect.activate_connection('cxn_active')}), '42501 wrong_party',
	'a step of the other side is refused');
is(as_login($new, 'regress_connect_destination', q{SELECT connect.activate_connection('cxn_active')}), 'PT409 connection_not_pending',
	'a step out of turn is refused');
is(as_login($new, 'regress_connect_source', q{UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_inactive'}),
	'PT409 connection_not_pending', 'to a plain UPDATE too');
is(($new->psql('postgres', 'DELETE FROM connect.connection'))[0], 3, 'a Connection cannot be deleted');
is(($new->psql('postgres', 'UPDATE connect.event SET reason = NULL'))[0], 3, 'nor an event be changed');
is(($new->psql('postgres', 'DROP EXTENSION connect'))[0], 3, 'nor the extension be dropped');
is(as_login($new, 'regress_connect_destination', qq{$page SELECT connect.deactivate_connection('cxn_active', 'over') #>> '{data,attributes,status}'; $page}),
	"1 2\ninactive\n2", 'a revocation holds from the next statement on');
is(as_login($new, 'regress_connect_source', q{SELECT connect.activate_connection('cxn_pending') #>> '{data,attributes,status}'}),
	'active', 'an older offer is accepted');
is(as_login($new, 'regress_connect_source', q{SELECT connect.reactivate_connection('cxn_inactive') #>> '{data,attributes,status}'}),
	'pending', 'what was over is offered again');
like(as_login($new, 'regress_connect_third', q{SELECT connect.create_connection('org_destination') #>> '{data,id}'}),
	qr/^cxn_/, 'a new offer is made');
is($new->safe_psql('postgres', q{SELECT string_agg(concat(connection_id, ' ', action), ', ' ORDER BY transaction_id, id) FROM
		(SELECT * FROM connect.event ORDER BY transaction_id DESC, id DESC LIMIT 4) AS e WHERE connection_id IN ('cxn_active', 'cxn_pending', 'cxn_inactive')}),
	'cxn_active deactivate, cxn_pending activate, cxn_inactive reactivate', 'an outbox reader meets these after all that was before');
invariants_hold($new);

$new->stop;
done_testing();
