# Everything that connect.store_definition() describes is dropped, and made another one of
# the same name, in turn: check_setup() says so, upgrade_store() brings it back, and then
# check_setup() is content. In a fresh store, and in one of 1.0.0 that was brought up to date.

use strict;
use warnings;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'connect'\nlog_statement = none");
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE regress_connect_owner NOLOGIN; CREATE ROLE regress_connect_other NOLOGIN;
	CREATE ROLE regress_connect_source NOLOGIN;');

my $tools = q{
CREATE SCHEMA test;
CREATE FUNCTION test.guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';

-- How each described thing is broken: the first way takes it away, the others put another one
-- in its place. Those of the same table, kind and way are broken together.
CREATE TABLE test.damage AS
SELECT d.kind, d.relation, d.name, w.way, w.statement
FROM (SELECT d.*, format('connect.%I', d.relation) AS target, s.definition, s.parts,
          regexp_replace(s.definition, '( COLLATE| NOT NULL| DEFAULT).*$', '') AS type,
          (SELECT format('%I', n.conname) FROM pg_constraint AS n JOIN pg_attribute AS a
               ON a.attrelid = n.conrelid AND a.attnum = ANY (n.conkey)
           WHERE n.conrelid = to_regclass('connect.' || d.relation) AND n.contype = 'p' AND a.attname = d.name) AS key
      FROM connect.store_definition() AS d
      LEFT JOIN connect.store_description() AS s ON s.relation = d.relation AND s.name = d.name
          AND s.kind = CASE WHEN d.kind IN ('not_null', 'default') THEN 'column' WHEN d.kind = 'firing' THEN 'trigger' ELSE d.kind END) AS d,
LATERAL (VALUES
    ('table', 1, format('DROP TABLE %s CASCADE', d.target)),
    ('table', 2, CASE WHEN d.relation NOT IN ('organization', 'connection', 'scope', 'share_kind') THEN format('ALTER TABLE %s SET UNLOGGED', d.target) END),
    -- the other tables follow that of connections
    ('owner', 1, CASE WHEN d.relation <> 'connection' THEN format('ALTER TABLE %s OWNER TO regress_connect_other', d.target) ELSE 'SELECT 1' END),
    ('column', 1, format('ALTER TABLE %s DROP COLUMN %I CASCADE', d.target, d.name)),
    -- what stands in a policy cannot be altered
    ('column', 2, CASE WHEN NOT EXISTS (SELECT FROM pg_depend AS p WHERE p.classid = 'pg_policy'::regclass AND p.refobjid = to_regclass(d.target)
                           AND p.refobjsubid = (SELECT attnum FROM pg_attribute WHERE attrelid = to_regclass(d.target) AND attname = d.name))
                  THEN format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT, ALTER COLUMN %2$I TYPE %s', d.target, d.name,
                      CASE d.type WHEN 'text' THEN 'varchar(99)' WHEN 'timestamptz' THEN 'timestamp' WHEN 'integer' THEN 'bigint'
                      WHEN 'text[]' THEN 'varchar[]' ELSE format('text USING %I::text', d.name) END) END),
    ('not_null', 1, CASE WHEN d.key IS NULL THEN '' ELSE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s CASCADE; ', d.target, d.key) END
                    || format('ALTER TABLE %s ALTER COLUMN %I %s NOT NULL', d.target, d.name, CASE WHEN d.definition ~ 'NOT NULL' THEN 'DROP' ELSE 'SET' END)),
    ('default', 1, format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT coalesce(NULL::%s, NULL)', d.target, d.name, d.type)),
    ('default', 2, CASE WHEN d.definition ~ 'DEFAULT' THEN format('ALTER TABLE %s ALTER COLUMN %I DROP DEFAULT', d.target, d.name) END),
    ('primary_key', 1, format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', d.target, d.name)),
    ('primary_key', 2, format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE, ADD CONSTRAINT %2$I PRIMARY KEY (%s) DEFERRABLE', d.target, d.name, d.definition)),
    ('unique', 1, format('ALTER TABLE %s DROP CONSTRAINT %I', d.target, d.name)),
    ('unique', 2, format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I UNIQUE (%s) DEFERRABLE', d.target, d.name, d.definition)),
    ('foreign_key', 1, format('ALTER TABLE %s DROP CONSTRAINT %I', d.target, d.name)),
    ('foreign_key', 2, format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I FOREIGN KEY (%s) REFERENCES connect.%s ON DELETE CASCADE', d.target, d.name, d.definition, d.parts)),
    ('foreign_key', 3, format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I FOREIGN KEY (%s) REFERENCES connect.%s NOT VALID', d.target, d.name, d.definition, d.parts)),
    ('check', 1, format('ALTER TABLE %s DROP CONSTRAINT %I', d.target, d.name)),
    ('check', 2, format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I CHECK (true)', d.target, d.name)),
    ('check', 3, format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I CHECK (%s) NOT VALID', d.target, d.name, d.definition)),
    ('check', 4, format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I CHECK (%s OR %3$s)', d.target, d.name, d.definition)),
    ('check', 5, format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %2$I CHECK (%s)', d.target, d.name, replace(replace(d.definition, '64', '65'), 'created_at, updated_at', 'updated_at, updated_at'))),
    ('index', 1, format('DROP INDEX connect.%I', d.name)),
    ('index', 2, format('DROP INDEX connect.%I; CREATE INDEX %1$I ON %s (%s DESC)', d.name, d.target, split_part(d.definition, ' WHERE ', 1))),
    ('index', 3, format('DROP INDEX connect.%I; CREATE INDEX %1$I ON %s (%s) WHERE %s IS NULL', d.name, d.target, split_part(d.definition, ' WHERE ', 1), split_part(d.definition, ',', 1))),
    ('index', 4, CASE WHEN d.parts IS NOT NULL AND d.definition !~ ' WHERE ' THEN format('DROP INDEX connect.%I; CREATE INDEX %1$I ON %s (%s)', d.name, d.target, replace(d.definition, 'lower', 'upper')) END),
    ('index', 5, CASE WHEN d.parts IS NOT NULL AND d.definition !~ ' WHERE ' THEN format('DROP INDEX connect.%I; CREATE INDEX %1$I ON %s (%s)', d.name, d.target, replace(d.definition, '"C"', '"default"')) END),
    ('index', 6, CASE WHEN d.parts IS NOT NULL AND d.definition !~ ' WHERE ' THEN format('DROP INDEX connect.%I; CREATE INDEX %1$I ON %s (%s, id)', d.name, d.target, d.definition) END),
    ('former_constraint', 1, format('ALTER TABLE %s ADD CONSTRAINT %I %s', d.target, d.name, d.definition)),
    ('former_index', 1, format('CREATE INDEX %I ON %s (%s)', d.name, d.target, d.definition)),
    ('option', 1, format('ALTER TABLE %s RESET (%I)', d.target, d.name)),
    ('option', 2, format('ALTER TABLE %s SET (%I = %s)', d.target, d.name, split_part(d.parts, ' ', 1))),
    ('row_security', 1, format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', d.target)),
    ('policy', 1, format('DROP POLICY %I ON %s', d.name, d.target)),
    ('policy', 2, format('ALTER POLICY %I ON %s %s (%s)', d.name, d.target, substring(d.definition FROM 'USING|WITH CHECK'), CASE d.parts WHEN 'true' THEN 'false' ELSE 'true' END)),
    ('policy', 3, format('ALTER POLICY %I ON %s TO regress_connect_other', d.name, d.target)),
    ('policy', 4, format('DROP POLICY %I ON %s; CREATE POLICY %1$I ON %2$s AS RESTRICTIVE %3$s', d.name, d.target, d.definition)),
    ('policy', 5, CASE WHEN d.definition ~ ' = ' THEN format('DROP POLICY %I ON %s; CREATE POLICY %1$I ON %2$s %3$s', d.name, d.target, replace(d.definition, ' = ', ' <> ')) END),
    ('trigger', 1, format('DROP TRIGGER %I ON %s', d.name, d.target)),
    ('trigger', 2, format('CREATE OR REPLACE TRIGGER %I %s', d.name, regexp_replace(d.definition, ' (FOR EACH \w+) .*', format(' ON %s \1 EXECUTE FUNCTION test.guard()', d.target)))),
    ('trigger', 3, format('CREATE OR REPLACE TRIGGER %I %s', d.name, regexp_replace(d.definition, ' (FOR EACH \w+) (.*)', format(' ON %s \1 WHEN (false) \2', d.target)))),
    ('trigger', 4, format('CREATE OR REPLACE TRIGGER %I %s', d.name, regexp_replace(replace(d.definition, '()', '(''x'')'), ' FOR EACH', format(' ON %s FOR EACH', d.target)))),
    ('firing', 1, format('ALTER TABLE %s DISABLE TRIGGER %I', d.target, d.name)),
    ('firing', 2, format('ALTER TABLE %s %s TRIGGER %I', d.target, CASE d.parts WHEN 'ENABLE REPLICA' THEN 'ENABLE' ELSE 'ENABLE REPLICA' END, d.name)),
    ('comment', 1, regexp_replace(d.statement, ' IS E?''.*', ' IS NULL')),
    ('comment', 2, regexp_replace(d.statement, ' IS E?''.*', ' IS ''another'''))
) AS w (kind, way, statement) WHERE w.kind = d.kind AND w.statement IS NOT NULL;

CREATE TABLE test.described AS SELECT kind, relation, name FROM connect.store_definition();

-- Breaks and mends, and takes it all back; says what was not as it must be.
CREATE FUNCTION test.break_and_mend(kind text, relation text, way int, mend text = 'SELECT connect.upgrade_store()')
RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    problems text[];
    reported text[];
    statement text;
BEGIN
    -- rows do not come back, and a column that must hold something comes back to an empty table only
    IF kind IN ('table', 'column', 'not_null') THEN
        SET LOCAL session_replication_role = replica;
        DELETE FROM connect.idempotency; DELETE FROM connect.api_key; DELETE FROM connect.organization_role;
        DELETE FROM connect.event; DELETE FROM connect.connection; DELETE FROM connect.scope; DELETE FROM connect.organization;
        SET LOCAL session_replication_role = origin;
    END IF;
    FOR statement IN SELECT d.statement FROM test.damage AS d
        WHERE (d.kind, d.relation, d.way) = (break_and_mend.kind, break_and_mend.relation, break_and_mend.way) LOOP
        EXECUTE statement;
    END LOOP;
    reported := ARRAY(SELECT CASE code WHEN 'store_missing' THEN code ELSE finding END FROM connect.check_setup());
    problems := problems || ARRAY(SELECT format('not reported: %s', d.name) FROM test.described AS d
        WHERE (d.kind, d.relation) = (break_and_mend.kind, break_and_mend.relation)
        AND EXISTS (SELECT FROM test.damage AS b WHERE (b.kind, b.relation, b.name, b.way) = (d.kind, d.relation, d.name, break_and_mend.way) AND b.statement <> 'SELECT 1')
        AND NOT EXISTS (SELECT FROM unnest(reported) AS f WHERE f = 'store_missing'
            OR f ~ ('\y' || d.name || '\y') AND f ~ ('connect\.' || d.relation || '\y')));
    -- without its Connections there is no store that could be mended
    IF (kind, relation, way) <> ('table', 'connection', 1) THEN
        EXECUTE mend;
        problems := problems || ARRAY(SELECT format('not mended: %s %s', c.code, c.finding) FROM connect.check_setup() AS c);
        problems := problems || ARRAY(SELECT format('not sound: %s %s', d.kind, d.name) FROM connect.store_definition() AS d WHERE NOT d.sound);
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'P9999';
EXCEPTION
    WHEN SQLSTATE 'P9999' THEN
        RETURN QUERY SELECT format('%s of %s, way %s: %s', kind, relation, way, p) FROM unnest(problems) AS p;
    WHEN OTHERS THEN
        RETURN NEXT format('%s of %s, way %s: %s', kind, relation, way, SQLERRM);
END $$;
};

my $install = q{
GRANT USAGE, CREATE ON SCHEMA connect TO regress_connect_owner;
GRANT EXECUTE ON FUNCTION connect.create_store() TO regress_connect_owner;
SET ROLE regress_connect_owner;
SELECT connect.create_store();
RESET ROLE;
};
my $fill = q{
SELECT connect.register_organization('org_ABC123', 'Acme'), connect.register_organization('org_DEF456', 'Delta');
SELECT connect.map_role('regress_connect_source', 'org_ABC123'), connect.grant_usage('regress_connect_source');
SELECT count(*) FROM connect.create_api_key('org_ABC123', 'key');
SET ROLE regress_connect_source;
SELECT connect.create_connection('org_DEF456', 'Partner');
RESET ROLE;
};
my %stores = (
	fresh => "CREATE EXTENSION connect; $install $fill",
	upgraded => "CREATE EXTENSION connect VERSION '1.0.0'; $install ALTER EXTENSION connect UPDATE; SELECT connect.upgrade_store(); $fill");

foreach my $store (sort keys %stores)
{
	$node->safe_psql('postgres', "CREATE DATABASE $store TEMPLATE template0");
	$node->safe_psql($store, $stores{$store});
	$node->safe_psql($store, $tools);

	is($node->safe_psql($store, 'SELECT code, finding FROM connect.check_setup()'), '', "$store: check_setup() is content");
	# the first rows of a table are not described by what is there
	is( $node->safe_psql($store, q{SELECT kind, relation, name FROM test.described AS d WHERE kind NOT IN ('rows', 'fill')
			AND NOT EXISTS (SELECT FROM test.damage AS b WHERE (b.kind, b.relation, b.name) = (d.kind, d.relation, d.name))}),
		'', "$store: there is a way to break everything that is described");
	cmp_ok($node->safe_psql($store, 'SELECT count(*) FROM test.damage'), '>', 400, "$store: in hundreds of ways");
	# one way is enough for the second store
	my $ways = $store eq 'fresh' ? 'true' : 'way = 1';
	is( $node->safe_psql($store, qq{SET client_min_messages = warning; SELECT test.break_and_mend(kind, relation, way)
			FROM (SELECT DISTINCT kind, relation, way FROM test.damage WHERE $ways ORDER BY kind, relation, way) AS d}),
		'', "$store: whatever is broken is reported and mended");
	like($node->safe_psql($store, q{SELECT test.break_and_mend('policy', 'event', 2, 'SELECT 1')}),
		qr/not mended: definition_differs/, "$store: this test sees what is not mended");
	is( $node->safe_psql($store, q{SET session_replication_role = replica; DELETE FROM connect.scope;
			SELECT connect.upgrade_store(); SELECT string_agg(name, ' ' ORDER BY name) FROM connect.scope}),
		"\naccount.read inquiry.read verification.read", "$store: an empty catalogue is filled again");
}

$node->stop;
done_testing();
