# Whatever ALTER DEFAULT PRIVILEGES gives of new functions, those of the extension are closed to
# everybody but their owner when it has been installed, and new ones when it has been updated.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'connect'");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE app LOGIN; CREATE ROLE "Other ""app""" LOGIN; CREATE ROLE tenant LOGIN;');

my $given = q{SELECT p.oid::regprocedure FROM pg_proc AS p WHERE p.pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace)
	AND (has_function_privilege('app', p.oid, 'EXECUTE') OR has_function_privilege('Other "app"', p.oid, 'EXECUTE')) ORDER BY 1};
my $granted = q{SELECT count(*) FROM connect.check_setup() WHERE code = 'execute_granted'};

sub make_database
{
	my ($name, $version) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0");
	$node->safe_psql($name, q{
		ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO app, "Other ""app""" WITH GRANT OPTION;
		ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO app;});
	$node->safe_psql($name, "CREATE EXTENSION connect $version; SELECT connect.create_store();
		SELECT connect.register_organization('org_A', 'A'), connect.grant_usage('tenant');
		INSERT INTO connect.organization_role (role_name, organization_id) VALUES ('tenant', 'org_A')");
	return;
}

make_database('fresh', '');
is($node->safe_psql('fresh', $given), '', 'a fresh install gives nobody anything');
is($node->safe_psql('fresh', $granted), '0', 'and check_setup() has nothing to say of it');
my ($ret, $stdout, $stderr) = $node->psql('fresh', q{SELECT connect.create_api_key('org_A', 'key')}, extra_params => [ '-U', 'app' ]);
like($stderr, qr/permission denied/, 'nobody but the DBA makes a key');
is($node->safe_psql('fresh', 'SELECT connect.current_organization_id()', extra_params => [ '-U', 'tenant' ]), 'org_A', 'grants are as ever');
$node->command_ok([ 'pg_dump', '-Fc', '-f', $node->basedir . '/fresh', '-d', $node->connstr('fresh') ], 'pg_dump');
$node->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), $node->basedir . '/fresh' ], 'pg_restore');
is($node->safe_psql('restored', $given), '', 'nor does a restored one');

# An older one has given them all; what it gave is the DBA's to take back, and is found.
make_database('updated', q{VERSION '1.0.0'});
my $before = $node->safe_psql('updated', $given);
like($before, qr/create_api_key/, '1.0.0 leaves it open');
$node->safe_psql('updated', 'ALTER EXTENSION connect UPDATE; SELECT connect.upgrade_store();');
# A function that takes more arguments now is whoever's it was; new ones are those of the grants of what is like them.
my %before = map { s/\(.*//r => 1 } split(/\n/, $before);
my %may_follow = map { $_ => 1 } split(/\n/, $node->safe_psql('updated',
	q{SELECT object FROM connect.grant_definition() WHERE purpose IN ('check', 'read', 'usage', 'share', 'http')}));
is(join(' ', grep { !$before{ s/\(.*//r } && !$may_follow{$_} } split(/\n/, $node->safe_psql('updated', $given))), '',
	'an update gives new functions to those alone who may call others that are like them');
like($node->safe_psql('updated', q{SELECT string_agg(remedy, ' ') FROM connect.check_setup() WHERE code = 'execute_granted'}),
	qr/REVOKE EXECUTE ON FUNCTION connect.create_api_key\(.*?\) FROM app; .*REVOKE EXECUTE ON FUNCTION connect.create_api_key\(.*?\) FROM "Other ""app""";/s,
	'check_setup() names what is open');
$node->safe_psql('updated', q{
	DO $$ DECLARE r text; BEGIN
		FOR r IN SELECT remedy FROM connect.check_setup() WHERE code = 'execute_granted' LOOP EXECUTE r; END LOOP;
	END $$});
is($node->safe_psql('updated', $granted), '0', 'its remedies close it');
is($node->safe_psql('updated', 'SELECT connect.current_organization_id()', extra_params => [ '-U', 'tenant' ]), 'org_A', 'and leave grants as they were');

$node->stop;
done_testing();
