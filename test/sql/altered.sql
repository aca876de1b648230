-- A DBA may alter the store's tables. What our code would then read as something else, or could not
-- read, is refused with what to do, never taken for an answer.
\set SHOW_CONTEXT never
CALL test.reset();
CALL test.add('cxn_active', 'active');
SELECT connect.grant_share('regress_connect_destination');
SELECT connect.grant_http('regress_connect_destination');

-- columns that may be null
BEGIN;
ALTER TABLE connect.scope ALTER description DROP NOT NULL;
INSERT INTO connect.scope (name) VALUES ('a.read');
SET ROLE regress_connect_destination;
SELECT connect.list_scopes();  -- fails
ROLLBACK;
BEGIN;
ALTER TABLE connect.connection ALTER scopes DROP NOT NULL;
SET LOCAL session_replication_role = replica;
SET ROLE regress_connect_destination;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');  -- fails
ROLLBACK;
-- columns of another type
BEGIN;
ALTER TABLE connect.connection ALTER creator_id TYPE int USING 5;
SET ROLE regress_connect_destination;
SELECT connect.get_connection('cxn_active');  -- fails
ROLLBACK;
BEGIN;
ALTER TABLE connect.api_key ALTER expires_at TYPE timestamp;
SET request.headers = '{"x-connect-api-key": "connect_0123456789012345678901234567890123456789012"}';
SELECT connect.list_connections();  -- fails
ROLLBACK;
-- identity never fails: where it cannot be read there is nobody
BEGIN;
ALTER TABLE connect.api_key ALTER expires_at TYPE timestamp;
SET ROLE regress_connect_destination;
SELECT connect.current_organization_id() IS NULL AS nobody;
ROLLBACK;
BEGIN;
ALTER TABLE connect.gateway_role RENAME TO gateway_rows;
CREATE VIEW connect.gateway_role AS SELECT * FROM connect.gateway_rows;
SELECT connect.current_organization_id() IS NULL AS nobody;
ROLLBACK;
BEGIN;
ALTER TABLE connect.organization DROP COLUMN name;
SELECT connect.current_organization_id() IS NULL AS nobody;
ROLLBACK;
SET ROLE regress_connect_destination;
SELECT connect.current_organization_id();
RESET ROLE;
BEGIN;
ALTER TABLE connect.event ALTER reason TYPE xid8 USING NULL;
SET ROLE regress_connect_destination;
SELECT connect.list_events();  -- fails
ROLLBACK;
-- what means the same serves
BEGIN;
ALTER TABLE connect.organization ALTER name TYPE varchar(100);
CREATE DOMAIN test.label AS text;
ALTER TABLE connect.event ALTER actor_type TYPE test.label;
SET ROLE regress_connect_destination;
SELECT connect.get_organization() #>> '{data,attributes,name}' AS name;
SELECT jsonb_array_length(connect.list_events() -> 'data') AS events;
ROLLBACK;
-- so do labels as the values of an enum
BEGIN;
ALTER TABLE connect.event ALTER from_status TYPE connect.connection_status USING from_status::connect.connection_status,
    ALTER to_status TYPE connect.connection_status USING to_status::connect.connection_status;
SET LOCAL ROLE regress_connect_destination;
SELECT connect.deactivate_connection('cxn_active') #>> '{data,attributes,status}' AS status;
SET LOCAL ROLE regress_connect_source;
SELECT connect.reactivate_connection('cxn_active') #>> '{data,attributes,status}' AS status;
RESET ROLE;
SELECT action, from_status, to_status FROM connect.event ORDER BY id;
SELECT * FROM connect.verify_history();
ROLLBACK;
-- tables that are none, or not ordinary ones
BEGIN;
ALTER TABLE connect.scope RENAME TO scope_rows;
CREATE VIEW connect.scope AS SELECT * FROM connect.scope_rows;
SET ROLE regress_connect_destination;
SELECT connect.create_connection('org_GHI789');  -- fails
ROLLBACK;
BEGIN;
ALTER TABLE connect.organization RENAME TO organization_rows;
CREATE TABLE connect.organization (LIKE connect.organization_rows INCLUDING ALL) PARTITION BY HASH (id);
SET ROLE regress_connect_destination;
SELECT connect.get_organization();  -- fails
ROLLBACK;
-- an organization that is gone, as only a superuser can make it
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM connect.organization WHERE id = 'org_DEF456';
SET LOCAL ROLE regress_connect_destination;
SELECT connect.get_organization();  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM connect.organization WHERE id = 'org_DEF456';
SET LOCAL ROLE regress_connect_destination;
SELECT connect_api.get_organization() #>> '{errors,0,code}' AS refused;
ROLLBACK;

-- scopes that are no list of names
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE connect.connection SET scopes = '{NULL,account.read}';
SET LOCAL ROLE regress_connect_destination;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456', 'account.read');
ROLLBACK;

-- an id that no longer obeys its pattern is nobody's
BEGIN;
ALTER TABLE connect.connection DROP CONSTRAINT connection_source_fkey, DROP CONSTRAINT connection_check;
SET LOCAL session_replication_role = replica;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_' || n, 'org_GHI789' || repeat('x', CASE n WHEN 1 THEN 65536 ELSE n END), 'org_DEF456', 'active', '{account.read}', now(), now() FROM generate_series(1, 50) AS n;
SET LOCAL ROLE regress_connect_destination;
SELECT count(connect.is_allowed('org_' || n, 'org_DEF456')) AS asked, bool_or(connect.is_allowed('org_GHI789', 'org_DEF456')) AS allowed
FROM generate_series(1, 100) AS n;
ROLLBACK;

-- a policy's column on which two ids may be the same
CREATE COLLATION test.caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE test.note (organization_id text COLLATE test.caseless);
SELECT connect.share_table('test.note', 'organization_id', 'account.read');  -- fails
DROP TABLE test.note;
DROP COLLATION test.caseless;

-- a setting that appears while another one goes is seen: as many as before prove nothing
SET SESSION AUTHORIZATION regress_connect_destination;
SET test_a.x = 1;
SELECT connect.current_organization_id();
SET request.headers = '{"x-connect-api-key": "junk"}';
SELECT connect.current_organization_id() IS NULL AS nobody;
RESET request.headers;
RESET SESSION AUTHORIZATION;
-- also in other letters, in a session that has never had it
\connect -
SET client_min_messages = warning;
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.current_organization_id();
SELECT set_config('Request.Headers', '{"x-connect-api-key": "junk"}', false) IS NULL AS set;
SELECT connect.current_organization_id() IS NULL AS nobody;
