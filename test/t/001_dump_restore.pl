# A store survives pg_dump with everything: rows in every state, history, keys,
# grants, and what the DBA added to it. The restored one works, and its guard holds.

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

my $source = 'regress_connect_source';
my $destination = 'regress_connect_destination';

$node->safe_psql('postgres', qq{
	CREATE ROLE regress_connect_owner NOLOGIN;
	CREATE ROLE $source LOGIN;
	CREATE ROLE $destination LOGIN;
	CREATE DATABASE store TEMPLATE template0;
	CREATE DATABASE from_archive TEMPLATE template0;
	CREATE DATABASE from_script TEMPLATE template0;
	CREATE DATABASE data_only TEMPLATE template0;
});

$node->safe_psql('store', install());
$node->safe_psql('store', qq{
	SELECT connect.register_organization('org_source', 'Source'), connect.register_organization('org_destination', 'Destination'),
		connect.register_organization('org_other', 'Öther');
	SELECT connect.map_role('$source', 'org_source'), connect.map_role('$destination', 'org_destination');
	SELECT connect.grant_usage('$source'), connect.grant_usage('$destination');
	SELECT connect.trust_gateway('regress_connect_owner');
	SELECT id FROM connect.create_api_key('org_source', 'for the dump', '{read}', '2100-01-01');
	INSERT INTO connect.scope (name, description) VALUES ('report.read', 'The DBA''s own.');
	GRANT SELECT, UPDATE ON connect.connection TO $source;
});

# Rows made by the functions, in every state, with their histories.
$node->safe_psql('store', q{
	SELECT connect.create_connection('org_destination', 'Partner "1" Ω', '{report.read,account.read}');
	SELECT connect.create_connection('org_other');
	SELECT connect.create_connection('org_source');
}, extra_params => [ '-U', $source ]);
my $id = $node->safe_psql('store', q{SELECT id FROM connect.connection WHERE destination_organization_id = 'org_destination'});
$node->safe_psql('store', qq{SELECT connect.activate_connection('$id', 'Welcome.')},
	extra_params => [ '-U', $destination ]);
$node->safe_psql('store', q{
	SELECT connect.deactivate_connection(id, E'Line one\nline two') FROM connect.connection
	WHERE destination_organization_id = 'org_source';
}, extra_params => [ '-U', $source ]);

# Rows in every state without history, as an import leaves them; scopes in any order.
$node->safe_psql('store', q{
	SET session_replication_role = replica;
	INSERT INTO connect.connection VALUES
		('imported_1', 'org_destination', 'org_source', NULL, 'pending', '{inquiry.read,account.read}', NULL, NULL, '2020-01-01', '2020-01-01'),
		('imported_2', 'org_destination', 'org_other', 'Old', 'active', '{account.read}', 'x', 'user', '2020-01-01', '2021-01-01'),
		('imported_3', 'org_destination', 'org_destination', '', 'inactive', '{account.read}', NULL, NULL, '2020-01-01', '2022-01-01');
});

# Share tokens in states that are open, and in one that is not.
my $account = 'CREATE TABLE public.account (id text PRIMARY KEY, organization_id text)';
$node->safe_psql('store', qq{
	$account;
	SELECT connect.share_rows('account', 'public.account', 'organization_id', 'id', 'account.read');
	SET session_replication_role = replica;
	INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, status, expires_at, pending_at, created_at, updated_at)
	SELECT 'cnst_' || s, 'imported_2', 'org_destination', 'org_other', 'account', 'act_1', s, '2999-01-01', '2020-01-01', '2020-01-01', '2020-01-01'
	FROM unnest('{created,pending,redeemed}'::connect.share_token_status[]) AS s;
});
is($node->safe_psql('store', q{SELECT string_agg(id, ' ' ORDER BY id) FROM connect.open_share_token}), 'cnst_created cnst_pending', 'the open ones have rows of their own');

# What a DBA adds to tables that are the database's own.
$node->safe_psql('store', qq{
	ALTER TABLE connect.connection ADD COLUMN note text DEFAULT 'none';
	CREATE INDEX dba_note_idx ON connect.connection (note);
	CREATE FUNCTION public.dba_note() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN NEW.note := NEW.status::text; RETURN NEW; END';
	CREATE TRIGGER dba_note BEFORE UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION public.dba_note();
	CREATE POLICY dba_hide ON connect.connection AS RESTRICTIVE FOR SELECT TO $source
		USING (note IS DISTINCT FROM 'hidden');
	COMMENT ON POLICY dba_hide ON connect.connection IS 'The DBA''s.';
});

is( $node->safe_psql('store', q{SELECT string_agg(DISTINCT status::text, ' ' ORDER BY status::text) FROM connect.connection}),
	'active inactive pending',
	'there are rows in every state');

# A dump as text that can be compared with another one.
my $has_restrict_key = `pg_dump --help` =~ /--restrict-key/;

