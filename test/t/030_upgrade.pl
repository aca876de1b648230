# Upgrade: a store of each version before, filled and brought up to date, is what a fresh
# one is; and the present library serves the SQL of that version until then.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'connect'");
$node->start;

# Every object of both schemas as a line, members and the store alike, whatever their OIDs.
my $objects = q{
SET search_path = pg_catalog;
WITH spaces AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IN ('connect', 'connect_api')),
tables AS (SELECT * FROM pg_class WHERE relnamespace IN (SELECT oid FROM spaces))
SELECT line FROM (
    SELECT 'extension ' || extname || ' ' || extversion || ' ' || extnamespace::regnamespace || ' ' || obj_description(oid) AS line
    FROM pg_extension WHERE extname = 'connect'
    UNION ALL SELECT 'member ' || pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend AS d
    WHERE d.refclassid = 'pg_extension'::regclass AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'connect') AND d.deptype = 'e'
    UNION ALL SELECT 'schema ' || nspname || ' ' || coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(nspacl) AS a), '') || ' ' || obj_description(n.oid) FROM pg_namespace AS n WHERE n.oid IN (SELECT oid FROM spaces)
    UNION ALL SELECT 'function ' || pg_get_functiondef(p.oid) || ' ' || coalesce((SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(p.proacl) AS a), '') || ' ' || coalesce(obj_description(p.oid), '')
    FROM pg_proc AS p WHERE p.pronamespace IN (SELECT oid FROM spaces)
    UNION ALL SELECT 'label ' || enumtypid::regtype || ' ' || enumsortorder || ' ' || enumlabel FROM pg_enum
    UNION ALL SELECT 'relation ' || oid::regclass || ' ' || relkind::text || ' ' || coalesce(relacl::text, '') || ' ' || coalesce(reloptions::text, '') || ' ' || relrowsecurity || relforcerowsecurity || ' ' || coalesce(obj_description(oid), '')
    FROM tables
    UNION ALL SELECT 'column ' || attrelid::regclass || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attcollation || ' ' || attnotnull || ' ' || coalesce(pg_get_expr(adbin, adrelid), '') || ' ' || coalesce(col_description(attrelid, attnum), '')
    FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid IN (SELECT oid FROM tables WHERE relkind = 'r') AND attnum > 0
    UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || coalesce(obj_description(oid), '') FROM pg_constraint WHERE connamespace IN (SELECT oid FROM spaces)
    UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN (SELECT oid FROM tables)
    UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) || ' ' || tgenabled::text || ' ' || coalesce(obj_description(oid), '') FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM tables) AND NOT tgisinternal
    UNION ALL SELECT 'policy ' || polrelid::regclass || ' ' || polname || ' ' || polcmd::text || polpermissive || ' ' || polroles::text || ' ' || coalesce(pg_get_expr(polqual, polrelid), '') || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), '') || ' ' || coalesce(obj_description(oid), '') FROM pg_policy WHERE polrelid IN (SELECT oid FROM tables)
    UNION ALL SELECT 'dump ' || extconfig::text || extcondition::text FROM pg_extension WHERE extname = 'connect'
) AS o ORDER BY line COLLATE "C"};

# The rows of a store, in the order of their keys.
my $rows = q{
SELECT 'connection', c::text FROM connect.connection AS c UNION ALL SELECT 'event', e::text FROM connect.event AS e
UNION ALL SELECT 'organization', o::text FROM connect.organization AS o UNION ALL SELECT 'role', r::text FROM connect.organization_role AS r
UNION ALL SELECT 'key', k::text FROM connect.api_key AS k ORDER BY 1, 2};

# What callers do, in any version.
my $fill = q{
SELECT connect.register_organization('org_ABC123', 'Acme'), connect.register_organization('org_DEF456', 'Delta');
SELECT connect.map_role('regress_connect_source', 'org_ABC123'), connect.map_role('regress_connect_destination', 'org_DEF456'),
    connect.grant_usage('regress_connect_source'), connect.grant_usage('regress_connect_destination');
SELECT count(*) FROM connect.create_api_key('org_ABC123', 'key');
SET ROLE regress_connect_source;
SELECT connect.create_connection('org_DEF456', 'Partner') -> 'data' ->> 'id' AS id \gset
SET ROLE regress_connect_destination;
SELECT connect.activate_connection(:'id');
SELECT connect.deactivate_connection(:'id', 'over');
SET ROLE regress_connect_source;
SELECT connect.reactivate_connection(:'id');
RESET ROLE;
};

