-- Breaking in as a role without privileges; what each grant opens; row security.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'pending', 'One');
CALL test.add('cxn_2', 'active', 'Two', source => 'org_GHI789', destination => 'org_ABC123');

-- nothing is PUBLIC's
SET SESSION AUTHORIZATION regress_connect_stranger;
SELECT connect.current_organization_id();  -- fails
SELECT connect.list_connections();  -- fails
SELECT connect.check_setup();  -- fails
SELECT * FROM connect.connection;  -- fails
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA connect TO regress_connect_stranger;
SET SESSION AUTHORIZATION regress_connect_stranger;
SELECT connect.current_organization_id();  -- fails
SELECT connect.act_as('org_ABC123');  -- fails
SELECT connect.create_store();  -- fails
SELECT connect.register_organization('org_evil', 'Evil');  -- fails
SELECT connect.map_role('regress_connect_stranger', 'org_ABC123');  -- fails
SELECT * FROM connect.create_api_key('org_ABC123', 'evil');  -- fails
SELECT * FROM connect.api_key;  -- fails
INSERT INTO connect.organization_role VALUES ('regress_connect_stranger', 'org_ABC123');  -- fails
CREATE TABLE connect.planted (id int);  -- fails
-- a guard on a table of one's own could be fed with anything
CREATE TEMP TABLE event (id text);
CREATE TRIGGER t BEFORE INSERT ON pg_temp.event FOR EACH ROW EXECUTE FUNCTION connect.guard_event();  -- fails
CREATE TRIGGER t AFTER INSERT ON connect.connection FOR EACH ROW EXECUTE FUNCTION connect.record_event();  -- fails
DROP TABLE pg_temp.event;
RESET SESSION AUTHORIZATION;
SELECT p.oid::regprocedure::text COLLATE "C" AS "open to everybody" FROM pg_proc AS p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
WHERE p.pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace) AND a.grantee = 0 ORDER BY 1;
SELECT c.relname FROM pg_class AS c, aclexplode(c.relacl) AS a
WHERE c.relnamespace = 'connect'::regnamespace AND a.grantee <> c.relowner ORDER BY 1;

-- what each grant opens, and nothing else
CREATE FUNCTION pg_temp.opened() RETURNS TABLE (function text) LANGUAGE sql AS $$
    SELECT n.nspname || '.' || p.proname FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('connect', 'connect_api') AND has_function_privilege('regress_connect_stranger', p.oid, 'EXECUTE')
        AND has_schema_privilege('regress_connect_stranger', n.oid, 'USAGE')
        -- the gate and the handlers come with issues of their own
        AND p.proname NOT IN ('is_allowed', 'allowed_sources', 'explain_access', 'require_allowed') AND n.nspname = 'connect'
    ORDER BY n.nspname COLLATE "C", p.proname COLLATE "C"
