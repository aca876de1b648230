# Making, refusing, dropping and mending the store: what needs sessions, databases
# or another extension's script of its own.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE regress_connect_source LOGIN');

# A database of its own for each subject.
sub create_database
{
	my ($name, $options) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE template0 " . ($options // ''));
	return $name;
}

# Runs statements and returns SQLSTATE and message of the error that ended them, or '' if none did.
sub error_of
{
	my ($database, $sql) = @_;
	my ($ret, $stdout, $stderr) = $node->psql($database, "\\set VERBOSITY verbose\n$sql");

	return $stderr =~ /ERROR:  (\w{5}: .*)/ ? $1 : '';
}

my $install = 'CREATE EXTENSION connect; SELECT connect.create_store();';

# Inside another extension's script the tables would be members of that extension.
# A script is a file of the installation: where that cannot be written, whoever may
# install test/t/wrapper/* there first, or this is skipped.
my $name = 'regress_connect_wrapper';
my $extensions = `pg_config --sharedir`;
chomp $extensions;
$extensions .= '/extension';

SKIP:
{
	my @files = ("$name.control", "$name--1.sql");
	my $copied = !-e "$extensions/$name.control" && -w $extensions;

	if ($copied)
	{
		append_to_file("$extensions/$_", slurp_file("test/t/wrapper/$_")) for @files;
	}
	skip "test/t/wrapper is not installed", 2 unless -e "$extensions/$name.control";

	my $database = create_database('wrapper');

	$node->safe_psql($database, 'CREATE EXTENSION connect');
	is(error_of($database, "CREATE EXTENSION $name"),
		'55000: connect store cannot be created inside an extension',
		'create_store() is refused inside the script of another extension');
	is(error_of($database, 'SELECT connect.create_store()'), '', 'and works after it');
	if ($copied)
	{
		unlink "$extensions/$_" for @files;
	}
}

# Somebody else's schema could hold functions that ours would then call.
{
	my $database = create_database('planted');

	$node->safe_psql($database, 'CREATE SCHEMA connect');
	is(error_of($database, 'CREATE EXTENSION connect'),
		'42P06: schema "connect" already exists',
		'CREATE EXTENSION is refused where schema connect was planted');
	$node->safe_psql($database, 'DROP SCHEMA connect; CREATE SCHEMA connect_api');
	is(error_of($database, 'CREATE EXTENSION connect'),
		'42P06: schema "connect_api" already exists',
		'likewise schema connect_api');
	$node->safe_psql($database, 'DROP SCHEMA connect_api');
	is(error_of($database, $install), '', 'without them it installs');
	is(error_of($database, 'SELECT connect.create_store()'),
		'42P07: connect store already exists', 'a second store is refused');
}

# Ids, patterns and lengths are bytes of UTF-8.
{
	my $database = create_database('latin1', q{ENCODING 'LATIN1' LOCALE 'C'});

	is(error_of($database, $install),
		'0A000: connect requires a database in UTF8', 'a store in another encoding is refused');
	is( $node->safe_psql($database, q{SELECT count(*) FROM pg_class WHERE relnamespace = 'connect'::regnamespace AND relkind = 'r'}),
		'0', 'and nothing of it stays');
}

# DROP EXTENSION, and everything anew in the session that holds plans of the old store.
{
	my $database = create_database('dropped');
	my $use = q{
		SELECT connect.register_organization('org_source', 'Source'), connect.register_organization('org_destination', 'Destination');
		SELECT connect.map_role('regress_connect_source', 'org_source');
		SELECT connect.map_role(current_user, 'org_destination');
		SELECT connect.grant_usage('regress_connect_source');
		SET ROLE regress_connect_source;
		SELECT connect.create_connection('org_destination');
		RESET ROLE;
		SELECT connect.activate_connection(id) FROM connect.connection;
		SELECT connect.list_connections(), connect.list_events(), connect.list_scopes();
		SELECT 'history ' || count(*) FROM connect.event;
	};

	$node->safe_psql($database, $install);
	like(error_of($database, 'DROP EXTENSION connect'),
		qr/^2BP01: cannot drop extension connect because other objects depend on it/,
		'DROP EXTENSION is refused while the store stands');

	my $drop = q{
		DROP TABLE connect.share_token, connect.open_share_token, connect.share_kind, connect.open_connection, connect.open_term, connect.followed_table, connect.idempotency, connect.api_key, connect.gateway_role, connect.organization_role,
			connect.event, connect.connection, connect.scope, connect.organization;
		DROP EXTENSION connect;
	};
	my ($ret, $stdout, $stderr) = $node->psql($database, "$use $drop $install $use");

	is($stderr, '', 'use, drop, install and use again in one session: no error');
	is(() = $stdout =~ /^history 2$/mg, 2, 'both stores recorded their changes');

	($ret, $stdout, $stderr) = $node->psql($database, "$use", on_error_stop => 0);
	like($stderr, qr/connection already exists/, 'the new store keeps what it was given');

	$node->safe_psql($database, "$drop");
	is( $node->safe_psql($database, q{SELECT count(*) FROM pg_namespace WHERE nspname IN ('connect', 'connect_api')}),
		'0', 'without a store DROP EXTENSION leaves nothing');
}