sub dump_of
{
	my ($database) = @_;
	my ($stdout, $stderr);
	my @command = ('pg_dump', '-d', $node->connstr($database));

	push @command, '--restrict-key=connect' if $has_restrict_key;
	run_log(\@command, '>', \$stdout, '2>', \$stderr) or BAIL_OUT("pg_dump: $stderr");
	return $stdout;
}

my $expected = dump_of('store');
like($expected, qr/CREATE POLICY dba_hide/, 'the dump has the policy of the DBA');
like($expected, qr/imported_2\t/, 'the dump has the data');
my $dir = PostgreSQL::Test::Utils::tempdir();

$node->command_ok([ 'pg_dump', '-Fc', '-f', "$dir/store.dump", '-d', $node->connstr('store') ], 'pg_dump -Fc');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('from_archive'), "$dir/store.dump" ],
	'pg_restore --exit-on-error');
$node->command_ok([ 'pg_dump', '-f', "$dir/store.sql", '-d', $node->connstr('store') ], 'plain pg_dump');
$node->command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', "$dir/store.sql", '-d', $node->connstr('from_script') ],
	'psql with ON_ERROR_STOP');

# Runs a statement as a tenant and returns what it printed, or the last code it raised.
sub as_tenant
{
	my ($database, $role, $sql) = @_;
	my ($ret, $stdout, $stderr) =
	  $node->psql($database, "\\set VERBOSITY verbose\n$sql", extra_params => [ '-U', $role ]);

	return $ret == 0 ? $stdout : join(' ', $stderr =~ /ERROR:  (\w{5}):/, $stderr =~ /CONSTRAINT NAME:  (\w+)/);
}

