-- check_setup(): each mistake is found, planted in a transaction that is rolled back.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
-- what the server or other roles of it bring along is set aside
\set check 'SELECT code, severity, finding, remedy FROM connect.check_setup() WHERE code NOT IN (''not_preloaded'', ''logs_parameters'') AND (code <> ''bypassrls_role'' OR finding LIKE ''%regress_connect_%'') ORDER BY code COLLATE "C", finding COLLATE "C"'
\set ON_ERROR_ROLLBACK on
:check;
BEGIN; ALTER TABLE connect.connection DISABLE TRIGGER aa_record_event; ALTER TABLE connect.event ENABLE ALWAYS TRIGGER zz_guard_event; :check; ROLLBACK;
BEGIN; ALTER TABLE connect.connection ENABLE TRIGGER zz_mark_pair; :check; ROLLBACK;
BEGIN; DROP TRIGGER zz_guard_connection ON connect.connection; :check;
SELECT connect.upgrade_store(); :check; ROLLBACK;
BEGIN; DROP TRIGGER zz_guard_event ON connect.event;
CREATE TRIGGER zz_guard_event BEFORE INSERT OR UPDATE ON connect.event FOR EACH ROW EXECUTE FUNCTION connect.guard_event(); :check; ROLLBACK;
BEGIN; SET LOCAL quote_all_identifiers = on; :check; ROLLBACK;
BEGIN; ALTER TABLE connect.api_key DISABLE ROW LEVEL SECURITY; :check; ROLLBACK;
BEGIN; GRANT SELECT ON connect.scope TO PUBLIC; :check; ROLLBACK;
BEGIN; GRANT TRIGGER, TRUNCATE ON connect.connection TO regress_connect_source; :check; ROLLBACK;
BEGIN; GRANT regress_connect_owner TO regress_connect_source; :check; ROLLBACK;
BEGIN; ALTER ROLE regress_connect_owner LOGIN; :check; ROLLBACK;
BEGIN; ALTER ROLE regress_connect_source BYPASSRLS; :check; ROLLBACK;
BEGIN; ALTER ROLE regress_connect_gateway SUPERUSER; :check; ROLLBACK;
BEGIN; GRANT EXECUTE ON FUNCTION connect.act_as TO PUBLIC; :check; ROLLBACK;
BEGIN; ALTER ROLE regress_connect_gateway SET log_statement = 'all'; ALTER ROLE regress_connect_gateway SET log_parameter_max_length = -1;
SELECT code, severity, finding, remedy FROM connect.check_setup() WHERE code = 'logs_parameters'; ROLLBACK;
-- the remedy of owner_login leaves a store that works and can be checked
BEGIN;
DO $$
DECLARE
    t name;
BEGIN
    FOR t IN SELECT relname FROM pg_class WHERE relnamespace = 'connect'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('ALTER TABLE connect.%I OWNER TO regress_connect_stranger', t);
    END LOOP;
END $$;
GRANT USAGE ON SCHEMA connect TO regress_connect_stranger;
SELECT connect.upgrade_store();
:check;
SET LOCAL ROLE regress_connect_source;
SELECT test.line(connect.create_connection('org_DEF456'));
SELECT test.line(connect.deactivate_connection(connect.list_connections() #>> '{data,0,id}'));
ROLLBACK;
-- without a store
BEGIN;
DROP TABLE connect.event, connect.connection, connect.organization_role, connect.gateway_role, connect.api_key, connect.idempotency, connect.scope, connect.organization;
SELECT code, severity, finding, remedy FROM connect.check_setup();
SELECT connect.current_organization_id();
SELECT connect.list_connections();  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.register_organization('org_x', 'x');  -- fails
SELECT connect.upgrade_store();  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
:check;
