-- may_see() and visible_organizations(): what policies ask, on columns of all types, and how
-- the planner finds such rows.
\set SHOW_CONTEXT never
CALL test.reset();
SELECT connect.register_organization(id, 'By number') FROM unnest(ARRAY['7', '007', '-5', '-0', '99999999999',
    '9223372036854775808', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12']) AS id \g /dev/null
CALL test.add('cxn_active', 'active', scopes => '{inquiry.read}');
CALL test.add('cxn_pending', 'pending', source => 'org_GHI789');
CALL test.add('cxn_self', 'active', source => 'org_DEF456');
DO $$ DECLARE i text; BEGIN
    FOREACH i IN ARRAY ARRAY['7', '007', '-5', '-0', '99999999999', '9223372036854775808',
        'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12'] LOOP
        CALL test.add('cxn_' || i, 'active', source => i, scopes => '{account.read}');
    END LOOP;
END $$;

-- Who sees whom, and by what.
CREATE VIEW test.seen AS SELECT id, connect.may_see(id, 'inquiry.read') AS inquiry, connect.may_see(id, 'account.read') AS account,
    connect.may_see(id, 'no.such') AS unknown, connect.may_see(id, '') AS empty, connect.may_see(id, NULL) AS null
FROM (VALUES (1, 'org_ABC123'), (2, 'org_DEF456'), (3, 'org_GHI789'), (4, '7'), (5, ''), (6, repeat('x', 100)), (7, NULL)) AS v (n, id)
ORDER BY n;
GRANT SELECT ON test.seen TO PUBLIC;
SET ROLE regress_connect_destination;
SELECT left(id, 12) AS id, inquiry, account, unknown, empty, "null" FROM test.seen;
SELECT scope, connect.visible_organizations(scope), connect.allowed_sources(scope)
FROM (VALUES (1, 'inquiry.read'), (2, 'account.read'), (3, 'no.such'), (4, repeat('x', 100)), (5, NULL)) AS v (n, scope) ORDER BY n;
RESET ROLE;
-- What nobody can share by is not looked for; and nothing is read again as long as nothing changes.
CREATE VIEW test.scans AS SELECT coalesce(sum(idx_scan) FILTER (WHERE relname = 'connection'), 0) AS connections,
    coalesce(sum(idx_scan) FILTER (WHERE relname = 'api_key'), 0) AS keys
FROM pg_stat_xact_user_tables WHERE schemaname = 'connect';
GRANT SELECT ON test.scans TO PUBLIC;
SET ROLE regress_connect_destination;
BEGIN;
SELECT connections FROM test.scans \gset
SELECT connect.allowed_sources('no.such'), connect.allowed_sources(repeat('x', 65)), connect.visible_organizations('no.such');
SELECT connections - :connections AS scans FROM test.scans;
SELECT connect.allowed_sources('verification.read');
SELECT connections - :connections AS scans FROM test.scans;
SELECT connect.allowed_sources('verification.read');
SELECT connections - :connections AS scans FROM test.scans;
COMMIT;
SET ROLE regress_connect_source;
SELECT left(id, 12) AS id, inquiry, account, unknown, empty, "null" FROM test.seen;
SELECT connect.visible_organizations('inquiry.read'), connect.visible_organizations(NULL);
SET ROLE regress_connect_nobody;
SELECT count(*), count(*) FILTER (WHERE inquiry OR account OR unknown OR empty OR "null") AS seen, count("null") AS known FROM test.seen;
SELECT connect.visible_organizations('inquiry.read');
SET SESSION AUTHORIZATION regress_connect_gateway;
SELECT count(*) FILTER (WHERE inquiry OR account) AS seen FROM test.seen;
SELECT connect.visible_organizations('inquiry.read');
BEGIN;
SELECT connect.act_as('org_DEF456');
SELECT count(*) FILTER (WHERE inquiry) AS inquiry, count(*) FILTER (WHERE account) AS account FROM test.seen;
ROLLBACK;
RESET SESSION AUTHORIZATION;
-- the store's owner and a superuser are nobody here
SELECT count(*) FILTER (WHERE inquiry OR account) AS seen FROM test.seen;
BEGIN;
SELECT connect.grant_check('regress_connect_owner') \g /dev/null
SET LOCAL ROLE regress_connect_owner;
SELECT connect.may_see('org_ABC123', 'inquiry.read'), connect.visible_organizations('inquiry.read');
ROLLBACK;

-- Types: an id is what PostgreSQL prints of the value.
SET ROLE regress_connect_destination;
SELECT connect.may_see(7, 'account.read') AS "7", connect.may_see(8, 'account.read') AS "8", connect.may_see(-5, 'account.read') AS "-5",
    connect.may_see(0, 'account.read') AS "0", connect.may_see(NULL::int, 'account.read') AS "null", connect.may_see(7, 'inquiry.read') AS inquiry;
SELECT connect.may_see(99999999999, 'account.read') AS big, connect.may_see(7::bigint, 'account.read') AS small,
    connect.may_see(9223372036854775807, 'account.read') AS largest, connect.may_see(NULL::bigint, 'account.read') AS "null";
SELECT connect.may_see('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, 'account.read') AS small,
    connect.may_see('A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A12'::uuid, 'account.read') AS capital, connect.may_see(NULL::uuid, 'account.read') AS "null";
SELECT connect.visible_texts('account.read');
SELECT connect.visible_integers('account.read'), connect.visible_bigints('account.read'), connect.visible_uuids('account.read');
\set VERBOSITY terse
SELECT connect.may_see(7.0, 'account.read');  -- fails
\set VERBOSITY default
SELECT connect.sources_of('org_DEF456', 'inquiry.read') AS own, connect.sources_of('org_DEF456', NULL) AS any_scope,
    connect.sources_of('org_GHI789', NULL) AS foreign, connect.sources_of(NULL, NULL) AS "null";
SET ROLE regress_connect_source;
SELECT connect.sources_of('org_DEF456', 'inquiry.read') AS offered, connect.sources_of('org_DEF456', 'account.read') AS not_granted;
RESET ROLE;
SELECT connect.sources_of('org_DEF456', 'inquiry.read') AS for_owner;

-- A scope that is no longer in the catalogue counts for nothing, though it is still granted.
INSERT INTO connect.scope (name, description) VALUES ('test.read', 'Taken away below.');
CALL test.add('cxn_scope', 'active', scopes => '{inquiry.read,test.read}', source => 'org_DEF456', destination => 'org_ABC123');
SET ROLE regress_connect_source;
SELECT connect.may_see('org_DEF456', 'test.read'), connect.is_allowed('org_DEF456', 'org_ABC123', 'test.read'),
    connect.allowed_sources('test.read');
RESET ROLE;
BEGIN;
SELECT connect.grant_share('regress_connect_source') \g /dev/null
SET LOCAL session_replication_role = replica;
DELETE FROM connect.scope WHERE name = 'test.read';
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE regress_connect_source;
SELECT connect.may_see('org_DEF456', 'test.read'), connect.is_allowed('org_DEF456', 'org_ABC123', 'test.read'),
    connect.allowed_sources('test.read'), connect.explain_access('org_DEF456', 'org_ABC123', 'test.read'), connect.is_allowed('org_DEF456', 'org_ABC123');
SELECT connect.may_see('org_ABC123', 'test.read') AS own;
-- nobody shares by what is too long for a scope's name, not even where this was asked before
SELECT connect.may_see('org_DEF456', repeat('x', 65)) AS longer, connect.is_allowed('org_DEF456', 'org_ABC123', repeat('x', 65)) AS likewise, connect.may_see('org_ABC123', repeat('x', 65)) AS own;
SAVEPOINT s;
SELECT connect.require_allowed('org_DEF456', 'org_ABC123', 'test.read');  -- fails
ROLLBACK TO s;
RESET ROLE;
INSERT INTO connect.scope (name, description) VALUES ('test.read', 'Back.');
SET LOCAL ROLE regress_connect_source;
SELECT connect.may_see('org_DEF456', 'test.read');
ROLLBACK;
DELETE FROM connect.scope WHERE name = 'test.read';

-- Keys: as far as they may read.
CREATE TEMPORARY TABLE key AS
SELECT n, k.* FROM (VALUES ('reads', '{read}'), ('writes', '{write}')) AS v (n, p), connect.create_api_key('org_DEF456', n, p::text[]) AS k;
SELECT n, set_config('request.headers', jsonb_build_object('x-connect-api-key', secret)::text, false) IS NOT NULL AS set,
    connect.may_see('org_ABC123', 'inquiry.read'), connect.may_see('org_DEF456', 'inquiry.read'), connect.visible_organizations('inquiry.read')
FROM (SELECT * FROM key ORDER BY n OFFSET 0) AS k;
RESET request.headers;

-- A key is looked up once in a transaction, until anything changes that it depends on.
SELECT set_config('request.headers', jsonb_build_object('x-connect-api-key', secret)::text, false) IS NOT NULL AS set FROM key WHERE n = 'reads';
BEGIN;
SELECT keys FROM test.scans \gset
SELECT connect.may_see('org_ABC123', 'inquiry.read');
SELECT keys - :keys AS look_ups FROM test.scans;
SELECT connect.may_see('org_ABC123', 'inquiry.read'), connect.is_allowed('org_ABC123', 'org_DEF456');
SELECT keys - :keys AS look_ups FROM test.scans;
SELECT connect.revoke_api_key(id) FROM key WHERE n = 'reads';
SELECT connect.may_see('org_ABC123', 'inquiry.read');
ROLLBACK;
BEGIN;
SELECT set_config('request.headers', replace(current_setting('request.headers'), '": "', '":  "'), true) IS NOT NULL AS other_bytes;
SELECT connect.may_see('org_ABC123', 'inquiry.read');
SELECT set_config('request.headers', '{"x-connect-api-key": "connect_wrong"}', true) IS NOT NULL AS wrong;
SELECT connect.may_see('org_ABC123', 'inquiry.read');
ROLLBACK;
RESET request.headers;

-- Changes of one's own are seen at once, whether by index or not.
CREATE TABLE test.paper (id int PRIMARY KEY, owner text);
INSERT INTO test.paper SELECT n, CASE n % 200 WHEN 1 THEN 'org_ABC123' WHEN 2 THEN 'org_DEF456' ELSE 'org_' || n % 200 END
FROM generate_series(1, 20000) AS n;
CREATE INDEX ON test.paper (owner);
ANALYZE test.paper;
GRANT SELECT ON test.paper TO regress_connect_destination, regress_connect_nobody;
SELECT connect.share_table('test.paper', 'owner', 'inquiry.read');
-- Does a query read the table by our array?
CREATE FUNCTION test.by_array(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE line text; found boolean := false;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN ' || query LOOP
        found := found OR line LIKE '%Cond: %ANY (connect.%';
    END LOOP;
    RETURN found;
END $$;
GRANT EXECUTE ON FUNCTION test.by_array TO PUBLIC;
SET ROLE regress_connect_destination;
PREPARE papers AS SELECT owner, count(*) FROM test.paper GROUP BY owner ORDER BY owner;
SELECT test.by_array('EXECUTE papers');
EXECUTE papers;
BEGIN;
SELECT connect.deactivate_connection('cxn_active') \g /dev/null
EXECUTE papers;
SAVEPOINT s;
RESET ROLE;
CALL test.add('cxn_more', 'active', source => 'org_5', destination => 'org_DEF456');
SET ROLE regress_connect_destination;
EXECUTE papers;
ROLLBACK TO s;
EXECUTE papers;
ROLLBACK;
EXECUTE papers;
-- Nobody walks another index in the hope that a page of few rows passes soon, where our array finds them for less.
RESET ROLE;
CREATE TABLE test.sheet AS SELECT id, owner, repeat('x', 700) FROM test.paper;
CREATE INDEX ON test.sheet (owner);
CREATE INDEX ON test.sheet (id);
ANALYZE test.sheet;
GRANT SELECT ON test.sheet TO regress_connect_destination;
SELECT connect.share_table('test.sheet', 'owner', 'inquiry.read');
SET ROLE regress_connect_destination;
SELECT test.by_array('SELECT id FROM test.sheet ORDER BY id LIMIT 55') AS page, test.by_array('SELECT id FROM test.sheet ORDER BY id LIMIT 1') AS first;
-- a cursor keeps to its snapshot
BEGIN;
DECLARE c CURSOR FOR SELECT DISTINCT owner FROM test.paper ORDER BY owner;
SELECT connect.deactivate_connection('cxn_active') \g /dev/null
FETCH ALL FROM c;
ROLLBACK;
RESET ROLE;
-- A role that may not execute what the condition calls is offered none, also by a plan made for another role.
REVOKE EXECUTE ON FUNCTION connect.visible_texts FROM regress_connect_nobody;
SET ROLE regress_connect_nobody;
SELECT test.by_array('SELECT FROM test.paper');
SELECT test.by_array('EXECUTE papers');
EXECUTE papers;
RESET ROLE;
CREATE TABLE test.plain AS SELECT * FROM test.paper;
CREATE INDEX ON test.plain (owner);
ANALYZE test.plain;
GRANT SELECT ON test.plain TO regress_connect_destination, regress_connect_nobody;
SET ROLE regress_connect_destination;
PREPARE plain AS SELECT count(*) FROM test.plain WHERE connect.may_see(owner, 'inquiry.read');
SELECT test.by_array('EXECUTE plain');
EXECUTE plain;
SET ROLE regress_connect_nobody;
SELECT test.by_array('EXECUTE plain');
EXECUTE plain;
RESET ROLE;
GRANT EXECUTE ON FUNCTION connect.visible_texts TO regress_connect_nobody;
-- A policy as 1.0.0 made it meets the index, too.
SELECT connect.unshare_table('test.paper');
CREATE POLICY connect_shared ON test.paper FOR SELECT USING (owner = (SELECT connect.current_organization_id())
    OR connect.is_allowed(owner, (SELECT connect.current_organization_id()), 'inquiry.read'));
SET ROLE regress_connect_destination;
SELECT test.by_array('EXECUTE papers');
EXECUTE papers;
RESET ROLE;
-- What must not become a condition: a question about the row's own destination, or a random one.
SET ROLE regress_connect_destination;
SELECT test.by_array('SELECT FROM test.plain WHERE connect.is_allowed(owner, owner)') AS own,
    test.by_array('SELECT FROM test.plain WHERE connect.is_allowed(''org_ABC123'', owner)') AS destination,
    test.by_array('SELECT FROM test.plain WHERE connect.may_see(owner, left(owner, 3))') AS of_row,
    test.by_array('SELECT FROM test.plain WHERE connect.may_see(owner, random()::text)') AS random,
    test.by_array('SELECT FROM test.plain WHERE NOT connect.may_see(owner, ''inquiry.read'')') AS negated,
    test.by_array('SELECT FROM test.plain WHERE connect.is_allowed(owner, ''org_DEF456'')') AS constant;
RESET ROLE;

-- The order of row security is kept: a function that costs nothing is given visible rows only, in a view that is a barrier, too.
CREATE FUNCTION test.leak(given text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$ BEGIN RAISE NOTICE '%', given; RETURN true; END $$;
GRANT EXECUTE ON FUNCTION test.leak TO PUBLIC;
SELECT connect.unshare_table('test.paper');
SELECT connect.share_table('test.paper', 'owner', 'inquiry.read');
CREATE VIEW test.barrier WITH (security_barrier) AS SELECT * FROM test.plain WHERE connect.may_see(owner, 'inquiry.read');
GRANT SELECT ON test.barrier TO regress_connect_destination;
SET ROLE regress_connect_destination;
SELECT id FROM test.paper WHERE test.leak(owner) AND id < 203;
SET enable_bitmapscan = off;
SET enable_seqscan = off;
SELECT id FROM test.paper WHERE test.leak(owner) AND id < 203;
SELECT id FROM test.barrier WHERE test.leak(owner) AND id < 203 ORDER BY id;
RESET enable_seqscan;
RESET enable_bitmapscan;
RESET ROLE;

-- Planning raises nothing where there is no store, or none that can be read.
BEGIN;
ALTER TABLE connect.connection RENAME TO gone;
SET LOCAL ROLE regress_connect_destination;
SELECT test.by_array('SELECT FROM test.plain WHERE connect.may_see(owner, ''inquiry.read'')') IS NOT NULL AS planned;
SELECT count(*) FROM test.plain WHERE connect.may_see(owner, 'inquiry.read');  -- fails
ROLLBACK;
BEGIN;
ALTER TABLE connect.scope DROP COLUMN is_default;
SET LOCAL ROLE regress_connect_destination;
SELECT test.by_array('SELECT FROM test.plain WHERE connect.may_see(owner, ''inquiry.read'')') IS NOT NULL AS planned;
ROLLBACK;
BEGIN;
ALTER TABLE connect.api_key DROP COLUMN secret_sha256;
SET LOCAL ROLE regress_connect_destination;
SELECT test.by_array('SELECT FROM test.plain WHERE connect.may_see(owner, ''inquiry.read'')') IS NOT NULL AS planned;
ROLLBACK;
DEALLOCATE ALL;
SET client_min_messages = warning;
DROP TABLE test.paper, test.plain CASCADE;
DROP VIEW test.seen, test.scans;
DROP FUNCTION test.leak, test.by_array;
