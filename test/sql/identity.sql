-- Who is acting, and every way to pretend.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'pending', 'One');
CREATE ROLE regress_connect_member IN ROLE regress_connect_source;
SELECT connect.grant_check('regress_connect_member');
-- keys: one good, one of each kind that is not
SELECT secret AS good FROM connect.create_api_key('org_ABC123', 'good') \gset
SELECT secret AS readonly FROM connect.create_api_key('org_ABC123', 'reader', '{read}') \gset
SELECT secret AS writeonly FROM connect.create_api_key('org_ABC123', 'writer', '{write}') \gset
SELECT secret AS expired FROM connect.create_api_key('org_ABC123', 'expired', expires_at => '2001-01-01') \gset
SELECT id AS revoked_id, secret AS revoked FROM connect.create_api_key('org_ABC123', 'revoked') \gset
SELECT connect.revoke_api_key(:'revoked_id');
\set whoami 'SELECT connect.current_organization_id() AS "acting"'
\set key 'SELECT set_config(''request.headers'', json_build_object(''x-connect-api-key'', :''k'')::text, false) IS NULL AS f \\gset'

-- nobody: no store's role, no key, no gateway
SET SESSION AUTHORIZATION regress_connect_nobody;
:whoami;
-- forged claims and settings count for a listed login only
SET request.jwt.claims = '{"organization_id": "org_ABC123", "sub": "usr_1"}';
SET request.jwt.claim.organization_id = 'org_ABC123';
SET role.organization_id = 'org_ABC123';
:whoami;
SELECT connect.get_connection('cxn_1');  -- fails
SET SESSION AUTHORIZATION regress_connect_destination;
:whoami;
SET SESSION AUTHORIZATION regress_connect_gateway;
:whoami;
SELECT test.line(connect.update_connection('cxn_1', 'By claims'));
-- claims that are no use
SET request.jwt.claims = '{"organization_id": "org_nosuch"}';
:whoami;
SET request.jwt.claims = '{"organization_id": 5}';
:whoami;
SET request.jwt.claims = '{"organization_id": null}';
:whoami;
SET request.jwt.claims = '{"organization_id": ["org_ABC123"]}';
:whoami;
SET request.jwt.claims = '{"x": {"organization_id": "org_ABC123"}}';
:whoami;
SET request.jwt.claims = '[{"organization_id": "org_ABC123"}]';
:whoami;
SET request.jwt.claims = '"org_ABC123"';
:whoami;
SET request.jwt.claims = 'not json';
:whoami;
SET request.jwt.claims = '{"organization_id": "org_ABC123"';
:whoami;
SET request.jwt.claims = '{"organization_id": "org_ABC123", "organization_id": "org_DEF456"}';
:whoami;
SET request.jwt.claims = '{"organization_id": "org_ABC123\u0000"}';
:whoami;
SET request.jwt.claims = '{"organization_id": "ORG_ABC123"}';
:whoami;
SET request.jwt.claims = '{"organization_id": ""}';
:whoami;
SELECT set_config('request.jwt.claims', repeat('[', 100000), false) IS NULL AS f \gset
:whoami;
SELECT set_config('request.jwt.claims', repeat('{"a":', 100000), false) IS NULL AS f \gset
:whoami;
SET request.jwt.claims = '';
:whoami;
RESET request.jwt.claims;
-- without sub the actor is not known; an empty one or another type is none; a long one is refused
SET request.jwt.claims = '{"organization_id": "org_ABC123"}';
SELECT test.line(connect.update_connection('cxn_1', 'No sub'));
SET request.jwt.claims = '{"organization_id": "org_ABC123", "sub": ""}';
SELECT test.line(connect.update_connection('cxn_1', 'Empty sub'));
SET request.jwt.claims = '{"organization_id": "org_ABC123", "sub": 7}';
SELECT test.line(connect.update_connection('cxn_1', 'Number sub'));
SELECT set_config('request.jwt.claims', json_build_object('organization_id', 'org_ABC123', 'sub', repeat('é', 255))::text, false) IS NULL AS f \gset
SELECT test.line(connect.update_connection('cxn_1', 'Long sub'));
SELECT set_config('request.jwt.claims', json_build_object('organization_id', 'org_ABC123', 'sub', repeat('é', 256))::text, false) IS NULL AS f \gset
SELECT connect.update_connection('cxn_1', 'Too long sub');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET request.jwt.claims;
SELECT name, actor, left(actor_id, 5) AS actor_id, length(actor_id), actor_type FROM test.events();

