-- What the extension and the store consist of, and what keeps them together.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
SET client_min_messages = warning;
SET timezone = 'UTC';
\set VERBOSITY terse
-- twice, and with the code gone from under the data: refused
SELECT connect.create_store();  -- fails
\echo :LAST_ERROR_SQLSTATE
DROP EXTENSION connect;  -- fails
\echo :LAST_ERROR_SQLSTATE
DROP TYPE connect.connection_status;  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.upgrade_store(), connect.upgrade_store();
-- the tables are the owner's, and no members of the extension
SELECT c.relname, c.relkind, pg_get_userbyid(c.relowner) AS owner, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
    EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e') AS member
FROM pg_class AS c WHERE c.relnamespace = 'connect'::regnamespace AND c.relkind = 'r' ORDER BY c.relname;
SELECT table_name, column_name, data_type, collation_name, is_nullable FROM information_schema.columns
WHERE table_schema = 'connect' ORDER BY table_name, ordinal_position;
SELECT conrelid::regclass AS "table", conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
WHERE connamespace = 'connect'::regnamespace AND contype <> 'n' ORDER BY conrelid::regclass::text COLLATE "C", conname;
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'connect' ORDER BY indexname;
SELECT tgrelid::regclass AS "table", tgname, tgenabled, tgdeferrable, pg_get_triggerdef(oid) AS definition FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'connect.%' ORDER BY tgrelid::regclass::text COLLATE "C", tgname;
SELECT tablename, policyname, permissive, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'connect' ORDER BY tablename, policyname;
-- no index holds status or updated_at, so that a transition is a HOT update
SELECT count(*) FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = 'connect.connection'::regclass AND a.attname IN ('status', 'updated_at', 'name', 'scopes');
-- objects without a comment
SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'connect'::regnamespace AND c.relkind = 'r' AND obj_description(c.oid, 'pg_class') IS NULL
UNION ALL SELECT c.relname || '.' || a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'connect'::regnamespace AND c.relkind = 'r' AND col_description(c.oid, a.attnum) IS NULL
UNION ALL SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace) AND obj_description(p.oid, 'pg_proc') IS NULL
UNION ALL SELECT t.tgname FROM pg_trigger AS t WHERE NOT t.tgisinternal AND t.tgrelid::regclass::text LIKE 'connect.%' AND obj_description(t.oid, 'pg_trigger') IS NULL
UNION ALL SELECT p.polname FROM pg_policy AS p WHERE p.polrelid::regclass::text LIKE 'connect.%' AND obj_description(p.oid, 'pg_policy') IS NULL;

-- create_store() needs CREATE on the schema, and a role of odd name may own the store
BEGIN;
DROP TABLE connect.share_token, connect.open_share_token, connect.share_kind, connect.event, connect.open_connection, connect.open_term, connect.connection, connect.organization_role, connect.gateway_role, connect.api_key, connect.idempotency, connect.scope, connect.organization, connect.followed_table;
CREATE ROLE "regress_connect ""Odd""" NOLOGIN;
GRANT USAGE ON SCHEMA connect TO "regress_connect ""Odd""";
GRANT EXECUTE ON FUNCTION connect.create_store() TO "regress_connect ""Odd""";
SAVEPOINT s;
SET LOCAL ROLE "regress_connect ""Odd""";
SELECT connect.create_store();  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK TO s;
GRANT CREATE ON SCHEMA connect TO "regress_connect ""Odd""";
SET LOCAL ROLE "regress_connect ""Odd""";
SELECT connect.create_store();
SELECT count(*), count(DISTINCT relowner) FROM pg_class WHERE relnamespace = 'connect'::regnamespace AND relkind = 'r' AND relowner = '"regress_connect ""Odd"""'::regrole;
INSERT INTO connect.organization (id, name) VALUES ('org_1', 'One');
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_1', 'org_1', 'org_1');
SELECT connection_id, action, actor_id FROM connect.event;
ROLLBACK;
-- CASCADE takes code and guard away, and the tables with the schema they are in
BEGIN;
DROP EXTENSION connect CASCADE;
SELECT count(*) FROM pg_tables WHERE schemaname = 'connect';
ROLLBACK;
SELECT code, severity FROM connect.check_setup() WHERE severity = 'error';
