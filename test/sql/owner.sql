-- The owner's and superusers' use of the functions, where nobody is acting.
\set VERBOSITY terse
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'pending', 'Offer');
CALL test.add('cxn_2', 'active', source => 'org_GHI789', destination => 'org_DEF456');
SELECT connect.grant_usage('regress_connect_owner');
SELECT connect.create_api_key('org_ABC123', 'key') IS NULL AS f, connect.trust_gateway('regress_connect_owner') \gset
CREATE ROLE regress_connect_member IN ROLE regress_connect_owner;
\set events 'SELECT connection_id, action, actor_organization_id AS actor, actor_id = current_user AS own, actor_type, reason FROM connect.event ORDER BY id;'

-- the superuser, the owner and its members, each for both parties
SELECT test.line(connect.get_connection('cxn_1'));
SELECT test.line(connect.activate_connection('cxn_1', 'On behalf of both.', '{account.read,inquiry.read}'));
SELECT test.line(connect.update_connection('cxn_1', 'Named', '{account.read,inquiry.read,verification.read}'));
SELECT test.line(connect.deactivate_connection('cxn_1', 'Offer lapsed.'));
:events
SET ROLE regress_connect_owner;
SELECT test.line(connect.reactivate_connection('cxn_1', 'By the owner.'));
RESET ROLE;
SET ROLE regress_connect_member;
SELECT test.line(connect.deactivate_connection('cxn_1', 'By a member.'));
RESET ROLE;
SELECT action, actor_organization_id AS actor, actor_id, actor_type, reason FROM connect.event WHERE actor_id LIKE 'regress%' ORDER BY id;
-- the rules hold
SELECT connect.activate_connection('cxn_1');  -- fails
SELECT connect.get_connection('cxn_nosuch');  -- fails
SELECT connect.deactivate_connection('cxn_2', repeat('x', 1001));  -- fails
SELECT connect.update_connection('cxn_2', scopes => '{no.such}');  -- fails

-- all events, in pages, of whomever
SELECT connect.deactivate_connection('cxn_2') IS NULL AS f \gset
SELECT e #>> '{attributes,connection-id}' AS connection, e #>> '{attributes,action}' AS action, e #>> '{attributes,actor-type}' AS actor_type FROM jsonb_array_elements(connect.list_events() -> 'data') AS e;
SELECT count(*) FROM jsonb_array_elements(connect.list_events('cxn_2') -> 'data');
SELECT jsonb_array_length(p -> 'data') AS size, p #>> '{links,prev}' AS prev, (p #>> '{links,next}') IS NOT NULL AS next, p #>> '{data,1,id}' AS cursor FROM connect.list_events(page_size => 2) AS p \gset
SELECT :size AS size, :'next' AS next;
SELECT e #>> '{attributes,action}' AS action FROM jsonb_array_elements(connect.list_events(page_size => 2, page_after => :'cursor') -> 'data') AS e;
SELECT e #>> '{attributes,action}' AS action FROM jsonb_array_elements(connect.list_events(page_before => :'cursor') -> 'data') AS e;

-- what needs an organization
SELECT connect.create_connection('org_DEF456');  -- fails
SELECT connect.list_connections();  -- fails
SELECT connect.get_organization();  -- fails
\echo :LAST_ERROR_SQLSTATE
-- what rules it out: a key of any kind, claims of any kind, an organization that is acting, or was
SET request.headers = '{"x-connect-api-key": "junk"}';
SELECT connect.get_connection('cxn_1');  -- fails
SET request.headers = '{"x-other": "junk"}';
SELECT test.line(connect.get_connection('cxn_1'));
RESET request.headers;
SET request.jwt.claims = '{}';
SELECT connect.get_connection('cxn_1');  -- fails
SET request.jwt.claims = 'junk';
SELECT connect.deactivate_connection('cxn_1');  -- fails
SET request.jwt.claims = '';
SELECT test.line(connect.get_connection('cxn_1'));
RESET request.jwt.claims;
SET SESSION AUTHORIZATION regress_connect_owner;
BEGIN;
SELECT connect.act_as('org_ABC123');
SELECT connect.get_connection('cxn_2');  -- fails: of others
ROLLBACK;
SELECT test.line(connect.get_connection('cxn_2'));
RESET SESSION AUTHORIZATION;
BEGIN;
SELECT connect.map_role('regress_connect_owner', 'org_ABC123');
SET ROLE regress_connect_owner;
SELECT connect.get_connection('cxn_2');  -- fails: of others
ROLLBACK;
-- nobody else, and never over HTTP
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.get_connection('cxn_1');  -- fails
SET SESSION AUTHORIZATION regress_connect_gateway;
SELECT connect.deactivate_connection('cxn_1');  -- fails
RESET SESSION AUTHORIZATION;
SET request.headers = '{"x-connect-id": "cxn_1"}';
SELECT connect_api.get_connection() #>> '{errors,0,code}' AS answer;
SELECT connect_api.list_events() #>> '{errors,0,code}' AS answer;
RESET request.headers;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA connect FROM regress_connect_owner;
DROP ROLE regress_connect_member;
SELECT connect.upgrade_store();
CALL test.reset();
