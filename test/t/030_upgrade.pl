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

# What stood in a store of before: a Connection, with a history in an order that versions before made
# under contention and with clocks set back, one of another cluster, and a third.
my $old_rows = q{
CREATE TABLE public.old_column AS SELECT attrelid, attname FROM pg_attribute
WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'connect'::regnamespace) AND attnum > 0;
SET session_replication_role = replica;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name, status, scopes, creator_id, creator_type, created_at, updated_at)
VALUES ('cxn_old', 'org_ABC123', 'org_DEF456', 'Partner', 'pending', '{account.read}', 'usr_1', 'user', '2026-01-01', '2026-01-02'),
    ('cxn_own', 'org_ABC123', 'org_ABC123', NULL, 'active', '{account.read,inquiry.read}', NULL, NULL, '2026-01-01', '2026-01-02');
INSERT INTO connect.event (id, connection_id, source_organization_id, destination_organization_id, action, from_status, to_status, name, scopes,
    actor_organization_id, actor_id, actor_type, reason, request_id, transaction_id, created_at)
VALUES ('evt_01kb0000000000000000000001', 'cxn_old', 'org_ABC123', 'org_DEF456', 'create', NULL, 'pending', 'Partner', '{account.read}', 'org_ABC123', 'usr_1', 'user', NULL, 'req_1', '500', '2026-01-01 00:00:02+00'),
    ('evt_01kb0000000000000000000003', 'cxn_old', 'org_ABC123', 'org_DEF456', 'deactivate', 'active', 'inactive', 'Partner', '{account.read}', 'org_ABC123', 'usr_1', 'user', 'over', NULL, '501', '2026-01-01 00:00:01+00'),
    ('evt_01kb0000000000000000000004', 'cxn_old', 'org_ABC123', 'org_DEF456', 'activate', 'pending', 'active', 'Partner', '{account.read}', 'org_DEF456', 'usr_2', 'user', NULL, NULL, '99999999', '2026-01-01 00:00:04+00'),
    ('evt_01kb0000000000000000000005', 'cxn_old', 'org_ABC123', 'org_DEF456', 'reactivate', 'inactive', 'pending', 'Partner', '{account.read}', 'org_ABC123', NULL, NULL, '', NULL, '400', '2026-01-01 00:00:03+00'),
    ('evt_01kb0000000000000000000002', 'cxn_own', 'org_ABC123', 'org_ABC123', 'create', NULL, 'pending', NULL, '{account.read,inquiry.read}', NULL, 'postgres', 'role', NULL, NULL, '502', '2026-01-01'),
    -- of a clock that was ahead, and of an import with ids of its own
    ('evt_7zkb0000007000800000000006', 'cxn_own', 'org_ABC123', 'org_ABC123', 'activate', 'pending', 'active', NULL, '{account.read,inquiry.read}', NULL, 'postgres', 'role', NULL, NULL, '503', '2099-01-01');
SET session_replication_role = origin;
};

# The rows of a store, in the order of their keys.
my $rows = join(' UNION ALL ', map { qq{
SELECT '$_', (SELECT array_agg(v ORDER BY k)::text FROM jsonb_each_text(to_jsonb(t)) AS j (k, v)
    WHERE k IN (SELECT attname FROM public.old_column WHERE attrelid = 'connect.$_'::regclass)) FROM connect.$_ AS t} }
	qw(connection event organization organization_role api_key)) . ' ORDER BY 1, 2';

