-- The store made for a role that owns it: whoever may become that role makes it, and nobody else.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
SET client_min_messages = warning;
BEGIN;
DO $$
DECLARE
    r regclass;
BEGIN
    FOR r IN SELECT c.oid FROM pg_class AS c WHERE c.relnamespace = 'connect'::regnamespace AND c.relkind = 'r' LOOP
        EXECUTE format('DROP TABLE %s CASCADE', r);
    END LOOP;
END $$;
CREATE ROLE "regress_connect ""Keeper""" NOLOGIN;
CREATE FUNCTION pg_temp.owners() RETURNS TABLE (owner regrole, all_there boolean, may_create boolean) LANGUAGE sql AS $$
    SELECT relowner::regrole, count(*) = (SELECT count(DISTINCT relation) FROM connect.store_description()), has_schema_privilege(relowner, 'connect', 'CREATE')
    FROM pg_class WHERE relnamespace = 'connect'::regnamespace AND relkind = 'r' GROUP BY relowner
$$;
SAVEPOINT s;
SELECT connect.create_store(owner => 'regress_connect_unknown');  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO s;
-- a superuser lends it CREATE and leaves it nothing that it does not need
SELECT connect.create_store(owner => 'regress_connect "Keeper"');
SELECT * FROM pg_temp.owners();
SELECT code, finding FROM connect.check_setup() WHERE code <> 'not_preloaded' AND finding LIKE '%Keeper%';
SELECT code, finding FROM connect.check_setup() WHERE severity = 'error';
INSERT INTO connect.organization (id, name) VALUES ('org_1', 'One');
SET LOCAL ROLE "regress_connect ""Keeper""";
CREATE TABLE connect.more (id int);  -- fails
ROLLBACK TO s;
-- null is whoever calls
SELECT connect.create_store(NULL);
SELECT owner = current_user::regrole AS mine, all_there FROM pg_temp.owners();
ROLLBACK TO s;
-- what the role had before, it keeps
GRANT CREATE ON SCHEMA connect TO "regress_connect ""Keeper""";
SELECT connect.create_store('regress_connect "Keeper"');
SELECT * FROM pg_temp.owners();
SELECT connect.create_store('regress_connect "Keeper"');  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO s;
-- EXECUTE alone is not enough: whoever calls must be able to become the owner
GRANT USAGE, CREATE ON SCHEMA connect TO regress_connect_stranger;
GRANT EXECUTE ON FUNCTION connect.create_store(name) TO regress_connect_stranger;
SAVEPOINT t;
SET LOCAL ROLE regress_connect_stranger;
DO $$
BEGIN
    PERFORM connect.create_store('regress_connect "Keeper"');
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'refused: %', sqlstate;
END $$;
ROLLBACK TO t;
-- a member may, and needs CREATE as always
GRANT "regress_connect ""Keeper""" TO regress_connect_stranger;
SAVEPOINT t;
SET LOCAL ROLE regress_connect_stranger;
SELECT connect.create_store('regress_connect "Keeper"');
RESET ROLE;
SELECT * FROM pg_temp.owners();
ROLLBACK TO t;
REVOKE CREATE ON SCHEMA connect FROM regress_connect_stranger;
SET LOCAL ROLE regress_connect_stranger;
SELECT connect.create_store('regress_connect "Keeper"');  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