# The restored store answers, works on, and refuses.
sub store_works
{
	my ($database) = @_;

	is(as_tenant($database, $source, qq{SELECT connect.get_connection('$id') #>> '{data,attributes,status}'}),
		'active', "$database: a tenant sees its connection");
	is(as_tenant($database, $source, qq{SELECT connect.activate_connection('imported_1') #>> '{data,attributes,status}'}),
		'active', "$database: an imported connection is activated");
	is( $node->safe_psql($database, q{SELECT note FROM connect.connection WHERE id = 'imported_1'}),
		'active', "$database: the trigger of the DBA fired");
	is(as_tenant($database, $source, q{SELECT connect.activate_connection('imported_1')}),
		'PT409 connection_not_pending', "$database: a step out of turn is refused");
	is(as_tenant($database, $destination, q{SELECT connect.create_connection('org_other')}),
		'23505 connection_exists', "$database: a pair has one connection");
	is(as_tenant($database, $source, qq{UPDATE connect.connection SET status = 'pending' WHERE id = '$id'}),
		'PT409 connection_not_inactive', "$database: the guard holds against a plain UPDATE");
	is(as_tenant($database, 'regress_connect_source', q{SELECT count(*) FROM connect.connection}),
		'4', "$database: row security shows a tenant its own");
	is( $node->safe_psql($database, qq{SELECT string_agg(action, ' ' ORDER BY id COLLATE "C") FROM connect.event WHERE connection_id IN ('$id', 'imported_1')}),
		'create activate activate', "$database: the history goes on");
	is( $node->safe_psql($database, q{SELECT string_agg(code, ' ' ORDER BY code) FROM connect.check_setup() WHERE severity = 'error'}),
		'', "$database: check_setup() finds no error");
	is( $node->safe_psql($database, q{SELECT kind, relation, name FROM connect.store_definition() WHERE NOT sound}),
		'', "$database: and takes nothing that was restored for another one");
	is( ($node->psql($database, 'DROP EXTENSION connect'))[0], 3, "$database: DROP EXTENSION is refused");
}

for my $database ('from_archive', 'from_script')
{
	ok(dump_of($database) eq $expected, "$database: its dump is the same, byte for byte")
	  or diag(diff_of($expected, dump_of($database)));
	store_works($database);
}

# The first lines in which two texts differ.
sub diff_of
{
	my @left = split /\n/, shift;
	my @right = split /\n/, shift;

	for my $i (0 .. $#left)
	{
		return "line $i:\n$left[$i]\n" . ($right[$i] // '(end)')
		  if !defined $right[$i] || $left[$i] ne $right[$i];
	}
	return 'one is longer';
}

# Data alone, into a store that exists: the triggers must be held, or they refuse.
$node->safe_psql('data_only', install());
$node->safe_psql('data_only', qq{
	$account;
	ALTER TABLE connect.connection ADD COLUMN note text DEFAULT 'none';
	-- what create_store() ships comes with the dump
	DELETE FROM connect.scope;
});
$node->command_fails(
	[ 'pg_restore', '--exit-on-error', '--single-transaction', '--data-only', '-d', $node->connstr('data_only'), "$dir/store.dump" ],
	'--data-only alone is refused by the guard');
$node->command_ok(
	[ 'pg_restore', '--exit-on-error', '--single-transaction', '--data-only', '--disable-triggers', '-d', $node->connstr('data_only'), "$dir/store.dump" ],
	'--data-only --disable-triggers');
for my $table ('organization', 'scope', 'connection', 'open_connection', 'event', 'organization_role', 'gateway_role', 'api_key', 'share_kind', 'share_token', 'open_share_token')
{
	my $rows = "SELECT t FROM connect.$table AS t ORDER BY t::text COLLATE \"C\"";

	is($node->safe_psql('data_only', $rows), $node->safe_psql('store', $rows), "data of connect.$table");
}
is( $node->safe_psql('data_only', q{SELECT count(*) FROM pg_trigger WHERE tgrelid::regclass::text ~ '^connect\.' AND tgenabled <> 'O'}),
	'0', 'all triggers are on again, but as ordinary ones');
is( $node->safe_psql('data_only', q{SELECT string_agg(DISTINCT code, ' ') FROM connect.check_setup() WHERE code LIKE 'trigger%'}),
	'trigger_disabled', 'which check_setup() finds');
$node->safe_psql('data_only', 'SELECT connect.upgrade_store()');
is( $node->safe_psql('data_only', q{SELECT string_agg(format('%s %s', tgname, tgenabled), ' ' ORDER BY tgname) FROM pg_trigger WHERE tgrelid::regclass::text ~ '^connect\.' AND tgenabled <> 'O'}),
	'zz_guard_open A zz_guard_open A zz_guard_open A zz_keep_open R zz_keep_open R zz_mark_pair A', 'and upgrade_store() mends');

# The schema alone: the catalogue of scopes is empty, which is said, and mended by upgrade_store().
$node->safe_psql('postgres', 'CREATE DATABASE schema_only TEMPLATE template0');
$node->command_ok([ 'pg_restore', '--exit-on-error', '--schema-only', '-d', $node->connstr('schema_only'), "$dir/store.dump" ], 'pg_restore --schema-only');
is($node->safe_psql('schema_only', q{SELECT code FROM connect.check_setup() WHERE severity = 'error'}), 'scopes_missing', 'a catalogue that is empty is found');
$node->safe_psql('schema_only', qq{SELECT connect.register_organization('org_source', 'Source'), connect.register_organization('org_other', 'Other'), connect.map_role('$source', 'org_source')});
my ($ret_empty, $out_empty, $err_empty) = $node->psql('schema_only', q{SELECT connect.create_connection('org_other')}, extra_params => [ '-U', $source ]);
like($err_empty, qr/HINT:  The catalogue of scopes is empty; the store's owner fills it with SELECT connect.upgrade_store\(\);/, 'create_connection() says so');
$node->safe_psql('schema_only', 'SELECT connect.upgrade_store()');
is(as_tenant('schema_only', $source, q{SELECT connect.create_connection('org_other') #>> '{data,attributes,status}'}), 'pending', 'and works when it is filled');

# Without privileges the owner may not even look into the schema; the same for another owner.
$node->safe_psql('postgres', 'CREATE DATABASE no_privileges TEMPLATE template0; CREATE ROLE regress_connect_heir NOLOGIN');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-x', '-d', $node->connstr('no_privileges'), "$dir/store.dump" ], 'pg_restore -x');
for my $owner ('regress_connect_owner', 'regress_connect_heir')
{
	my $findings = q{SELECT code, finding FROM connect.check_setup() WHERE severity = 'error'};

	$node->safe_psql('no_privileges', "REASSIGN OWNED BY regress_connect_owner TO $owner");
	like($node->safe_psql('no_privileges', $findings), qr/^owner_privilege\|The store's owner $owner lacks USAGE on schema connect, .*\.$/,
		'check_setup() says what its owner lacks');
	is(as_tenant('no_privileges', 'postgres', q{SELECT connect.register_organization('org_more', 'More')}),
		'42501', 'without which nothing can be written');
	$node->safe_psql('no_privileges', 'SELECT connect.upgrade_store()');
	is($node->safe_psql('no_privileges', $findings), '', 'upgrade_store() grants it');
	is(as_tenant('no_privileges', 'postgres', q{SELECT connect.register_organization('org_more', 'More')}),
		'', 'and all is well');
}

# A database in which bytes are no characters takes the rows, but nobody acts there.
$node->safe_psql('postgres', q{CREATE DATABASE bytes ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0});
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('bytes'), "$dir/store.dump" ], 'pg_restore into SQL_ASCII');
is($node->safe_psql('bytes', 'SELECT connect.current_organization_id()', extra_params => [ '-U', $source ]), '', 'nobody is anybody there');
my ($ret, $stdout, $stderr) = $node->psql('bytes', q{SELECT connect.is_allowed('org_source', 'org_destination')});
like($stderr, qr/connect requires a database in UTF8/, 'and the gate refuses');

$node->stop;
done_testing();
