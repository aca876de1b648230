# A folder of its own, which 18 and later find by extension_control_path and
# dynamic_library_path: "make install prefix=..." fills it, and everything works from there, loaded
# at the first call, by session_preload_libraries or by shared_preload_libraries.
#
# This runs where connect is built and not installed.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $tree = $ENV{TESTDIR};
my $folder = PostgreSQL::Test::Utils::tempdir() . '/connect';
my ($version) = slurp_file("$tree/connect.control") =~ /^default_version *= *'(.*)'/m;

sub make
{
	return run_log([ 'make', '-s', '-C', $tree, 'with_llvm=no', "PG_CONFIG=$ENV{PG_CONFIG}", @_ ]);
}

# The files below a folder.
sub files_of
{
	my ($stdout) = run_command([ 'find', $_[0], '-type', 'f', '-printf', '%P\n' ]);

	return [ sort split(/\n/, $stdout) ];
}

ok(make('install', "prefix=$folder"), 'make install prefix=...');
is_deeply(files_of($folder), [ 'lib/connect.so', (map { "share/extension/$_" } sort 'connect.control',
	map { s/.*\///r } grep { !/1\.0\.0--1\.1\.0--/ } glob("$tree/sql/connect--$version.sql $tree/sql/history/*.sql")) ],
	'installs the library, the control file and the scripts, and nothing else');

my $node = PostgreSQL::Test::Cluster->new('folder');

$node->init(extra => [ '--encoding=UTF8', '--locale=C.UTF-8' ]);
$node->append_conf('postgresql.conf', "log_statement = none\nsession_preload_libraries = ''\nshared_preload_libraries = ''");
$node->start;
isnt(($node->psql('postgres', 'CREATE EXTENSION connect'))[0], 0, 'without the folder there is no extension');

# The story between two logins, in the database of this name, and what the module says of itself.
sub story
{
	my ($database) = @_;
	my $as = sub {
		my ($role, $sql) = @_;

		return $node->safe_psql($database, $sql, connstr => $node->connstr($database) . " user=regress_connect_$role");
	};

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, q{CREATE EXTENSION connect;
		GRANT CREATE, USAGE ON SCHEMA connect TO regress_connect_owner;
		GRANT EXECUTE ON FUNCTION connect.create_store() TO regress_connect_owner;
		SET ROLE regress_connect_owner;
		SELECT connect.create_store();
		RESET ROLE;
		REVOKE CREATE ON SCHEMA connect FROM regress_connect_owner;
		SELECT connect.register_organization('org_source', 'Source'), connect.register_organization('org_destination', 'Destination');
		SELECT connect.map_role('regress_connect_' || n, 'org_' || n), connect.grant_usage(('regress_connect_' || n)::name)
			FROM unnest('{source,destination}'::text[]) AS n;});
	my $id = $as->('source', q{SELECT connect.create_connection('org_destination') #>> '{data,id}'});

	return join(' ', $as->('destination', qq{SELECT connect.is_allowed('org_source', 'org_destination', 'inquiry.read')}),
		$as->('destination', qq{SELECT connect.activate_connection('$id') #>> '{data,attributes,status}'}),
		$as->('destination', qq{SELECT connect.is_allowed('org_source', 'org_destination', 'inquiry.read')}));
}

$node->safe_psql('postgres', 'CREATE ROLE regress_connect_owner NOLOGIN; CREATE ROLE regress_connect_source LOGIN; CREATE ROLE regress_connect_destination LOGIN');
$node->append_conf('postgresql.conf', "extension_control_path = '$folder/share:\$system'\ndynamic_library_path = '$folder/lib:\$libdir'");

# What 18 tells of a loaded module; a session that runs nothing of ours has it only if it is preloaded.
my $loaded = q{SELECT module_name, version, file_name FROM pg_get_loaded_modules() WHERE module_name = 'connect'};
my $names = "connect|$version|connect.so";

foreach my $preload ('', 'session_preload_libraries', 'shared_preload_libraries')
{
	my $how = $preload || 'at the first call';
	my $database = 'by_' . ($preload || 'call');

	$node->adjust_conf('postgresql.conf', $_, $_ eq $preload ? "'connect'" : "''") foreach 'session_preload_libraries', 'shared_preload_libraries';
	$node->restart;
	is($node->safe_psql('postgres', $loaded), $preload ? $names : '', "$how: what is loaded at the start of a session");
	is(story($database), 'f active t', "$how: an offer is accepted, and the gate opens");
	is($node->safe_psql($database, "SELECT connect.is_allowed('org_source', 'org_destination', 'inquiry.read'); $loaded"), "t\n$names", "$how: then it is loaded");
	is($node->safe_psql($database, q{SELECT code FROM connect.check_setup()}), $preload =~ /shared/ ? '' : 'not_preloaded', "$how: check_setup()");
	# the kernel knows which file that is
	is($node->safe_psql($database, qq{SELECT count(connect.current_organization_id()); SELECT count(*) > 0 FROM
		regexp_split_to_table(pg_read_file('/proc/self/maps', 0, 10000000), '\n') AS line WHERE line LIKE '%$folder/lib/connect.so'}), "0\nt", "$how: from the folder");
}

# An update script is found there too.
$node->safe_psql('postgres', 'CREATE DATABASE older');
is($node->safe_psql('older', q{CREATE EXTENSION connect VERSION '1.0.0'; SELECT connect.create_store(); ALTER EXTENSION connect UPDATE;
		SELECT connect.upgrade_store(); SELECT extversion FROM pg_extension WHERE extname = 'connect'}) =~ s/^\n+//r, $version, 'an older version is updated');
$node->stop;

ok(make('uninstall', "prefix=$folder"), 'make uninstall prefix=...');
is_deeply(files_of($folder), [], 'leaves nothing behind');
done_testing();