-- API keys win over everything, and one that is no use leaves nobody
SET SESSION AUTHORIZATION regress_connect_nobody;
\set k :good
:key
:whoami;
SELECT test.line(connect.update_connection('cxn_1', 'By key'));
SET SESSION AUTHORIZATION regress_connect_destination;
:whoami;
\set k :expired
:key
:whoami;
\set k :revoked
:key
:whoami;
\set k connect_0123456789012345678901234567890123456789012
:key
:whoami;
SELECT connect.get_connection('cxn_1');  -- fails: its own role does not help
\echo :LAST_ERROR_SQLSTATE
SET request.headers = '{"x-connect-api-key": ""}';
:whoami;
SET request.headers = '{"x-connect-api-key": null}';
:whoami;
SET request.headers = '{"x-connect-api-key": 5}';
:whoami;
SET request.headers = '{"x-connect-api-key": {"x-connect-api-key": "x"}}';
:whoami;
SET request.headers = '{"x-connect-api-key": []}';
:whoami;
-- also one whose name is written in another way
SET request.headers = '{"x-connect-api-\u006bey": "x"}';
:whoami;
-- absent is another thing
SET request.headers = '{"x-other": {"x-connect-api-key": "x"}}';
:whoami;
SET request.headers = '{}';
:whoami;
SET request.headers = 'junk';
:whoami;
SET request.headers = '';
:whoami;
RESET request.headers;
-- a tenant that makes itself nobody gains nothing, for it is not the owner
RESET SESSION AUTHORIZATION;
GRANT SELECT, INSERT, UPDATE ON connect.connection TO regress_connect_source;
CREATE POLICY test_all ON connect.connection USING (true) WITH CHECK (true);
SET SESSION AUTHORIZATION regress_connect_source;
SET request.headers = '{"x-connect-api-key": "junk"}';
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_GHI789', 'org_DEF456');  -- fails
\echo :LAST_ERROR_SQLSTATE
-- permissions of a key bind functions and plain writes alike
\set k :readonly
:key
SELECT test.line(connect.get_connection('cxn_1'));
\set VERBOSITY terse
SELECT connect.update_connection(NULL);  -- fails: before it is looked at
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET name = 'Read only' WHERE id = 'cxn_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (destination_organization_id) VALUES ('org_GHI789');  -- fails
\echo :LAST_ERROR_SQLSTATE
\set k :writeonly
:key
SELECT connect.get_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.list_connections();  -- fails
SELECT connect.list_events();  -- fails
SELECT connect.get_organization();  -- fails
SELECT connect.list_scopes();  -- fails
:whoami;
SELECT test.line(connect.update_connection('cxn_1', 'Write only'));
\set VERBOSITY default
RESET request.headers;
RESET SESSION AUTHORIZATION;
DROP POLICY test_all ON connect.connection;
REVOKE SELECT, INSERT, UPDATE ON connect.connection FROM regress_connect_source;
-- revoking takes effect in the next statement of a session that used it
\set k :good
:key
SET ROLE regress_connect_nobody;
:whoami;
RESET ROLE;
SELECT connect.revoke_api_key(id) FROM connect.api_key WHERE name = 'good';
SET ROLE regress_connect_nobody;
:whoami;
RESET ROLE;
RESET request.headers;

