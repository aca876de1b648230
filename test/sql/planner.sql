-- What the planner is told of may_see(): a condition for indexes that can take one, on columns of every type,
-- and how many rows to expect, which decides whether a condition is offered at all. What a query returns is
-- the same either way.
\set SHOW_CONTEXT never
CALL test.reset();
SET client_min_messages = warning;

-- A destination with few partners, and one with more than planning reads, of whose Connections ANALYZE knows.
SET session_replication_role = replica;
INSERT INTO connect.organization (id, name) SELECT n::text, 'Partner' FROM generate_series(1, 2000) AS n;
INSERT INTO connect.organization (id, name) SELECT md5(n::text)::uuid::text, 'Partner' FROM generate_series(1, 3) AS n;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
    SELECT 'cxn_few_' || n, n::text, 'org_DEF456', 'active'::connect.connection_status, '{account.read}'::text[], now(), now() FROM generate_series(1, 3) AS n
    UNION ALL SELECT 'cxn_uuid_' || n, md5(n::text)::uuid::text, 'org_DEF456', 'active', '{account.read}', now(), now() FROM generate_series(1, 3) AS n
    UNION ALL SELECT 'cxn_many_' || n, n::text, 'org_GHI789', 'active', CASE WHEN n <= 1500 THEN '{account.read}' ELSE '{inquiry.read}' END::text[], now(), now() FROM generate_series(1, 2000) AS n;
RESET session_replication_role;
ANALYZE connect.connection;

-- Rows of 2000 owners, ten each, by each type that ids have.
CREATE TABLE test.owned (id int, small int, big bigint, word text, uid uuid, key text COLLATE "C");
INSERT INTO test.owned SELECT n, n % 2000 + 1, n % 2000 + 1, n % 2000 + 1, md5((n % 2000 + 1)::text)::uuid, 'key' || n FROM generate_series(1, 20000) AS n;
CREATE INDEX owned_small ON test.owned (small);
CREATE INDEX owned_big ON test.owned (big);
CREATE INDEX owned_uid ON test.owned (uid);
CREATE INDEX owned_word ON test.owned (word, key);
ANALYZE test.owned;
GRANT SELECT ON test.owned TO regress_connect_source, regress_connect_destination, regress_connect_third, regress_connect_nobody;

-- By which of our arrays does a query read the table, and how many rows does the planner expect?
CREATE FUNCTION test.plan(condition text, OUT reads text, OUT expected int, OUT passed bigint) LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN SELECT FROM test.owned WHERE ' || condition LOOP
        expected := coalesce(expected, substring(line FROM 'rows=(\d+)')::int);
        reads := coalesce(reads, substring(line FROM 'Cond: .*ANY \(connect\.(\w+)'));
    END LOOP;
    EXECUTE 'SELECT count(*) FROM test.owned WHERE ' || condition INTO passed;
END $$;
GRANT EXECUTE ON FUNCTION test.plan TO PUBLIC;

SET ROLE regress_connect_destination;
-- every type has an array of its own; a few owners, all known, are counted as they are
SELECT * FROM test.plan('connect.may_see(small, ''account.read'')');
SELECT * FROM test.plan('connect.may_see(big, ''account.read'')');
SELECT * FROM test.plan('connect.may_see(uid, ''account.read'')');
SELECT * FROM test.plan('connect.may_see(word, ''account.read'')');
-- a scope by which nobody shares, one that cannot be, none, and one that is not known yet
SELECT * FROM test.plan('connect.may_see(small, ''inquiry.read'')');
SELECT * FROM test.plan('connect.may_see(small, ''no.such'')');
SELECT * FROM test.plan('connect.may_see(small, repeat(''x'', 100))');
SELECT * FROM test.plan('connect.may_see(small, NULL)');
SELECT reads, passed FROM test.plan('connect.may_see(small, (SELECT ''account.read''::text))');
-- two calls on one index, and other conditions on it that are not exact either
SELECT reads, passed FROM test.plan('connect.may_see(small, ''account.read'') AND connect.may_see(small, ''account.read''::text || '''')');
SELECT reads, passed FROM test.plan('connect.may_see(word, ''account.read'') AND key LIKE ''key2%'' AND starts_with(key, ''key200'')');
-- two columns that a call may be about
SELECT reads IS NOT NULL AS by_one, passed FROM test.plan('connect.may_see(small, ''account.read'') AND connect.may_see(big, ''account.read'')');
-- No condition: an index that takes no array. Behind other columns of an index only newer servers read arrays in order.
RESET ROLE;
DROP INDEX test.owned_small, test.owned_big;
CREATE INDEX owned_small ON test.owned USING hash (small);
CREATE INDEX owned_big ON test.owned (id, big);
SET ROLE regress_connect_destination;
SELECT reads, passed FROM test.plan('connect.may_see(small, ''account.read'')');
SELECT passed FROM test.plan('id > 10000 AND connect.may_see(big, ''account.read'')');
RESET ROLE;
-- nor for an operator that a DBA has made of the function
CREATE OPERATOR test.=~ (LEFTARG = text, RIGHTARG = text, FUNCTION = connect.may_see);
SET ROLE regress_connect_destination;
SELECT reads, passed FROM test.plan('word OPERATOR(test.=~) ''account.read''');

