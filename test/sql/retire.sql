-- Retiring an organization: it acts no more, its Connections end, its history stays.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'active', 'First');
CALL test.add('cxn_2', 'pending', source => 'org_DEF456', destination => 'org_ABC123');
CALL test.add('cxn_3', 'inactive', source => 'org_GHI789', destination => 'org_ABC123');
CALL test.add('cxn_4', 'active', source => 'org_ABC123', destination => 'org_ABC123');
CALL test.add('cxn_5', 'active', source => 'org_GHI789', destination => 'org_DEF456');
SELECT secret AS key FROM connect.create_api_key('org_ABC123', 'key') \gset
SELECT connect.grant_usage('regress_connect_gateway');
\set whoami 'SELECT connect.current_organization_id() AS acting;'
\set key 'SELECT set_config(''request.headers'', json_build_object(''x-connect-api-key'', :''key'')::text, false) IS NULL AS f \\gset'

-- who may
GRANT UPDATE, SELECT ON connect.organization TO regress_connect_source;
CREATE POLICY test_all ON connect.organization FOR UPDATE USING (true);
SET ROLE regress_connect_source;
UPDATE connect.organization SET retired_at = now();  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.organization SET name = 'Acme & Co' WHERE id = 'org_ABC123';
RESET ROLE;
DROP POLICY test_all ON connect.organization;
REVOKE ALL ON connect.organization FROM regress_connect_source;

-- A session that knows itself notices at its next statement, a transaction at its own.
SET SESSION AUTHORIZATION regress_connect_source;
:whoami
SELECT connect.is_allowed('org_ABC123', 'org_DEF456') AS source_sees, connect.allowed_sources();
RESET SESSION AUTHORIZATION;
BEGIN;
SET LOCAL ROLE regress_connect_source;
:whoami
SET LOCAL ROLE regress_connect_owner;
UPDATE connect.organization SET retired_at = '2020-01-01' WHERE id = 'org_ABC123';
SET LOCAL ROLE regress_connect_source;
:whoami
COMMIT;
SELECT id, status FROM connect.connection ORDER BY id;
SELECT connection_id, source_organization_id AS source, destination_organization_id AS destination, action, from_status, to_status, actor_organization_id AS actor, actor_id, actor_type, reason FROM connect.event ORDER BY id;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456') AS allowed, connect.explain_access('org_ABC123', 'org_DEF456'), connect.is_allowed('org_GHI789', 'org_DEF456') AS others;

-- It acts in no way.
SET SESSION AUTHORIZATION regress_connect_source;
:whoami
SELECT connect.get_organization();  -- fails
SELECT connect.create_connection('org_GHI789');  -- fails
SELECT connect.get_connection('cxn_1');  -- fails
SELECT connect.list_events();  -- fails
SELECT connect.is_allowed('org_ABC123', 'org_ABC123') AS allowed, connect.allowed_sources();
SET SESSION AUTHORIZATION regress_connect_nobody;
:key
:whoami
RESET request.headers;
SET SESSION AUTHORIZATION regress_connect_gateway;
SET request.jwt.claims = '{"organization_id": "org_ABC123", "sub": "usr_1"}';
:whoami
RESET request.jwt.claims;
BEGIN;
SELECT connect.act_as('org_ABC123');  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
RESET SESSION AUTHORIZATION;
-- nor does what is added now
SELECT connect.create_api_key('org_ABC123', 'late');  -- fails
SELECT connect.map_role('regress_connect_nobody', 'org_ABC123');  -- fails
INSERT INTO connect.organization_role VALUES ('regress_connect_nobody', 'org_ABC123');  -- fails
UPDATE connect.organization_role SET organization_id = 'org_ABC123' WHERE role_name = 'regress_connect_third';  -- fails
SELECT connect.register_organization('org_ABC123', 'Acme, renamed');
SELECT name, retired_at IS NOT NULL AS retired FROM connect.organization WHERE id = 'org_ABC123';
-- a role that stands for it does not fall back to what it may otherwise
GRANT regress_connect_owner TO regress_connect_source;
SET SESSION AUTHORIZATION regress_connect_source;
UPDATE connect.connection SET name = 'By a retired one' WHERE id = 'cxn_5';  -- fails
SELECT connect.deactivate_connection('cxn_5');  -- fails
RESET SESSION AUTHORIZATION;
REVOKE regress_connect_owner FROM regress_connect_source;

-- Its partners see what was, and offer it nothing.
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.line(connect.get_connection('cxn_1'));
SELECT e #>> '{attributes,action}' AS action, e #>> '{attributes,reason}' AS reason, e #>> '{attributes,organization-id}' AS organization, e #>> '{attributes,actor-id}' AS actor
FROM jsonb_array_elements(connect.list_events('cxn_1') -> 'data') AS e;
SELECT connect.reactivate_connection('cxn_2');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.deactivate_connection('cxn_2');  -- fails
SELECT test.line(connect.update_connection('cxn_2', 'What it was'));
RESET SESSION AUTHORIZATION;
CALL test.reset();
UPDATE connect.organization SET retired_at = now() WHERE id = 'org_ABC123';
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.create_connection('org_ABC123');  -- fails
RESET SESSION AUTHORIZATION;
-- not even by plain SQL
INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_ABC123', 'org_DEF456');  -- fails
INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_DEF456', 'org_ABC123');  -- fails
CALL test.add('cxn_1', 'inactive');
UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_1';  -- fails

-- Taken back, it acts; its Connections stay ended until it offers them anew.
UPDATE connect.organization SET retired_at = NULL WHERE id = 'org_ABC123';
SET SESSION AUTHORIZATION regress_connect_source;
:whoami
SELECT test.line(connect.reactivate_connection('cxn_1'));
RESET SESSION AUTHORIZATION;
-- another time is no change, and one that has never acted can be retired too
UPDATE connect.organization SET retired_at = now() WHERE id = 'org_GHI789';
UPDATE connect.organization SET retired_at = '2030-01-01' WHERE id = 'org_GHI789';
-- a role that is mapped anew is free of its old organization
SELECT connect.map_role('regress_connect_third', 'org_DEF456');
SET ROLE regress_connect_third;
:whoami
RESET ROLE;

-- Several at once, and a trigger of the DBA's that stands in the way.
CALL test.reset();
CALL test.add('cxn_b', 'active');
CALL test.add('cxn_a', 'pending', source => 'org_GHI789', destination => 'org_DEF456');
CREATE FUNCTION test.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER keep BEFORE UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.keep();
UPDATE connect.organization SET retired_at = now();  -- fails
DROP TRIGGER keep ON connect.connection;
SELECT count(retired_at) FROM connect.organization;
UPDATE connect.organization SET retired_at = now();
SELECT connection_id, from_status, reason FROM connect.event ORDER BY id;
-- through a followed table the event names the role that changed that
CALL test.reset();
CALL test.add('cxn_1', 'active');
CREATE TABLE test.company (id text PRIMARY KEY, name text);
UPDATE connect.organization SET followed_from = 'test.company';
INSERT INTO test.company SELECT id, name FROM connect.organization;
SELECT connect.follow_organizations('test.company', 'id', 'name');
GRANT SELECT, DELETE ON test.company TO regress_connect_destination;
SET SESSION AUTHORIZATION regress_connect_destination;
DELETE FROM test.company WHERE id = 'org_ABC123';
RESET SESSION AUTHORIZATION;
SELECT connection_id, action, actor_organization_id AS actor, actor_id, actor_type, reason FROM connect.event;
SELECT connect.unfollow_organizations('test.company');
DROP TABLE test.company;
DROP FUNCTION test.keep();
CALL test.reset();
