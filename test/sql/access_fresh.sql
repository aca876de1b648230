-- The gate remembers what it found, and yet is never stale: every answer beside
-- what EXISTS says in the same statement.
\set SHOW_CONTEXT never
CALL test.reset();
CALL test.add('cxn_1', 'active');

CREATE FUNCTION test.exists(source text, destination text, scope text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM connect.connection AS c WHERE c.source_organization_id = $1
        AND c.destination_organization_id = $2 AND c.status = 'active' AND $3 = ANY (c.scopes));
$$;
CREATE VIEW test.same AS
SELECT a.gate, a.gate = a.exists AS same
FROM (SELECT connect.is_allowed('org_ABC123', 'org_DEF456', 'account.read') AS gate,
    test.exists('org_ABC123', 'org_DEF456', 'account.read') AS exists) AS a;
CREATE PROCEDURE test.set_status(new connect.connection_status) LANGUAGE sql SET session_replication_role = replica AS $$
    UPDATE connect.connection SET status = new WHERE id = 'cxn_1';
$$;

-- Own changes, savepoints, and the end of the transaction either way.
TABLE test.same;
BEGIN;
TABLE test.same;
CALL test.set_status('inactive');
TABLE test.same;
SAVEPOINT s;
CALL test.set_status('active');
TABLE test.same;
ROLLBACK TO s;
TABLE test.same;
SAVEPOINT s2;
CALL test.set_status('active');
RELEASE s2;
TABLE test.same;
ROLLBACK;
TABLE test.same;
BEGIN ISOLATION LEVEL REPEATABLE READ;
TABLE test.same;
CALL test.set_status('inactive');
TABLE test.same;
COMMIT;
TABLE test.same;
CALL test.set_status('active');
TABLE test.same;
-- under REPEATABLE READ the rollback of a savepoint changes no field of the snapshot
BEGIN ISOLATION LEVEL REPEATABLE READ;
CALL test.set_status('active');
SAVEPOINT s;
CALL test.set_status('inactive');
TABLE test.same;
ROLLBACK TO s;
TABLE test.same;
ROLLBACK;

