# Upgrade: a store of 0.1.0, filled and brought up to date, is what a fresh one is; and
# the present library serves the SQL of 0.1.0 until then.

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
    UNION ALL SELECT 'column ' || attrelid::regclass || ' ' || attnum || ' ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attcollation || ' ' || attnotnull || ' ' || coalesce(pg_get_expr(adbin, adrelid), '') || ' ' || coalesce(col_description(attrelid, attnum), '')
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
	CREATE DATABASE fresh TEMPLATE template0; CREATE DATABASE upgraded TEMPLATE template0;');
$node->safe_psql('fresh', 'CREATE EXTENSION connect; SELECT connect.create_store();');
$node->safe_psql('fresh', $fill);
my $version = $node->safe_psql('fresh', q{SELECT extversion FROM pg_extension WHERE extname = 'connect'});

# The new library, the old SQL.
$node->safe_psql('upgraded', q{CREATE EXTENSION connect VERSION '0.1.0'; SELECT connect.create_store();});
$node->safe_psql('upgraded', $fill);
is($node->safe_psql('upgraded', q{SELECT string_agg(action, ' ' ORDER BY id) FROM connect.event}),
	'create activate deactivate reactivate', 'the present library serves the SQL of 0.1.0');
my $ask = q{SELECT connect.is_allowed('org_ABC123', 'org_DEF456');};
is( $node->safe_psql('upgraded', "$ask UPDATE connect.connection SET status = 'active'; $ask"),
	"f\nt", 'its gate too, which keeps nothing that nobody marks');
is($node->safe_psql('upgraded', q{SELECT string_agg(code, ' ') FROM connect.check_setup() WHERE severity = 'error'}),
	'', 'and check_setup() finds no error');

my $before = $node->safe_psql('upgraded', $rows);
$node->safe_psql('upgraded', 'ALTER EXTENSION connect UPDATE');
is($node->safe_psql('upgraded', q{SELECT code FROM connect.check_setup() WHERE severity = 'error'}),
	'trigger_missing', 'after the update check_setup() says that upgrade_store() is due');
$node->safe_psql('upgraded', 'SELECT connect.upgrade_store()');

my $fresh = $node->safe_psql('fresh', $objects);
my $upgraded = $node->safe_psql('upgraded', $objects);
cmp_ok(() = $fresh =~ /^(function|column|trigger|policy|constraint|index) /mg, '>', 100, 'there are objects to compare');
like($fresh, qr/^extension connect \Q$version\E /m, 'a fresh install is of the present version');
# all of either would be too long to read
my ($sound, $got) = map { my %lines = map { $_ => 1 } split(/^/m); \%lines } $fresh, $upgraded;
diag("missing: $_") foreach grep { !$got->{$_} } sort keys %$sound;
diag("too many: $_") foreach grep { !$sound->{$_} } sort keys %$got;
ok($upgraded eq $fresh, 'the upgraded database equals the fresh one, object by object');
is($node->safe_psql('upgraded', $rows), $before, 'its rows are as they were');
is($node->safe_psql('upgraded', q{SELECT code FROM connect.check_setup() WHERE severity = 'error'}), '', 'and check_setup() is content');

# It may be repeated, puts back what is missing, and leaves to the DBA what is the DBA's.
$node->safe_psql('upgraded', 'ALTER TABLE connect.connection SET (fillfactor = 70); ALTER TABLE connect.organization DROP CONSTRAINT organization_id_check;
	SELECT connect.upgrade_store(); SELECT connect.upgrade_store();');
my $again = $node->safe_psql('upgraded', $objects);
is($again =~ s/\{fillfactor=70\}/{fillfactor=90}/r, $fresh, 'upgrade_store() may be repeated, and keeps an option that no version has set');
isnt($again, $fresh, 'which was another one');

my $checks = q{SELECT string_agg(oid::text, ' ' ORDER BY oid) FROM pg_constraint WHERE conname IN ('connection_id_check', 'organization_id_check')};
my $as_they_were = $node->safe_psql('upgraded', $checks);
$node->safe_psql('upgraded', 'SET quote_all_identifiers = on; SELECT connect.upgrade_store()');
is($node->safe_psql('upgraded', $checks), $as_they_were, 'a constraint that says the same is not checked anew, however the session quotes names');

# Other versions lead nowhere.
is( $node->safe_psql('fresh', q{SELECT string_agg(source || ' ' || target, ', ' ORDER BY source) FROM pg_extension_update_paths('connect') WHERE path IS NOT NULL}),
	"0.1.0 $version", 'there is a path from each version released before, and none back');

$node->stop;
done_testing();
