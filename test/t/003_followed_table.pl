# A table of the application that is followed stays so through dump and restore: its triggers, its
# place on the list, and which organizations are its own. A new owner is noticed.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE regress_connect_owner NOLOGIN;
	CREATE ROLE "regress connect App" LOGIN;
	CREATE DATABASE store TEMPLATE template0;
	CREATE DATABASE restored TEMPLATE template0;
	CREATE DATABASE no_owner TEMPLATE template0;
	CREATE DATABASE data_only TEMPLATE template0;
});

# Two organizations of the application's and one of the DBA's, with an active Connection.
sub schema
{
	return install() . q{
		CREATE SCHEMA crm AUTHORIZATION "regress connect App";
		SET ROLE "regress connect App";
		CREATE TABLE crm."Company" (id uuid PRIMARY KEY, "the name" text);
		RESET ROLE;
		SELECT connect.follow_organizations('crm."Company"', 'id', 'the name');
	};
}
my $a = '00000000-0000-0000-0000-00000000000a';
my $b = '00000000-0000-0000-0000-00000000000b';
$node->safe_psql('store', schema() . qq{
	INSERT INTO crm."Company" VALUES ('$a', 'A'), ('$b', 'B');
	DELETE FROM crm."Company" WHERE id = '$b';
	SELECT connect.register_organization('org_dba', 'The DBA''s');
	INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('$a', 'org_dba');
	UPDATE connect.connection SET status = 'active';
});

my $organizations = q{SELECT string_agg(concat_ws(' ', right(id, 1), name, followed_from,
	CASE WHEN retired_at IS NULL THEN 'acts' ELSE 'retired' END), ', ' ORDER BY id) FROM connect.organization};
my $findings = q{SELECT string_agg(DISTINCT code, ' ') FROM connect.check_setup() WHERE finding LIKE '%crm.%'};

# The application goes on, and the store follows.
sub is_followed
{
	my ($database, $role) = @_;

	is($node->safe_psql($database, $organizations),
		q{a A crm."Company" acts, b B crm."Company" retired, a The DBA's acts},
		"$database: it is known which organizations are the table's");
	$node->safe_psql($database, qq{
		UPDATE crm."Company" SET "the name" = 'Renamed' WHERE id = '$a';
		INSERT INTO crm."Company" VALUES ('$b', 'Back');
		DELETE FROM crm."Company" WHERE id = '$a';
	}, extra_params => [ '-U', $role ]);
	is($node->safe_psql($database, $organizations),
		q{a Renamed crm."Company" retired, b Back crm."Company" acts, a The DBA's acts},
		"$database: it is renamed, taken back and retired");
	is($node->safe_psql($database, q{SELECT status FROM connect.connection}), 'inactive',
		"$database: the Connection has ended");
	is($node->safe_psql($database, q{SELECT actor_id || ': ' || reason FROM connect.event WHERE action = 'deactivate'}),
		"$role: organization retired", "$database: its history says why");
	for my $refused ('TRUNCATE crm."Company"', q{UPDATE crm."Company" SET id = gen_random_uuid()})
	{
		my ($ret, $stdout, $stderr) = $node->psql($database, "\\set VERBOSITY verbose\n$refused");

		like($stderr, qr/ERROR:  23001:/, "$database: $refused is refused");
	}
}

my $dir = PostgreSQL::Test::Utils::tempdir();
my $dump = "$dir/store.dump";
$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, '-d', $node->connstr('store') ], 'pg_dump');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('restored'), $dump ], 'pg_restore');
is($node->safe_psql('restored', $findings), '', 'check_setup() finds nothing about the restored table');
is_followed('restored', 'regress connect App');

# Whoever restores without owners owns everything, and is told of the table.
my $superuser = $node->safe_psql('postgres', 'SELECT current_user');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--no-owner', '-d', $node->connstr('no_owner'), $dump ],
	'pg_restore --no-owner');
is($node->safe_psql('no_owner', $findings), 'followed_owner', 'check_setup() finds the new owner');
is_followed('no_owner', $superuser);
for my $statement (split(/(?<=;) /, $node->safe_psql('no_owner',
	q{SELECT remedy FROM connect.check_setup() WHERE code = 'followed_owner'})))
{
	$node->safe_psql('no_owner', $statement);
}
is($node->safe_psql('no_owner', $findings), '', 'the remedy that it shows is one');

# Data alone, into a store that follows already.
$node->safe_psql('data_only', schema() . 'DELETE FROM connect.followed_table; DELETE FROM connect.scope;');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--data-only', '--disable-triggers', '-d',
		$node->connstr('data_only'), $dump ], 'pg_restore --data-only');
is($node->safe_psql('data_only', $findings), '', 'check_setup() finds nothing about the table with its data');
is_followed('data_only', 'regress connect App');

# Who gets the table later is named, whoever they are.
$node->safe_psql('restored', q{REASSIGN OWNED BY "regress connect App" TO regress_connect_owner});
is($node->safe_psql('restored', $findings), 'followed_owner', 'check_setup() finds the owner by REASSIGN OWNED');

$node->stop;
done_testing();