-- roles: the current one by exact name, not the login, not those it is a member of
SET SESSION AUTHORIZATION regress_connect_member;
:whoami;
SET ROLE regress_connect_source;
:whoami;
SET ROLE regress_connect_destination;  -- fails
:whoami;
RESET ROLE;
:whoami;
RESET SESSION AUTHORIZATION;
-- a superuser is nobody, until a role is mapped
:whoami;
SET ROLE regress_connect_destination;
:whoami;
BEGIN;
SET LOCAL ROLE regress_connect_source;
:whoami;
COMMIT;
:whoami;
RESET ROLE;
-- mapping and unmapping are seen at once
SELECT connect.map_role('regress_connect_nobody', 'org_DEF456');
SET ROLE regress_connect_nobody;
:whoami;
RESET ROLE;
SELECT connect.unmap_role('regress_connect_nobody');
SET ROLE regress_connect_nobody;
:whoami;
RESET ROLE;

-- somebody's SECURITY DEFINER function acts for its owner, and gives nothing else away
GRANT CREATE ON SCHEMA test TO regress_connect_destination;
SET SESSION AUTHORIZATION regress_connect_destination;
CREATE FUNCTION test.lent() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT connect.current_organization_id()';
CREATE FUNCTION test.lent_activate(text) RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT test.line(connect.activate_connection($1))';
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.current_organization_id() AS before, test.lent() AS inside, connect.current_organization_id() AS after;
SELECT test.lent_activate('cxn_1');
:whoami;
RESET SESSION AUTHORIZATION;
DROP FUNCTION test.lent(), test.lent_activate(text);
REVOKE CREATE ON SCHEMA test FROM regress_connect_destination;

-- claims by path, as identity providers have them, and several organizations of one user
CREATE FUNCTION test.claims(path text, claims text, headers text = '') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM test.trust(path::text[]);
    PERFORM set_config('request.jwt.claims', claims, true), set_config('request.headers', headers, true);
    RETURN connect.current_organization_id();
END $$;
CREATE FUNCTION test.trust(path text[]) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    SELECT connect.trust_gateway('regress_connect_gateway', path) $$;
SET SESSION AUTHORIZATION regress_connect_gateway;
SELECT v.*, test.claims(path, claims, headers) AS acting FROM (VALUES
    ('{org_id}', '{"org_id": "org_ABC123"}', ''),
    ('{o,id}', '{"o": {"id": "org_ABC123", "rol": "admin"}}', ''),
    ('{o,id}', '{"o": "org_ABC123"}', ''),
    ('{o,id}', '{"o": [{"id": "org_ABC123"}]}', ''),
    ('{organization,*,id}', '{"organization": {"acme": {"id": "org_ABC123"}}}', ''),
    ('{organization,*,id}', '{"organization": {"acme": {"id": "org_ABC123"}, "b": {"id": "org_DEF456"}}}', ''),
    ('{organization,*,id}', '{"organization": {"acme": {"id": "org_ABC123"}, "b": {"id": "org_DEF456"}}}', '{"x-connect-organization-id": "org_DEF456"}'),
    ('{organization,*,id}', '{"organization": {"acme": {"id": "org_ABC123"}, "b": {}}}', '{"x-connect-organization-id": "org_ABC123"}'),
    ('{organization,*,id}', '{"organization": {}}', ''),
    ('{organization}', '{"organization": {"acme": {}}}', ''),
    ('{*}', '{"a": "org_ABC123", "b": "org_ABC123"}', ''),
    ('{https://acme.example/org}', '{"https://acme.example/org": "org_ABC123"}', ''),
    ('{orgs}', '{"orgs": ["org_ABC123"]}', ''),
    ('{orgs}', '{"orgs": ["org_ABC123", "org_DEF456"]}', ''),
    ('{orgs}', '{"orgs": ["org_ABC123", "org_DEF456"]}', '{"x-connect-organization-id": "org_DEF456"}'),
    ('{orgs}', '{"orgs": ["org_ABC123", "org_DEF456"]}', '{"x-connect-organization-id": "org_GHI789"}'),
    ('{orgs}', '{"orgs": ["org_ABC123", "org_DEF456"]}', '{"x-connect-organization-id": ""}'),
    ('{orgs}', '{"orgs": ["org_ABC123", "org_DEF456"]}', '{"x-connect-organization-id": ["org_DEF456"]}'),
    ('{orgs}', '{"orgs": ["org_ABC123", "org_DEF456"]}', '{"x-connect-organization-id": null}'),
    ('{orgs}', '{"orgs": ["org_ABC123", 5]}', '{"x-connect-organization-id": "org_ABC123"}'),
    ('{orgs}', '{"orgs": ["org_ABC123", ["org_DEF456"]]}', '{"x-connect-organization-id": "org_ABC123"}'),
    ('{orgs}', '{"orgs": []}', '{"x-connect-organization-id": "org_ABC123"}'),
    ('{orgs}', '{}', '{"x-connect-organization-id": "org_ABC123"}'),
    ('{orgs}', '{"orgs": "org_ABC123"}', '{"x-connect-organization-id": "org_ABC123"}'),
    ('{orgs}', '{"orgs": "org_ABC123"}', '{"x-connect-organization-id": "org_DEF456"}'),
    ('{orgs}', '{"orgs": ["org_ABC123", "org_nosuch"]}', '{"x-connect-organization-id": "org_nosuch"}'),
    ('{organization_id}', '{"organization_id": ["org_ABC123"]}', '')) AS v (path, claims, headers);
