-- Ids as values of the types that columns have: those of organizations in policies, and those of rows
-- in share tokens. An id is the text that PostgreSQL prints of the value, and no other spelling.
\getenv tests PG_ABS_SRCDIR
\set world :tests '/sql/share_world.psql'
\i :world

-- Is a text what PostgreSQL prints of a value of the type?
CREATE FUNCTION test.is_printed(id text, type text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    printed text;
BEGIN
    EXECUTE format('SELECT %L::%s::text', id, type) INTO printed;
    RETURN printed = id;
EXCEPTION WHEN data_exception THEN
    RETURN false;
END $$;

-- ---- Organizations ----
CREATE TABLE test.spelling AS
SELECT id FROM unnest('{0,-0,-,--1,-7,7,007,-07,2147483647,2147483648,-2147483648,-2147483649,9223372036854775807,9223372036854775808,
    -9223372036854775808,-9223372036854775809,92233720368547758070,99999999999999999999,1_0,1A,1-0,7_,
    a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12,a0eebc999c0b4ef8bb6d6bb9bd380a13,
    a0eebc99_9c0b-4ef8-bb6d-6bb9bd380a14,a0eebc99-9c0b-4ef8-bb6d_6bb9bd380a15,a0eebc9-99c0b-4ef8-bb6d-6bb9bd380a16,
    a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a_7,g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a18}'::text[]) AS id;
SET session_replication_role = replica;
INSERT INTO connect.organization (id, name) SELECT id, 'Spelled ' || id FROM test.spelling;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_of_' || id, id, 'org_DEF456', 'active', '{account.read}', now(), now() FROM test.spelling;
RESET session_replication_role;
SET ROLE regress_connect_destination;
SELECT connect.visible_integers('account.read') AS integers, connect.visible_bigints('account.read') AS bigints, connect.visible_uuids('account.read') AS uuids
\gset
RESET ROLE;
SELECT t.type, t.seen, s.printed, (SELECT array_agg(v ORDER BY v COLLATE "C") FROM unnest(t.seen) AS v) = s.printed AS same
FROM (VALUES ('integer', :'integers'::text[]), ('bigint', :'bigints'), ('uuid', :'uuids')) AS t (type, seen),
LATERAL (SELECT array_agg(id ORDER BY id COLLATE "C") AS printed FROM test.spelling WHERE test.is_printed(id, t.type)) AS s;

-- ---- Rows ----
SET ROLE regress_connect_app;
CREATE TABLE depot.many (i int UNIQUE, b bigint UNIQUE, u uuid UNIQUE, v varchar(20) UNIQUE, organization_id text);
CREATE TABLE depot.parts (id text PRIMARY KEY, organization_id text) PARTITION BY RANGE (id);
CREATE TABLE depot.parts_1 PARTITION OF depot.parts FOR VALUES FROM ('a') TO ('q');
INSERT INTO depot.many VALUES (7, 7, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '7', 'org_ABC123'), (-2147483648, -9223372036854775808, NULL, NULL, 'org_ABC123'),
    (2147483647, 9223372036854775807, NULL, NULL, 'org_ABC123'), (8, 8, NULL, '8', NULL), (9, 9, NULL, '9', 'org_DEF456');
INSERT INTO depot.parts VALUES ('part_1', 'org_ABC123');
SELECT connect.share_rows(c, 'depot.many', 'organization_id', c::name, 'account.read') FROM unnest('{i,b,u,v}'::text[]) AS c \g /dev/null
SELECT connect.share_rows('part', 'depot.parts', 'organization_id', 'id', 'account.read') \g /dev/null
RESET ROLE;
-- Makes a token of a row, and says what came of it.
CREATE FUNCTION test.offered(kind text, id text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    RETURN connect.create_share_token('cxn_1', id, kind => offered.kind) #>> '{data,attributes,status}';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = CONSTRAINT_NAME;
    RETURN detail;
END $$;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT kind, id, test.offered(kind, id) FROM (VALUES (1, '{i,b,v}'::text[], '{7,+7,007,7.0," 7","7 ",7x,x,-,"",2147483647,2147483648,-2147483648,-2147483649,9223372036854775807,
    9223372036854775808,-9223372036854775808,-9223372036854775809,8,9,10}'::text[]),
    (2, '{u}', '{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g,
    a0eebc999-c0b-4ef8-bb6d-6bb9bd380a11,a0eebc99-9c0b-4ef8-bb6d66bb9bd380a11,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12}'),
    (3, '{part}', '{part_1,part_2}')) AS t (n, kinds, ids), unnest(kinds) AS kind, unnest(ids) WITH ORDINALITY AS i (id, m)
ORDER BY n, m, kind <> 'i', kind;
RESET SESSION AUTHORIZATION;
-- of a kind of another type by now, no row is found, nor looked for
ALTER TABLE depot.many ALTER i TYPE numeric;
ALTER TABLE depot.parts ALTER organization_id TYPE char(20);
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.offered('i', '7'), test.offered('part', 'part_1');
RESET SESSION AUTHORIZATION;
DROP FUNCTION test.is_printed(text, text), test.offered(text, text);
DROP TABLE test.spelling;
CALL test.reset();
