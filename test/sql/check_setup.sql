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
-- what bears the right name and is another one
BEGIN; ALTER POLICY connection_parties_read ON connect.connection USING (true); :check;
SELECT connect.upgrade_store(); :check; ROLLBACK;
BEGIN; ALTER POLICY event_parties_read ON connect.event USING (source_organization_id = (SELECT connect.current_organization_id())
    OR destination_organization_id <> (SELECT connect.current_organization_id())); :check; ROLLBACK;
BEGIN; ALTER TABLE connect.connection DROP CONSTRAINT connection_check, ADD CONSTRAINT connection_check CHECK (true); :check;
SELECT connect.upgrade_store(); :check; ROLLBACK;
BEGIN; ALTER TABLE connect.organization DROP CONSTRAINT organization_id_check, ADD CONSTRAINT organization_id_check CHECK (octet_length(id) <= 640 AND id ~ '^[A-Za-z0-9_-]+$'); :check; ROLLBACK;
BEGIN; CREATE FUNCTION test.guard() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE OR REPLACE TRIGGER zz_guard_connection BEFORE INSERT OR UPDATE OR DELETE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.guard(); :check; ROLLBACK;
-- what is missing, and what stands in a table's place
BEGIN; DROP INDEX connect.event_source_idx; ALTER TABLE connect.connection RESET (fillfactor); DROP POLICY scope_all ON connect.scope; DROP TABLE connect.idempotency;
ALTER TABLE connect.api_key DROP COLUMN name; ALTER TABLE connect.organization_role DROP CONSTRAINT organization_role_organization_fkey; :check;
SELECT connect.upgrade_store(); :check; ROLLBACK;
BEGIN; ALTER TABLE connect.gateway_role RENAME TO gateway_rows; CREATE VIEW connect.gateway_role AS SELECT 1 / 0 AS role_name; :check; ROLLBACK;
BEGIN; ALTER TABLE connect.event OWNER TO regress_connect_stranger; :check; ROLLBACK;
-- what the DBA adds is nobody's business
BEGIN; ALTER TABLE connect.connection ADD COLUMN note text, SET (fillfactor = 70); CREATE INDEX note_idx ON connect.connection (note);
CREATE POLICY note ON connect.connection AS RESTRICTIVE USING (note IS NULL); :check; ROLLBACK;
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
-- each setting by which PostgreSQL logs parameters, for the role, for the database, and a role's over the database's
\set logs 'SELECT code, finding, remedy FROM connect.check_setup() WHERE code = ''logs_parameters'' AND finding LIKE ''%regress_connect_gateway%'''
BEGIN; ALTER ROLE regress_connect_gateway SET log_parameter_max_length = -1; ALTER ROLE regress_connect_gateway SET log_statement = 'none'; ALTER ROLE regress_connect_gateway SET log_min_duration_statement = -1; SAVEPOINT s; :logs;
ALTER ROLE regress_connect_gateway SET log_min_duration_sample = 0; :logs; ALTER ROLE regress_connect_gateway SET log_statement_sample_rate = 0; :logs; ROLLBACK TO s;
ALTER ROLE regress_connect_gateway SET log_transaction_sample_rate = 0.5; :logs; ALTER ROLE regress_connect_gateway SET log_parameter_max_length = 0; :logs; ROLLBACK TO s;
ALTER ROLE regress_connect_gateway SET log_parameter_max_length_on_error = 100; :logs; ROLLBACK TO s;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET log_statement = ''all''', current_database()); END $$; :logs;
ALTER ROLE regress_connect_gateway RESET log_statement; :logs; ROLLBACK;
-- who may do what only a DBA should
BEGIN; GRANT EXECUTE ON FUNCTION connect.create_api_key, connect.is_allowed, connect.guard_connection TO regress_connect_stranger; :check; ROLLBACK;
-- the catalogue of scopes
BEGIN; CALL test.add('cxn_scopes', 'active', scopes => '{account.read,gone.read}'); :check; ROLLBACK;
BEGIN; UPDATE connect.scope SET retired_at = now() WHERE is_default; :check; DELETE FROM connect.scope; :check; SELECT connect.upgrade_store(); :check; ROLLBACK;
-- terms that have passed: nobody writes them down, or nobody has for an hour
\set terms 'SELECT code, severity, regexp_replace(finding, '' at [^,]*,'', '' at (time),'') AS finding, remedy FROM connect.check_setup() WHERE code = ''expiry_unswept'' OR finding LIKE ''%could not be looked at%'''
BEGIN; CALL test.add('cxn_hour', 'active'); CALL test.add('cxn_offer', source => 'org_GHI789');
SET LOCAL session_replication_role = replica; SET LOCAL timezone = 'UTC';
UPDATE connect.connection SET expires_at = now() - interval '59 minutes', respond_by = '2000-01-01' WHERE id = 'cxn_hour'; :terms;
UPDATE connect.connection SET respond_by = '2001-01-01' WHERE id = 'cxn_offer'; :terms;
UPDATE connect.connection SET expires_at = now() - interval '61 minutes' WHERE id = 'cxn_hour'; :terms;
SET LOCAL session_replication_role = origin; SELECT connect.expire_due(1); :terms;
SELECT connect.expire_due(1); :terms;
SET LOCAL session_replication_role = replica; DROP TABLE connect.open_term; SELECT code, finding FROM connect.check_setup() WHERE finding LIKE '%term%' OR code = 'check_failed'; ROLLBACK;
-- what is too many is no finding
BEGIN; CALL test.add('cxn_hour', 'active'); SET LOCAL session_replication_role = replica; INSERT INTO connect.open_term VALUES ('cxn_hour', 'org_ABC123', 'org_DEF456', '2001-01-01'); :terms; ROLLBACK;
-- a shared table whose rows another policy opens
BEGIN; CREATE TABLE test.note (organization_id text); SELECT connect.share_table('test.note', 'organization_id', 'account.read'); CREATE POLICY all_rows ON test.note FOR SELECT USING (true); :check; ROLLBACK;
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
-- the new owner lacks what the store's work needs, which is the first thing that check_setup() says
SELECT code, severity, finding, remedy FROM connect.check_setup() WHERE severity = 'error';
SELECT connect.upgrade_store();
:check;
SET LOCAL ROLE regress_connect_source;
SELECT test.line(connect.create_connection('org_DEF456'));
SELECT test.line(connect.deactivate_connection(connect.list_connections() #>> '{data,0,id}'));
ROLLBACK;
-- without a store
BEGIN;
DROP TABLE connect.share_token, connect.open_share_token, connect.share_kind, connect.event, connect.open_connection, connect.open_term, connect.connection, connect.organization_role, connect.gateway_role, connect.api_key, connect.idempotency, connect.scope, connect.organization, connect.followed_table;
SELECT code, severity, finding, remedy FROM connect.check_setup();
SELECT connect.current_organization_id();
SELECT connect.list_connections();  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.register_organization('org_x', 'x');  -- fails
SELECT connect.upgrade_store();  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
:check;