-- Inside one statement the snapshot rules; inside a VOLATILE function each statement has its own.
SET session_replication_role = replica;
WITH changed AS (UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1' RETURNING 1)
SELECT gate, same FROM test.same, changed;
RESET session_replication_role;
TABLE test.same;
CALL test.set_status('active');
DO $$
DECLARE
    seen boolean[];
BEGIN
    FOR i IN 1..6 LOOP
        CALL test.set_status(CASE WHEN i % 2 = 0 THEN 'active' ELSE 'inactive' END::connect.connection_status);
        IF connect.is_allowed('org_ABC123', 'org_DEF456') <> test.exists('org_ABC123', 'org_DEF456', 'account.read') THEN
            RAISE 'stale';
        END IF;
        seen := seen || connect.is_allowed('org_ABC123', 'org_DEF456');
        BEGIN
            CALL test.set_status(CASE WHEN i % 2 = 0 THEN 'inactive' ELSE 'active' END::connect.connection_status);
            seen := seen || connect.is_allowed('org_ABC123', 'org_DEF456');
            RAISE division_by_zero;
        EXCEPTION WHEN division_by_zero THEN
            seen := seen || connect.is_allowed('org_ABC123', 'org_DEF456');
        END;
    END LOOP;
    RAISE INFO '%', seen;
END $$;
CREATE FUNCTION test.ask() RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN connect.is_allowed('org_ABC123', 'org_DEF456');
END $$;
SELECT test.ask();
CALL test.set_status('inactive');
SELECT test.ask();
CALL test.set_status('active');
SELECT test.ask();
-- a procedure that commits
CREATE PROCEDURE test.toggle() LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1..4 LOOP
        UPDATE connect.connection SET status = CASE WHEN i % 2 = 0 THEN 'active' ELSE 'inactive' END::connect.connection_status
        WHERE id = 'cxn_1';
        RAISE INFO '% before', connect.is_allowed('org_ABC123', 'org_DEF456');
        IF i % 3 = 0 THEN ROLLBACK; ELSE COMMIT; END IF;
        RAISE INFO '% after', connect.is_allowed('org_ABC123', 'org_DEF456');
    END LOOP;
END $$;
SET session_replication_role = replica;
CALL test.toggle();
RESET session_replication_role;

-- A cursor keeps its snapshot while others move on.
BEGIN;
DECLARE old CURSOR FOR SELECT n, gate, same FROM generate_series(1, 4) AS n, LATERAL (SELECT * FROM test.same OFFSET n * 0) AS s;
FETCH 2 FROM old;
CALL test.set_status('inactive');
TABLE test.same;
FETCH 1 FROM old;
TABLE test.same;
FETCH 1 FROM old;
ROLLBACK;

-- Who acts changes in the middle of a transaction, under one snapshot.
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
SET ROLE regress_connect_third;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
SET ROLE regress_connect_source;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
RESET ROLE;
CREATE ROLE regress_connect_moved;
SELECT connect.map_role('regress_connect_moved', 'org_DEF456'), connect.grant_check('regress_connect_moved');
SET ROLE regress_connect_moved;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
RESET ROLE;
ALTER ROLE regress_connect_moved RENAME TO regress_connect_renamed;
SET ROLE regress_connect_renamed;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
RESET ROLE;
GRANT regress_connect_owner TO regress_connect_renamed;
SET ROLE regress_connect_renamed;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
RESET ROLE;
REVOKE regress_connect_owner FROM regress_connect_renamed;
SET ROLE regress_connect_renamed;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
RESET ROLE;
ROLLBACK;

-- The answer depends on no trigger.
BEGIN;
ALTER TABLE connect.connection DISABLE TRIGGER ALL;
TABLE test.same;
UPDATE connect.connection SET status = 'inactive';
TABLE test.same;
ROLLBACK;
TABLE test.same;
-- TRUNCATE, by a superuser with the triggers off.
BEGIN;
TABLE test.same;
SET LOCAL session_replication_role = replica;
SAVEPOINT s;
TRUNCATE connect.connection, connect.event;
TABLE test.same;
ROLLBACK TO s;
TABLE test.same;
TRUNCATE connect.connection, connect.event;
COMMIT;
TABLE test.same;
CALL test.add('cxn_1', 'active');
TABLE test.same;

-- DDL under the gate's feet: the columns move, the indexes come and go.
BEGIN;
TABLE test.same;
ALTER TABLE connect.connection ADD COLUMN note text DEFAULT 'x';
TABLE test.same;
ALTER TABLE connect.connection RENAME CONSTRAINT connection_pair_key TO other_key;
TABLE test.same;
REINDEX TABLE connect.connection;
TABLE test.same;
ROLLBACK;
TABLE test.same;

-- Many sources: bulk loads give the same answers, whatever the order and the memory.
SET session_replication_role = replica;
INSERT INTO connect.organization (id, name) SELECT 'org_' || n, 'many' FROM generate_series(1, 1500) AS n;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_' || md5(n::text), 'org_' || n, 'org_' || (n % 2 + 1),
    (enum_range(NULL::connect.connection_status))[n % 3 + 1],
    CASE n % 5 WHEN 0 THEN '{inquiry.read}' ELSE '{account.read,inquiry.read}' END::text[], now(), now()
FROM generate_series(1, 1500) AS n;
RESET session_replication_role;
ANALYZE connect.connection;
CREATE VIEW test.many AS
SELECT d, count(*) AS asked, count(*) FILTER (WHERE gate) AS allowed,
    count(*) FILTER (WHERE gate <> coalesce(truth, false)) AS wrong
FROM (SELECT d, connect.is_allowed('org_' || s, 'org_' || d, 'account.read') AS gate,
        (SELECT c.status = 'active' AND 'account.read' = ANY (c.scopes) FROM connect.connection AS c
            WHERE c.source_organization_id = 'org_' || s AND c.destination_organization_id = 'org_' || d) AS truth
    FROM generate_series(1, 3) AS d, generate_series(1, 2000) AS s OFFSET 0) AS q
GROUP BY d ORDER BY d;
TABLE test.many;
TABLE test.many;
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE connect.connection SET status = 'active' WHERE source_organization_id < 'org_2';
TABLE test.many;
SAVEPOINT s;
UPDATE connect.connection SET scopes = '{inquiry.read}';
TABLE test.many;
ROLLBACK TO s;
TABLE test.many;
ROLLBACK;
TABLE test.many;
-- hardly any memory
SET work_mem = '64kB';
SET hash_mem_multiplier = 1;
TABLE test.many;
RESET work_mem;
RESET hash_mem_multiplier;
-- enough for what was read in advance, or for what is asked for, but not for both
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
    SELECT 'cxn_room_' || n, 'org_' || lpad(n::text, 50, '0'), 'org_room', CASE n % 3 WHEN 0 THEN 'active' ELSE 'inactive' END::connect.connection_status,
        '{account.read}', now(), now() FROM generate_series(1, 3000) AS n;
SET LOCAL work_mem = '256kB';
SET LOCAL hash_mem_multiplier = 1;
SELECT count(*) AS asked, count(*) FILTER (WHERE gate) AS allowed, count(*) FILTER (WHERE gate <> (n % 3 = 0)) AS wrong
FROM (SELECT n, connect.is_allowed('org_' || lpad(n::text, 50, '0'), 'org_room', 'account.read') AS gate
    FROM generate_series(1, 2) AS again, generate_series(3000, 1, -1) AS n OFFSET 0) AS q;
ROLLBACK;
-- without the index that bulk loads read
BEGIN;
ALTER INDEX connect.connection_destination_idx RENAME TO other_idx;
TABLE test.many;
ALTER INDEX connect.other_idx RENAME TO connection_destination_idx;
TABLE test.many;
ROLLBACK;
-- destinations by turns
SELECT count(*) FILTER (WHERE connect.is_allowed('org_' || n / 2, 'org_' || n % 2 + 1)) AS allowed,
    (SELECT count(*) FROM connect.connection WHERE status = 'active' AND destination_organization_id IN ('org_1', 'org_2')) AS truth
FROM generate_series(2, 3001) AS n;
SET SESSION AUTHORIZATION regress_connect_gateway;
BEGIN;
SELECT connect.act_as('org_1');
SELECT connect.allowed_sources('account.read') AS sources \gset
COMMIT;
RESET SESSION AUTHORIZATION;
SELECT :'sources' = (SELECT array_agg(c.source_organization_id ORDER BY c.source_organization_id)
    FROM connect.connection AS c WHERE c.destination_organization_id = 'org_1' AND c.status = 'active'
        AND 'account.read' = ANY (c.scopes))::text AS same;

-- Parallel workers know who acts, and answer alike.
CREATE TABLE test.ids (id text) WITH (parallel_workers = 2);
INSERT INTO test.ids SELECT 'org_' || n % 2000 FROM generate_series(1, 4000) AS n;
ANALYZE test.ids;
GRANT SELECT ON test.ids TO PUBLIC;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE FUNCTION test.uses_workers(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF, ANALYZE, TIMING OFF, SUMMARY OFF) ' || query LOOP
        IF line ~ 'Workers Launched: [12]' THEN RETURN true; END IF;
    END LOOP;
    RETURN false;
END $$;
SELECT test.uses_workers($$SELECT count(*) FROM test.ids WHERE connect.is_allowed(id, 'org_1')$$);
SELECT count(*) FROM test.ids WHERE connect.is_allowed(id, 'org_1');
SELECT connect.map_role('regress_connect_third', 'org_1');
SET ROLE regress_connect_third;
SELECT count(*), count(*) FILTER (WHERE connect.is_allowed(id, 'org_1')) AS own,
    count(*) FILTER (WHERE connect.is_allowed(id, 'org_2')) AS others FROM test.ids;
RESET ROLE;
SET SESSION AUTHORIZATION regress_connect_gateway;
BEGIN;
SELECT connect.act_as('org_2');
SELECT count(*) FILTER (WHERE connect.is_allowed(id, 'org_1')) AS others,
    count(*) FILTER (WHERE connect.is_allowed(id, 'org_2')) AS own FROM test.ids;
COMMIT;
SET request.jwt.claims = '{"organization_id": "org_1"}';
SELECT count(*) FILTER (WHERE connect.is_allowed(id, 'org_1')) AS own,
    count(*) FILTER (WHERE connect.is_allowed(id, 'org_2')) AS others FROM test.ids;
RESET request.jwt.claims;
RESET SESSION AUTHORIZATION;
-- with changes of one's own that are not committed
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE connect.connection SET status = 'inactive' WHERE destination_organization_id = 'org_1';
SELECT count(*) FROM test.ids WHERE connect.is_allowed(id, 'org_1');
ROLLBACK;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;

DROP TABLE test.ids;
DROP VIEW test.many, test.same;
DROP FUNCTION test.exists(text, text, text), test.ask(), test.uses_workers(text);
DROP PROCEDURE test.toggle(), test.set_status(connect.connection_status);