# The store is dropped and made anew under another session's saved plans.
{
	my $database = create_database('replaced');

	$node->safe_psql($database, $install);
	my $session = $node->background_psql($database);

	$session->query_safe(q{SELECT connect.register_organization('org_source', 'Source')});
	$node->safe_psql($database, q{
		DROP TABLE connect.share_token, connect.open_share_token, connect.share_kind, connect.open_connection, connect.open_term, connect.followed_table, connect.idempotency, connect.api_key, connect.gateway_role, connect.organization_role,
			connect.event, connect.connection, connect.scope, connect.organization;
		SELECT connect.create_store();
	});
	$session->query_safe(q{SELECT connect.register_organization('org_source', 'Source again')});
	is( $node->safe_psql($database, 'SELECT name FROM connect.organization'),
		'Source again', 'plans of another session follow the new store');
	$session->quit;
}

# upgrade_store() puts back what is missing, and leaves alone what is there.
{
	my $database = create_database('mended');
	my $triggers = q{
		SELECT string_agg(format('%s %s %s %s', tgrelid::regclass, tgname, tgenabled, obj_description(oid, 'pg_trigger')), E'\n' ORDER BY tgrelid::regclass::text, tgname)
		FROM pg_trigger WHERE tgrelid::regclass::text ~ '^connect\.' AND NOT tgisinternal};

	like(error_of($database, 'CREATE EXTENSION connect; SELECT connect.upgrade_store()'),
		qr/^55000: connect store does not exist/, 'upgrade_store() without a store is refused');
	$node->safe_psql($database, 'SELECT connect.create_store()');

	my $sound = $node->safe_psql($database, $triggers);
	my $findings = q{SELECT string_agg(code, ' ') FROM connect.check_setup() WHERE severity = 'error'};

	is(() = $sound =~ /^connect\./mg, 23, 'a new store has its triggers');
	is($node->safe_psql($database, $findings), '', 'and check_setup() finds nothing to mend');

	$node->safe_psql($database, q{
		DROP TRIGGER zz_guard_connection ON connect.connection;
		DROP TRIGGER aa_refuse_truncate ON connect.event;
	});
	is($node->safe_psql($database, $findings), 'trigger_missing trigger_missing', 'check_setup() misses dropped ones');
	$node->safe_psql($database, 'SELECT connect.upgrade_store()');
	is($node->safe_psql($database, $triggers), $sound, 'upgrade_store() puts them back');
	is($node->safe_psql($database, $findings), '', 'and check_setup() is content');
	is(error_of($database, 'DELETE FROM connect.connection; TRUNCATE connect.connection CASCADE'),
		'23001: connections cannot be truncated', 'the guard holds again');
	$node->safe_psql($database, 'SELECT connect.upgrade_store(); SELECT connect.upgrade_store();');
	is($node->safe_psql($database, $triggers), $sound, 'it may be repeated');

	# a table of a later version
	$node->safe_psql($database, 'DROP TABLE connect.idempotency');
	$node->safe_psql($database, 'SELECT connect.upgrade_store()');
	is( $node->safe_psql($database, q{SELECT relrowsecurity FROM pg_class WHERE oid = 'connect.idempotency'::regclass}),
		't', 'a missing table comes back with its row security');
}

$node->stop;
done_testing();