$$;
REVOKE USAGE ON SCHEMA connect FROM regress_connect_stranger;
\set ON_ERROR_ROLLBACK on
BEGIN; SELECT connect.grant_check('regress_connect_stranger') \gset
SELECT * FROM pg_temp.opened(); ROLLBACK;
BEGIN; SELECT connect.grant_read('regress_connect_stranger') \gset
SELECT * FROM pg_temp.opened(); ROLLBACK;
BEGIN; SELECT connect.grant_usage('regress_connect_stranger') \gset
SELECT * FROM pg_temp.opened(); ROLLBACK;
BEGIN; SELECT connect.grant_share('regress_connect_stranger') \gset
SELECT * FROM pg_temp.opened(); ROLLBACK;
BEGIN; SELECT connect.grant_http('regress_connect_stranger') \gset
SELECT * FROM pg_temp.opened();
SELECT has_schema_privilege('regress_connect_stranger', 'connect_api', 'USAGE') AS http; ROLLBACK;
BEGIN; SELECT connect.trust_gateway('regress_connect_stranger') \gset
SELECT * FROM pg_temp.opened(); SELECT connect.distrust_gateway('regress_connect_stranger') \gset
SELECT count(*) FROM pg_temp.opened(); ROLLBACK;
SELECT connect.grant_usage('regress_connect_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.grant_usage('public');  -- fails
SELECT connect.grant_usage(NULL);  -- fails
\echo :LAST_ERROR_SQLSTATE
-- no grant opens a table
SET SESSION AUTHORIZATION regress_connect_source;
SELECT * FROM connect.connection;  -- fails
SELECT * FROM connect.event;  -- fails
UPDATE connect.connection SET status = 'active';  -- fails
-- a role with a grant cannot pass it on
SELECT connect.grant_usage('regress_connect_stranger');  -- fails
RESET SESSION AUTHORIZATION;

-- row security, table by table, for a DBA who opens all of them
SELECT connect.create_api_key('org_ABC123', 'key') IS NULL AS f \gset
GRANT SELECT ON ALL TABLES IN SCHEMA connect TO regress_connect_source, regress_connect_nobody;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT 1 AS done FROM connect.deactivate_connection('cxn_1') \gset
SET SESSION AUTHORIZATION regress_connect_third;
SELECT 1 AS done FROM connect.deactivate_connection('cxn_2') \gset
SELECT 1 AS done FROM connect.create_connection('org_DEF456') \gset
SET SESSION AUTHORIZATION regress_connect_source;
SELECT 'connection' AS "table", string_agg(id, ' ' ORDER BY id) AS rows FROM connect.connection
UNION ALL SELECT 'event', string_agg(connection_id, ' ' ORDER BY id) FROM connect.event
UNION ALL SELECT 'organization', string_agg(id, ' ' ORDER BY id) FROM connect.organization
UNION ALL SELECT 'scope', count(*)::text FROM connect.scope
UNION ALL SELECT 'organization_role', count(*)::text FROM connect.organization_role
UNION ALL SELECT 'gateway_role', count(*)::text FROM connect.gateway_role
UNION ALL SELECT 'api_key', count(*)::text FROM connect.api_key
UNION ALL SELECT 'idempotency', count(*)::text FROM connect.idempotency;
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT count(*) FROM connect.connection;
SELECT count(*) FROM connect.event;
SELECT count(*) FROM connect.organization;
RESET SESSION AUTHORIZATION;
REVOKE SELECT ON ALL TABLES IN SCHEMA connect FROM regress_connect_source, regress_connect_nobody;

-- a search_path full of traps changes nothing
CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
CREATE FUNCTION evil.trap(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped as %'', current_user; END';
CREATE OPERATOR evil.= (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap);
CREATE OPERATOR evil.<> (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap);
CREATE OPERATOR evil.< (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap);
CREATE OPERATOR evil.> (LEFTARG = text, RIGHTARG = text, FUNCTION = evil.trap);
CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN RAISE ''trapped as %'', current_user; END';
CREATE DOMAIN evil.text AS pg_catalog.text CHECK (evil.trap(VALUE::pg_catalog.text, 'x'));
CREATE TABLE evil.connection (id int);
\c -
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
SET SESSION AUTHORIZATION regress_connect_source;
SET search_path = evil, pg_catalog;
SELECT test.line(connect.create_connection('org_DEF456', 'x'));  -- fails: it exists
\echo :LAST_ERROR_SQLSTATE
SELECT test.line(connect.create_connection('org_ABC123', 'Safe'));
SELECT test.line(connect.reactivate_connection('cxn_1'));
SELECT test.line(connect.update_connection('cxn_1', 'Safe', '{inquiry.read}'));
SELECT pg_catalog.jsonb_array_length(connect.list_connections('pending', page_size => 1) -> 'data') AS n;
SELECT pg_catalog.jsonb_array_length(connect.list_connections(page_after => 'cxn_2') -> 'data') AS n;
SELECT pg_catalog.jsonb_array_length(connect.list_events('cxn_1') -> 'data') AS n;
SELECT pg_catalog.jsonb_array_length(connect.list_scopes() -> 'data') AS n;
RESET SESSION AUTHORIZATION;
SELECT 1 AS done FROM connect.create_api_key('org_ABC123', 'x') \gset
SELECT connect.register_organization('org_ABC123', 'Acme');
SELECT connect.prune_idempotency();
SELECT pg_catalog.count(*) FROM connect.check_setup() WHERE severity OPERATOR(pg_catalog.=) 'error'::pg_catalog.text;
RESET search_path;
SET client_min_messages = warning;
DROP SCHEMA evil CASCADE;
