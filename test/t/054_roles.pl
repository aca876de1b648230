# Roles with REPLICATION, and with CREATEROLE: what they can and cannot do. Decoding shows rows, for
# it knows no privileges, but no key's secret; and a role that makes roles gets nothing here by that
# alone. SECURITY.md says what is not promised of them.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore qw(install everything_of refused outcomes invariants_hold no_crash);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 'logical', extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->start;
$node->safe_psql('postgres', q{
	CREATE ROLE regress_connect_owner NOLOGIN;
	CREATE ROLE regress_connect_source LOGIN;
	CREATE ROLE regress_connect_destination LOGIN;
	CREATE ROLE regress_connect_gateway LOGIN;
	CREATE ROLE regress_connect_decodes LOGIN REPLICATION;
	CREATE ROLE regress_connect_makes LOGIN CREATEROLE;
});
$node->safe_psql('postgres', install());
$node->safe_psql('postgres', q{
	SELECT connect.register_organization('org_source', 'Source'), connect.register_organization('org_destination', 'Destination'),
		connect.register_organization('org_gone', 'Gone');
	SELECT connect.map_role('regress_connect_source', 'org_source'), connect.map_role('regress_connect_destination', 'org_destination');
	SELECT connect.trust_gateway('regress_connect_gateway');
	SELECT connect.grant_usage(r) FROM unnest('{regress_connect_source,regress_connect_destination,regress_connect_gateway}'::name[]) AS r;
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_1', 'org_source', 'org_destination');
	-- a role that was mapped and is no more
	CREATE ROLE regress_connect_ghost;
	SELECT connect.map_role('regress_connect_ghost', 'org_gone'), connect.grant_usage('regress_connect_ghost');
	DROP OWNED BY regress_connect_ghost;
	DROP ROLE regress_connect_ghost;
});

# Neither attribute opens a table or a function.
my @closed = (
	'SELECT * FROM connect.connection' => '42501: permission denied for schema connect',
	'TABLE connect.event' => '42501: permission denied for schema connect',
	'TABLE connect.api_key' => '42501: permission denied for schema connect',
	q{SELECT connect.is_allowed('org_source', 'org_destination')} => '42501: permission denied for schema connect',
	q{SELECT connect.act_as('org_source')} => '42501: permission denied for schema connect',
	q{SELECT connect.map_role(current_user, 'org_source')} => '42501: permission denied for schema connect',
	q{SELECT connect.trust_gateway(current_user)} => '42501: permission denied for schema connect',
	q{SELECT connect.create_api_key('org_source', 'mine')} => '42501: permission denied for schema connect',
	'SET session_replication_role = replica' => '42501: permission denied to set parameter "session_replication_role"',
	'ALTER TABLE connect.connection DISABLE TRIGGER ALL' => '42501: permission denied for schema connect',
	'SET SESSION AUTHORIZATION regress_connect_source' => '42501: permission denied to set session authorization.*');
refused($node, $_, "regress_connect_$_", @closed) foreach qw(decodes makes);

# USAGE of the schema, as everybody may have it, opens nothing more.
$node->safe_psql('postgres', 'GRANT USAGE ON SCHEMA connect TO regress_connect_decodes, regress_connect_makes');
refused($node, "$_ with USAGE", "regress_connect_$_",
	'TABLE connect.connection' => '42501: permission denied for table connection',
	'TABLE connect.idempotency' => '42501: permission denied for table idempotency',
	q{SELECT connect.is_allowed('org_source', 'org_destination')} => '42501: permission denied for function is_allowed',
	q{SELECT connect.trust_gateway(current_user)} => '42501: permission denied for function trust_gateway',
	'SELECT * FROM connect.verify_history()' => '42501: permission denied for function verify_history')
  foreach qw(decodes makes);

# What decoding shows: every row, also of the table that nobody may read. Of a key that is its hash.
my $decodes = $node->connstr('postgres') . ' user=regress_connect_decodes';
$node->safe_psql('postgres', q{SELECT pg_create_logical_replication_slot('decoded', 'test_decoding')}, connstr => $decodes);
my ($id, $secret) = split /\|/, $node->safe_psql('postgres', q{SELECT id, secret FROM connect.create_api_key('org_source', 'a key')});
my $destination = $node->connstr('postgres') . ' user=regress_connect_destination';
$node->safe_psql('postgres', q{SELECT connect.activate_connection('cxn_1', 'a reason')}, connstr => $destination);
# what is undone, and what is undone in part, is not told
$node->psql('postgres', q{BEGIN; SELECT connect.deactivate_connection('cxn_1', 'never'); ROLLBACK;}, connstr => $destination);
$node->safe_psql('postgres', q{BEGIN; SAVEPOINT s; SELECT connect.deactivate_connection('cxn_1', 'not so'); ROLLBACK TO s;
	SELECT connect.deactivate_connection('cxn_1', 'at last'); COMMIT;}, connstr => $destination);
