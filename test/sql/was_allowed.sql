-- was_allowed(): what the gate would have said at another time, by the history.
\set SHOW_CONTEXT never
\pset format unaligned
CALL test.reset();
CALL test.add('cxn_imported', 'active', source => 'org_DEF456', destination => 'org_ABC123');
SELECT connect.grant_share('regress_connect_destination'), connect.grant_share('regress_connect_third'),
    connect.grant_share('regress_connect_gateway'), connect.grant_share('regress_connect_nobody') \gset ignored_
CREATE TEMP TABLE moment (name text, at timestamptz);
GRANT ALL ON moment TO PUBLIC;
INSERT INTO moment SELECT 'before', clock_timestamp();
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_connection('org_DEF456', 'One', '{inquiry.read,account.read}') #>> '{data,id}' AS c1 \gset
INSERT INTO moment SELECT 'pending', clock_timestamp();
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT 1 AS done FROM connect.activate_connection(:'c1') \gset
INSERT INTO moment SELECT 'active', clock_timestamp();
SET SESSION AUTHORIZATION regress_connect_source;
SELECT 1 AS done FROM connect.update_connection(:'c1', scopes => '{account.read}') \gset
INSERT INTO moment SELECT 'narrowed', clock_timestamp();
SELECT 1 AS done FROM connect.deactivate_connection(:'c1') \gset
INSERT INTO moment SELECT 'inactive', clock_timestamp();
SELECT 1 AS done FROM connect.reactivate_connection(:'c1') \gset
RESET SESSION AUTHORIZATION;

CREATE TEMPORARY VIEW answers AS
SELECT name, connect.was_allowed('org_ABC123', 'org_DEF456', 'inquiry.read', at) AS inquiries,
    connect.was_allowed('org_ABC123', 'org_DEF456', 'account.read', at) AS accounts,
    connect.was_allowed('org_ABC123', 'org_DEF456', NULL, at) AS any_scope,
    connect.was_allowed('org_ABC123', 'org_DEF456', 'verification.read', at) AS other,
    connect.was_allowed('org_DEF456', 'org_ABC123', NULL, at) AS opposite,
    connect.was_allowed('org_ABC123', 'org_GHI789', NULL, at) AS nobody
FROM moment;
SELECT * FROM pg_temp.answers;
-- as one of the two; an outsider, and nobody, get no
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT string_agg(name, ' ') FROM moment WHERE connect.was_allowed('org_ABC123', 'org_DEF456', 'account.read', at);
SET SESSION AUTHORIZATION regress_connect_third;
SELECT string_agg(name, ' ') FROM moment WHERE connect.was_allowed('org_ABC123', 'org_DEF456', 'account.read', at);
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT string_agg(name, ' ') FROM moment WHERE connect.was_allowed('org_ABC123', 'org_DEF456', 'account.read', at);
SET SESSION AUTHORIZATION regress_connect_gateway;
SELECT string_agg(name, ' ') FROM moment WHERE connect.was_allowed('org_ABC123', 'org_DEF456', 'account.read', at);
SELECT connect.act_as('org_GHI789');
RESET SESSION AUTHORIZATION;
-- exactly at the time of an event it has happened
SELECT e.action, connect.was_allowed('org_ABC123', 'org_DEF456', NULL, e.created_at) AS at,
    connect.was_allowed('org_ABC123', 'org_DEF456', NULL, e.created_at - interval '1 microsecond') AS before
FROM connect.event AS e ORDER BY e.id;
-- a term in the event ends it, whenever that was recorded
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE connect.event SET expires_at = (SELECT at FROM moment WHERE name = 'active') WHERE action = 'activate';
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, expires_at) AS at, connect.was_allowed('org_ABC123', 'org_DEF456', NULL, expires_at - interval '1 microsecond') AS before
FROM connect.event WHERE action = 'activate';
ROLLBACK;
-- without its index the history is read from end to end
BEGIN;
DROP INDEX connect.event_subject_idx;
SELECT string_agg(name, ' ') FROM pg_temp.answers WHERE accounts;
UPDATE connect.connection SET name = 'Uno' WHERE id = :'c1';
SELECT string_agg(action, ' ' ORDER BY id) FROM connect.event;
SELECT * FROM connect.verify_history();
ROLLBACK;

SELECT connect.was_allowed(NULL, 'org_DEF456', NULL, now()), connect.was_allowed('org_ABC123', NULL, NULL, now()),
    connect.was_allowed('not an id', 'org_DEF456', NULL, now()), connect.was_allowed('org_ABC123', 'org_DEF456', NULL, '-infinity');
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, NULL);  -- fails
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, now() + interval '1 hour');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, 'infinity');  -- fails
SET ROLE regress_connect_source;
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, now());  -- fails
RESET ROLE;
REVOKE EXECUTE ON FUNCTION connect.was_allowed, connect.require_allowed, connect.explain_access
FROM regress_connect_destination, regress_connect_third, regress_connect_gateway, regress_connect_nobody;