RESET SESSION AUTHORIZATION;
SELECT connect.trust_gateway('regress_connect_gateway', '{}');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.trust_gateway('regress_connect_gateway', '{a,NULL}');  -- fails
SELECT connect.trust_gateway('regress_connect_gateway', '{{a},{b}}');  -- fails
SELECT connect.trust_gateway('regress_connect_gateway', '{a}', '{}');  -- fails
SELECT connect.trust_gateway('regress_connect_gateway', NULL);  -- fails
-- who it was, by a path too
SELECT connect.trust_gateway('regress_connect_gateway', '{organization_id}', '{user,email}');
SET SESSION AUTHORIZATION regress_connect_gateway;
SET request.jwt.claims = '{"organization_id": "org_ABC123", "user": {"email": "jane@abc.example"}}';
SELECT test.line(connect.update_connection('cxn_1', 'Actor by a path'));
RESET request.jwt.claims;
RESET SESSION AUTHORIZATION;
SELECT connect.trust_gateway('regress_connect_gateway');
SELECT * FROM connect.gateway_role;
DROP FUNCTION test.claims, test.trust;

-- act_as: gateways only
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.act_as('org_DEF456');  -- fails: EXECUTE
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
GRANT EXECUTE ON FUNCTION connect.act_as TO regress_connect_source;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.act_as('org_DEF456');  -- fails: no gateway
\echo :LAST_ERROR_SQLSTATE
SELECT connect.act_as(NULL);  -- fails
RESET SESSION AUTHORIZATION;
REVOKE EXECUTE ON FUNCTION connect.act_as FROM regress_connect_source;
SELECT connect.act_as('org_DEF456');  -- fails: nor is a superuser
\echo :LAST_ERROR_SQLSTATE
-- the login counts, not the current role
SET ROLE regress_connect_gateway;
SELECT connect.act_as('org_DEF456');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;