# a key that is used is not written, whoever presents it
is( $node->safe_psql('postgres', qq{SELECT set_config('request.headers', '{"x-connect-api-key": "$secret"}', true), connect.reactivate_connection('cxn_1') #>> '{data,attributes,status}'},
		connstr => $node->connstr('postgres') . ' user=regress_connect_gateway') =~ /pending$/ ? 1 : 0, 1, 'the key works');
my $decoded = $node->safe_psql('postgres', q{SELECT data FROM pg_logical_slot_get_changes('decoded', NULL, NULL)}, connstr => $decodes);

like($decoded, qr/table connect\.connection: UPDATE: .*status\[connect\.connection_status\]:'active'/, 'decoding shows rows to who may read none');
like($decoded, qr/table connect\.event: INSERT: .*a reason/, 'and history');
like($decoded, qr/table connect\.api_key: INSERT: .*$id/, 'and keys');
unlike($decoded, qr/\Q$secret\E|\Q${\ substr($secret, 8)}\E/, 'but no secret');
like($decoded, qr/\Q${\ $node->safe_psql('postgres', "SELECT encode(sha256('$secret'), 'hex')")}\E/, 'only its hash');
unlike($decoded, qr/never|not so/, 'nor what was undone');
is(join(' ', $decoded =~ /table connect\.event: INSERT: .*? action\[text\]:'(\w+)'/g), 'activate deactivate reactivate', 'events in the order in which they happened');
my @marks = grep { !/^BEGIN|^COMMIT|table connect\.(connection|event|api_key|open_connection|open_term):/ } split /\n/, $decoded;
is("@marks", '', 'and nothing besides');
$node->safe_psql('postgres', q{SELECT pg_drop_replication_slot('decoded')}, connstr => $decodes);

# A subscription, by which REPLICATION might write, is a superuser's to make.
refused($node, 'decodes', 'regress_connect_decodes',
	q{CREATE SUBSCRIPTION s CONNECTION 'dbname=postgres' PUBLICATION p WITH (connect = false)} => '42501: (must be superuser|permission denied) to create subscription.*',
	'CREATE PUBLICATION p FOR TABLE connect.connection' => '42501: permission denied for database postgres|42501: must be owner of table connection');

# Whoever makes roles can make one of a name that is still mapped, and is that organization's role by
# name; but what it may execute went with the old one.
$node->safe_psql('postgres', q{REVOKE USAGE ON SCHEMA connect FROM regress_connect_makes});
my $makes = $node->connstr('postgres') . ' user=regress_connect_makes';
$node->safe_psql('postgres', 'CREATE ROLE regress_connect_ghost LOGIN', connstr => $makes);
refused($node, 'ghost', 'regress_connect_ghost',
	'SELECT connect.current_organization_id()' => '42501: permission denied for schema connect',
	q{SELECT connect.create_connection('org_source')} => '42501: permission denied for schema connect');
# nor can a role that acts be renamed away from its organization without a superuser's seeing it
is( $node->safe_psql('postgres', q{SELECT string_agg(code, ' ' ORDER BY code) FROM connect.check_setup() WHERE severity = 'error'}), '',
	'what was tried has left no error');

# On 15 a role with CREATEROLE may make itself a member of any but superusers: of the store's owner,
# too. That is found. From 16 on it needs ADMIN of that role.
my ($rc, $out, $err) = $node->psql('postgres', 'GRANT regress_connect_owner TO regress_connect_makes', connstr => $makes);
if ($node->pg_version < 16)
{
	is($rc, 0, 'CREATEROLE takes the role of the owner');
	is( $node->safe_psql('postgres', q{SELECT count(*) FROM connect.check_setup() WHERE code = 'owner_member'}), '1', 'which check_setup() finds');
	is($node->safe_psql('postgres', 'SELECT count(*) FROM connect.connection', connstr => $makes), '1',
		'whoever is a member of the owner reads as the owner');
	my ($written) = $node->psql('postgres', 'DELETE FROM connect.event', connstr => $makes);
	isnt($written, 0, 'the guard holds for the owner as well');
	$node->safe_psql('postgres', 'REVOKE regress_connect_owner FROM regress_connect_makes');
}
else
{
	isnt($rc, 0, 'CREATEROLE does not take the role of the owner');
	like($err, qr/permission denied to grant role/, 'for it has no ADMIN of it');
}
# A superuser's role it cannot take on any of them.
($rc) = $node->psql('postgres', 'GRANT postgres TO regress_connect_makes', connstr => $makes);
isnt($rc, 0, 'nor is it ever given a superuser\'s');
is($node->safe_psql('postgres', 'SELECT * FROM connect.verify_history()'), '', 'the history is sound');
invariants_hold($node);
no_crash($node);
$node->stop;
done_testing();
