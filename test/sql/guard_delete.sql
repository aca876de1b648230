-- DELETE and TRUNCATE: Connections and their history are for ever.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
SET client_min_messages = warning;  -- what TRUNCATE would cascade to
CALL test.add('cxn_1', 'inactive');
GRANT SELECT, DELETE, TRUNCATE ON connect.connection, connect.event TO regress_connect_source;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT 1 AS done FROM connect.reactivate_connection('cxn_1') \gset

-- row security has no policy for DELETE, so there is nothing to delete
DELETE FROM connect.connection RETURNING id;
DELETE FROM connect.event RETURNING action;
TRUNCATE connect.connection, connect.event;  -- fails
\echo :LAST_ERROR_SQLSTATE
TRUNCATE connect.event;  -- fails
\echo :LAST_ERROR_SQLSTATE
TRUNCATE connect.connection CASCADE;  -- fails
TRUNCATE connect.organization CASCADE;  -- fails
SET SESSION AUTHORIZATION regress_connect_owner;
DELETE FROM connect.connection WHERE id = 'cxn_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
DELETE FROM connect.event;  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.event SET reason = 'Forged.';  -- fails
\echo :LAST_ERROR_SQLSTATE
TRUNCATE connect.event;  -- fails
TRUNCATE connect.connection, connect.event;  -- fails
TRUNCATE connect.organization CASCADE;  -- fails
RESET SESSION AUTHORIZATION;
DELETE FROM connect.connection;  -- fails: a superuser
DELETE FROM connect.event;  -- fails
UPDATE connect.event SET created_at = now();  -- fails
TRUNCATE connect.connection, connect.event;  -- fails
TRUNCATE connect.organization CASCADE;  -- fails
-- nor does anything else take them along
DELETE FROM connect.organization WHERE id = 'org_ABC123';  -- fails: the foreign key
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.organization SET id = 'org_new' WHERE id = 'org_DEF456';  -- fails
\echo :LAST_ERROR_SQLSTATE
-- a statement that matches no row is no matter
DELETE FROM connect.connection WHERE id = 'cxn_nosuch';
WITH gone AS (DELETE FROM connect.connection RETURNING id) SELECT count(*) FROM gone;  -- fails

SELECT * FROM test.rows();
SELECT action, "from", "to", actor FROM test.events();
REVOKE SELECT, DELETE, TRUNCATE ON connect.connection, connect.event FROM regress_connect_source;