$node->safe_psql('postgres', 'CREATE ROLE regress_connect_source; CREATE ROLE regress_connect_destination;
	CREATE DATABASE fresh TEMPLATE template0;');
$node->safe_psql('fresh', 'CREATE EXTENSION connect; SELECT connect.create_store();');
$node->safe_psql('fresh', $fill);
my $version = $node->safe_psql('fresh', q{SELECT extversion FROM pg_extension WHERE extname = 'connect'});
my $fresh = $node->safe_psql('fresh', $objects);
my $errors = q{SELECT DISTINCT code FROM connect.check_setup() WHERE severity = 'error' ORDER BY 1};

cmp_ok(() = $fresh =~ /^(function|column|trigger|policy|constraint|index) /mg, '>', 100, 'there are objects to compare');
like($fresh, qr/^extension connect \Q$version\E /m, 'a fresh install is of the present version');

# What a version lacks, as check_setup() says before upgrade_store().
my %due = (
	'0.1.0' => "column_missing\ndefinition_differs\ntrigger_missing",
	'1.0.0' => 'column_missing');
my @versions = sort keys %due;

foreach my $old (@versions)
{
	my $database = "from_$old" =~ tr/./_/r;

	# The new library, the old SQL.
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	$node->safe_psql($database, qq{CREATE EXTENSION connect VERSION '$old'; SELECT connect.create_store();});
	$node->safe_psql($database, $fill);
	is($node->safe_psql($database, q{SELECT string_agg(action, ' ' ORDER BY id) FROM connect.event}),
		'create activate deactivate reactivate', "the present library serves the SQL of $old");
	my $ask = q{SELECT connect.is_allowed('org_ABC123', 'org_DEF456');};
	is( $node->safe_psql($database, "$ask UPDATE connect.connection SET status = 'active'; $ask"),
		"f\nt", 'its gate too');
	is($node->safe_psql($database, 'SELECT code, severity FROM connect.check_setup()'),
		'extension_outdated|warning', 'check_setup() says that the SQL is older');
	my ($ret, $stdout, $stderr) = $node->psql($database, 'SELECT connect.upgrade_store()');
	like($stderr, qr/ERROR:  connect extension is older than its library.*HINT:  Run ALTER EXTENSION connect UPDATE; first/s,
		'upgrade_store() too');
	is( $node->safe_psql($database, q{
			BEGIN;
			SELECT connect.trust_gateway('regress_connect_source'), connect.grant_share('regress_connect_source'),
				connect.grant_read('regress_connect_source'), connect.grant_http('regress_connect_source');
			SELECT has_function_privilege('regress_connect_source', p.oid, 'EXECUTE') FROM pg_proc AS p
			WHERE p.oid IN ('connect.act_as'::regproc, 'connect.require_allowed'::regproc, 'connect_api.list_scopes'::regproc) ORDER BY p.proname;
			SELECT connect.distrust_gateway('regress_connect_source');
			SELECT has_function_privilege('regress_connect_source', 'connect.act_as'::regproc, 'EXECUTE');
			ROLLBACK}),
		"|||\nt\nt\nt\n\nf", 'and every grant works');
	my $before = $node->safe_psql($database, $rows);
	$node->safe_psql($database, 'ALTER EXTENSION connect UPDATE');
	is($node->safe_psql($database, $errors), $due{$old},
		'after the update check_setup() says what upgrade_store() will do');
	$node->safe_psql($database, 'SELECT connect.upgrade_store()');

	my $upgraded = $node->safe_psql($database, $objects);
	# all of either would be too long to read
	my ($sound, $got) = map { my %lines = map { $_ => 1 } split(/^/m); \%lines } $fresh, $upgraded;
	diag("missing: $_") foreach grep { !$got->{$_} } sort keys %$sound;
	diag("too many: $_") foreach grep { !$sound->{$_} } sort keys %$got;
	ok($upgraded eq $fresh, 'the upgraded database equals the fresh one, object by object');
	is($node->safe_psql($database, $rows), $before, 'its rows are as they were');
	# its owner is the superuser of this test
	is($node->safe_psql($database, q{SELECT code, finding FROM connect.check_setup() WHERE code NOT IN ('owner_login', 'logs_parameters')}),
		'', 'and check_setup() is content');

	# It may be repeated, puts back what is missing, and leaves to the DBA what is the DBA's.
	$node->safe_psql($database, 'ALTER TABLE connect.connection SET (fillfactor = 70); ALTER TABLE connect.organization DROP CONSTRAINT organization_id_check;
		SELECT connect.upgrade_store(); SELECT connect.upgrade_store();');
	my $again = $node->safe_psql($database, $objects);
	is($again =~ s/\{fillfactor=70\}/{fillfactor=90}/r, $fresh, 'upgrade_store() may be repeated, and keeps an option that no version has set');
	isnt($again, $fresh, 'which was another one');

	my $oids = q{SELECT string_agg(o::text, ' ' ORDER BY o) FROM (SELECT oid FROM pg_constraint WHERE connamespace = 'connect'::regnamespace
		UNION ALL SELECT oid FROM pg_policy UNION ALL SELECT oid FROM pg_trigger UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid >= 16384) AS a (o)};
	my $as_they_were = $node->safe_psql($database, $oids);
	$node->safe_psql($database, 'SET quote_all_identifiers = on; SELECT connect.upgrade_store()');
	is($node->safe_psql($database, $oids), $as_they_were, 'what is as it should be is not made anew, however the session quotes names');
}

# Other versions lead nowhere.
is( $node->safe_psql('fresh', q{SELECT string_agg(source || ' ' || target, ', ' ORDER BY source, target) FROM pg_extension_update_paths('connect') WHERE path IS NOT NULL}),
	"0.1.0 1.0.0, 0.1.0 $version, 1.0.0 $version", 'there is a path from each version released before, and none back');

$node->stop;
done_testing();