SET SESSION AUTHORIZATION regress_connect_gateway;
-- outside a transaction block it ends with its own statement, and says so
SELECT connect.act_as('org_ABC123');
:whoami;
SELECT connect.act_as(NULL);
DO $$ BEGIN PERFORM connect.act_as('org_ABC123'); RAISE NOTICE '%', connect.current_organization_id(); END $$;
-- a key, whatever it is, or a role that stands for an organization goes before it
BEGIN;
SET LOCAL request.headers = '{"x-connect-api-key": "connect_nosuch"}';
SAVEPOINT s;
SELECT connect.act_as('org_ABC123');  -- fails
ROLLBACK TO s;
SELECT connect.act_as(NULL);
RESET request.headers;
SELECT connect.act_as('org_ABC123');
:whoami;
RESET SESSION AUTHORIZATION;
SELECT connect.map_role('regress_connect_gateway', 'org_DEF456');
SELECT code, severity, finding, remedy FROM connect.check_setup() WHERE code = 'gateway_mapped';
SET LOCAL SESSION AUTHORIZATION regress_connect_gateway;
SELECT connect.act_as('org_ABC123');  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
SET SESSION AUTHORIZATION regress_connect_gateway;
BEGIN;
SELECT connect.act_as('org_ABC123', 'usr_7');
:whoami;
SELECT test.line(connect.update_connection('cxn_1', 'Acting'));
-- it wins over claims, and survives what a user can reset
SET LOCAL request.jwt.claims = '{"organization_id": "org_DEF456"}';
:whoami;
RESET ALL;
:whoami;
SET connect.acting = 'org_DEF456';  -- fails
ROLLBACK;
BEGIN;
SELECT connect.act_as('org_ABC123');
SAVEPOINT a;
SELECT connect.act_as('org_DEF456');
:whoami;
ROLLBACK TO a;
:whoami;
SELECT connect.act_as('org_GHI789', 'cron job', 'service-account');
RELEASE a;
:whoami;
SELECT connect.act_as(NULL);
:whoami;
SELECT connect.act_as('org_ABC123');
COMMIT;
-- nothing is left for the next transaction on this connection
:whoami;
SELECT connect.get_organization();  -- fails
-- what act_as refuses
SELECT connect.act_as('org_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.act_as('');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.act_as('org_ABC123 user x');  -- fails
SELECT connect.act_as('org_ABC123', repeat('u', 256));  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.act_as('org_ABC123', 'x', 'User Type');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.act_as('org_ABC123', 'x', NULL);  -- fails
-- who in it acts, spaces and all
BEGIN;
SELECT connect.act_as('org_ABC123', '  a b  c', 'service-account');
SELECT test.line(connect.update_connection('cxn_1', 'Spaces'));
SELECT connect.act_as('org_ABC123', '');
SELECT test.line(connect.update_connection('cxn_1', 'Nobody in particular'));
COMMIT;
RESET SESSION AUTHORIZATION;
-- the setting itself is nobody's to set, not even a superuser's
SET connect.acting = 'org_DEF456';  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT set_config('connect.acting', 'org_DEF456', true);  -- fails
ALTER ROLE regress_connect_gateway SET connect.acting = 'org_DEF456';  -- fails
CREATE FUNCTION pg_temp.forge() RETURNS text LANGUAGE sql SET connect.acting = 'org_DEF456' AS 'SELECT connect.current_organization_id()';  -- fails
SET SESSION AUTHORIZATION regress_connect_gateway;
SET connect.acting = 'org_DEF456';  -- fails
\echo :LAST_ERROR_SQLSTATE
SET LOCAL connect.acting = '';  -- fails
RESET connect.acting;  -- fails
SET connect.actin = 'x';  -- fails: the prefix is taken
:whoami;
-- nor in a session in which nothing of connect has been called yet
\c -
SET connect.acting = 'org_DEF456';
SET SESSION AUTHORIZATION regress_connect_gateway;
SELECT connect.current_organization_id() AS "acting";
RESET SESSION AUTHORIZATION;
-- distrusted: claims count no more
SELECT connect.distrust_gateway('regress_connect_gateway');
SET SESSION AUTHORIZATION regress_connect_gateway;
SET request.jwt.claims = '{"organization_id": "org_ABC123"}';
SELECT connect.current_organization_id() AS "acting";
SELECT connect.act_as('org_ABC123');  -- fails
RESET SESSION AUTHORIZATION;
SELECT name, actor, actor_id LIKE 'api_%' AS by_key, actor_type FROM test.events() WHERE name LIKE '%key' OR name LIKE 'Write%';
SELECT name, actor, '[' || actor_id || ']' AS actor_id, actor_type FROM test.events() WHERE action = 'activate' OR name LIKE 'Act%' OR name LIKE 'Spa%' OR name LIKE 'Nobody%';
REVOKE ALL ON SCHEMA connect FROM regress_connect_member;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA connect FROM regress_connect_member;
DROP ROLE regress_connect_member;