-- Whoever sees most of the rows reads them all. Beyond the first 200 Connections the table's statistics tell how
-- many there are, and from then on what an array has held.
RESET ROLE;
SET ROLE regress_connect_third;
SELECT reads, expected > 10000 AS most, passed FROM test.plan('connect.may_see(word, ''account.read'')');
SELECT cardinality(connect.visible_organizations('account.read')) AS held, cardinality(connect.visible_organizations('inquiry.read')) AS other;
RESET ROLE;
SELECT connect.register_organization('org_new', 'New') \g /dev/null
SET ROLE regress_connect_third;
SELECT reads, expected BETWEEN 14900 AND 15100 AS as_held, passed FROM test.plan('connect.may_see(word, ''account.read'')');
SELECT expected BETWEEN 4900 AND 5100 AS as_held, passed FROM test.plan('connect.may_see(word, ''inquiry.read'')');
RESET ROLE;
-- What ANALYZE does not know of: partners that came since, or a table that it has never seen, or seen as distinct.
BEGIN;
LOCK TABLE connect.connection, test.owned IN SHARE UPDATE EXCLUSIVE MODE;  -- against autovacuum
SET LOCAL session_replication_role = replica;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
    SELECT 'cxn_new_a' || n, n::text, 'org_ABC123', 'active'::connect.connection_status, '{account.read}'::text[], now(), now() FROM generate_series(1, 300) AS n
    UNION ALL SELECT 'cxn_new_b' || n, 'org_' || lpad(n::text, 60, '0'), 'org_ABC123', 'active', '{account.read}', now(), now() FROM generate_series(1, 1100) AS n;
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE regress_connect_source;
SELECT expected BETWEEN 1900 AND 2100 AS as_read, passed FROM test.plan('connect.may_see(word, ''account.read'')');
RESET ROLE;
SAVEPOINT s;
UPDATE pg_statistic SET stakind1 = 0 WHERE starelid = 'connect.connection'::regclass;
SET LOCAL ROLE regress_connect_source;
SELECT expected BETWEEN 1900 AND 2100 AS as_read FROM test.plan('connect.is_allowed(word, ''org_ABC123'', ''account.read'')');
RESET ROLE;
DELETE FROM pg_statistic WHERE starelid IN ('connect.connection'::regclass, 'test.owned'::regclass);
SET LOCAL ROLE regress_connect_source;
SELECT passed FROM test.plan('connect.is_allowed(word, ''org_ABC123'', NULL)');
ROLLBACK TO s;
COMMIT;
-- Nobody's own data is not counted, and an id that can be nobody's has none.
SELECT passed FROM test.plan('connect.is_allowed(word, repeat(''x'', 100), ''account.read'')');
SELECT passed FROM test.plan('connect.is_allowed(word, NULL, ''account.read'')');
SELECT * FROM test.plan('connect.is_allowed(word, ''org_DEF456'', NULL)');
SELECT passed FROM test.plan('connect.is_allowed(word, ''org_DEF456'', ''verification.read'')');
SELECT passed FROM test.plan('connect.is_allowed(word, word)');
-- of no column there are no statistics
SELECT passed > 0 AS some FROM test.plan('connect.is_allowed(''1''::text || substr(word, 1, 0), ''org_DEF456'', ''account.read'')');
SELECT passed FROM test.plan('connect.is_allowed(''1'', ''org_DEF456'', key)');

-- Without the index by which they are read in order, Connections are not counted.
BEGIN;
DROP INDEX connect.connection_destination_idx;
SET LOCAL ROLE regress_connect_source;
SELECT passed FROM test.plan('connect.may_see(word, ''inquiry.read'')');
SELECT passed FROM test.plan('connect.may_see(word, ''account.read'')');
ROLLBACK;
-- An array that is too long to be kept is made each time.
SET ROLE regress_connect_source;
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
SELECT count(*), min(cardinality(connect.visible_organizations(scope))), max(cardinality(connect.visible_organizations(scope)))
FROM (VALUES ('account.read'), ('account.read'), ('inquiry.read')) AS s (scope);
RESET work_mem;
RESET hash_mem_multiplier;
RESET ROLE;
DROP TABLE test.owned;
DROP OPERATOR test.=~ (text, text);
DROP FUNCTION test.plan;
CALL test.reset();