# What callers do, in any version.
my $fill = q{
SELECT connect.register_organization('org_ABC123', 'Acme'), connect.register_organization('org_DEF456', 'Delta');
INSERT INTO connect.organization_role (role_name, organization_id) VALUES ('regress_connect_source', 'org_ABC123'), ('regress_connect_destination', 'org_DEF456');
SELECT connect.grant_usage('regress_connect_source'), connect.grant_usage('regress_connect_destination');
INSERT INTO connect.api_key (id, organization_id, name, secret_sha256, permissions) VALUES ('api_old', 'org_ABC123', 'key', sha256('secret'), '{read}');
};
my $write = q{
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
$node->safe_psql('fresh', $fill . $write);
my $version = $node->safe_psql('fresh', q{SELECT extversion FROM pg_extension WHERE extname = 'connect'});
my $fresh = $node->safe_psql('fresh', $objects);
my $errors = q{SELECT DISTINCT code FROM connect.check_setup() WHERE severity = 'error' ORDER BY 1};

cmp_ok(() = $fresh =~ /^(function|column|trigger|policy|constraint|index) /mg, '>', 100, 'there are objects to compare');
like($fresh, qr/^extension connect \Q$version\E /m, 'a fresh install is of the present version');

# What a version lacks, as check_setup() says before upgrade_store().
my %due = (
	'0.1.0' => "column_missing\nconstraint_missing\ndefinition_differs\ntable_missing\ntrigger_missing",
	'1.0.0' => "column_missing\nconstraint_missing\ndefinition_differs\ntable_missing\ntrigger_missing");
my @versions = sort keys %due;

foreach my $old (@versions)
{
	my $database = "from_$old" =~ tr/./_/r;

	# The new library, the old SQL.
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	$node->safe_psql($database, qq{CREATE EXTENSION connect VERSION '$old'; SELECT connect.create_store();});
	$node->safe_psql($database, $fill . $old_rows);
	my $read = q{SET ROLE regress_connect_destination; SELECT string_agg(e #>> '{attributes,action}', ' ' ORDER BY n), min(e #>> '{attributes,subject-id}')
		FROM jsonb_array_elements(connect.list_events('cxn_old') -> 'data') WITH ORDINALITY AS t (e, n);
		SELECT jsonb_array_length(connect.list_events() -> 'data'), connect.get_connection('cxn_old') #>> '{data,attributes,status}', jsonb_array_length(connect.list_connections() -> 'data')};
	is($node->safe_psql($database, $read),
		"reactivate activate deactivate create|cxn_old\n4|pending|1", "the present library serves the SQL and the store of $old");
	my $ask = q{SELECT connect.is_allowed('org_ABC123', 'org_DEF456');};
	is( $node->safe_psql($database, "BEGIN; $ask SET LOCAL session_replication_role = replica; UPDATE connect.connection SET status = 'active'; $ask ROLLBACK"),
		"f\nt", 'its gate too');
	is( $node->safe_psql($database, q{
			BEGIN;
			CREATE TABLE shared (owner text);
			INSERT INTO shared VALUES ('org_ABC123'), ('org_DEF456'), ('org_other');
			GRANT SELECT ON shared TO regress_connect_destination;
			SELECT connect.share_table('shared', 'owner', 'account.read') \g /dev/null
			SET LOCAL session_replication_role = replica;
			UPDATE connect.connection SET status = 'active';
			SET LOCAL ROLE regress_connect_destination;
			SELECT string_agg(owner, ' ' ORDER BY owner) FROM shared;
			ROLLBACK}),
		'org_ABC123 org_DEF456', 'and share_table(), by the policy that it knew');
	# the filter by what an event is of, and the closed shape, which shows Connections alone
	my $narrowed = 'BEGIN; SELECT connect.grant_http($$regress_connect_destination$$) \g /dev/null
		SET LOCAL ROLE regress_connect_destination;' . join('', map { qq{SET LOCAL request.headers = '{"x-connect-id": "cxn_old", $_}';
		SELECT jsonb_array_length(connect_api.list_events()::jsonb -> 'data'), jsonb_array_length(connect_api.list_connection_events()::jsonb -> 'data');} }
		'"x-connect-query": "filter[subject-type]=connection"', '"x-connect-query": "filter[subject-type]=share_token"', '"persona-version": "2023-01-05"') . ' ROLLBACK';
	is($node->safe_psql($database, $narrowed), "4|4\n0|0\n4|4", 'its filters too');
	my $outdated = sub {
		my ($then) = @_;
		foreach my $sql (q{UPDATE connect.connection SET name = 'Another' WHERE id = 'cxn_old'},
			q{INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_DEF456', 'org_ABC123')},
			q{SET ROLE regress_connect_source; SELECT connect.create_connection('org_ABC123')},
			q{SET ROLE regress_connect_destination; SELECT connect.activate_connection('cxn_old')})
		{
			my ($ret, $stdout, $stderr) = $node->psql($database, "\\set VERBOSITY verbose\n$sql");
			like($stderr, $sql =~ /create_conn/ ? qr/connection already exists|55000: connect store is of an older version/
				: qr/55000: connect store is of an older version.*HINT:  Run SELECT connect.upgrade_store\(\);/s, "$then: a write is refused: $sql");
		}
	};
	$outdated->('before the update');
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
	is($node->safe_psql($database, $read),
		"reactivate activate deactivate create|cxn_old\n4|pending|1", 'what reads goes on before that');
	is($node->safe_psql($database, $narrowed), "4|4\n0|0\n4|4", 'and its filters');
	is( $node->safe_psql($database, "BEGIN; $ask SET LOCAL session_replication_role = replica; UPDATE connect.connection SET status = 'active'; $ask ROLLBACK"),
		"f\nt", 'the gate too');
	is( $node->safe_psql($database, q{BEGIN; GRANT SELECT ON connect.event TO regress_connect_destination; SET LOCAL ROLE regress_connect_destination; SELECT count(*) FROM connect.event; ROLLBACK}),
		4, 'and the policies');
	$outdated->('after it');

	# A view on a column whose type changes stands in the way, and is named before anything is done.
	$node->safe_psql($database, 'CREATE SCHEMA own; CREATE VIEW own.ended AS SELECT id FROM connect.event WHERE to_status::text = $$inactive$$;
		CREATE MATERIALIZED VIEW own.begun AS SELECT id FROM connect.event WHERE from_status IS NULL;
		CREATE VIEW own.free AS SELECT id, action FROM connect.event;
		CREATE POLICY own ON connect.event USING (to_status <> $$active$$)');
	my $as_it_was = $node->safe_psql($database, $objects);
	($ret, $stdout, $stderr) = $node->psql($database, "\\set VERBOSITY verbose\nSELECT connect.upgrade_store()");
	like($stderr, qr/2BP01: connect store cannot be changed while other objects depend on it\n.*Materialized view "own.begun" depends on column "from_status" of table "connect.event".*Policy "own on connect.event" depends on column "to_status" of table "connect.event".*View "own.ended" depends on column "to_status" of table "connect.event"/s,
		'upgrade_store() names what depends on a column that it would alter');
	unlike($stderr, qr/own\.free/, 'and nothing else');
	is($node->safe_psql($database, $objects), $as_it_was, 'and has changed nothing');
	$node->safe_psql($database, 'DROP VIEW own.ended, own.free; DROP MATERIALIZED VIEW own.begun; DROP SCHEMA own; DROP POLICY own ON connect.event');
	$node->safe_psql($database, 'SELECT connect.upgrade_store()');
	is( $node->safe_psql($database, q{SELECT connection_id, string_agg(position::text, ' ' ORDER BY id), bool_and(subject_type = 'connection' AND subject_id = connection_id
			AND octet_length(seal) = 32 AND octet_length(personal_digest) = 32 AND octet_length(personal_salt) = 16) FROM connect.event GROUP BY 1 ORDER BY 1}),
		"cxn_old|500 501 501 501|t\ncxn_own|502 503|t", 'its events have subjects, positions that go on, and seals');

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

	# The histories go on, above ids and times that were ahead.
	$node->safe_psql($database, q{UPDATE connect.connection SET status = 'inactive'});
	is( $node->safe_psql($database, q{SELECT connection_id, string_agg(action, ' ' ORDER BY id), string_agg(action, ' ' ORDER BY position, id) = string_agg(action, ' ' ORDER BY id),
			(array_agg(created_at ORDER BY id DESC))[1] = (SELECT max(created_at) FROM connect.event AS o WHERE o.connection_id = e.connection_id),
			(array_agg(position ORDER BY id DESC))[1] = (array_agg(transaction_id ORDER BY id DESC))[1]
			FROM connect.event AS e GROUP BY 1 ORDER BY 1}),
		"cxn_old|create deactivate activate reactivate deactivate|t|t|t\ncxn_own|create activate deactivate|t|t|t", 'the histories go on behind their last event');

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
