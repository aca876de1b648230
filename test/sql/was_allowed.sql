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

-- From now on it is active again. For the present it says what the gate says, whoever asks, of every pair and scope:
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT 1 AS done FROM connect.activate_connection(:'c1') \gset
RESET SESSION AUTHORIZATION;
INSERT INTO moment SELECT 'again', clock_timestamp();
INSERT INTO connect.scope (name, description) VALUES ('gone.read', 'Nobody grants it.');
CREATE FUNCTION pg_temp.differ() RETURNS TABLE (allowed bigint, differ bigint) LANGUAGE sql AS $$
    SELECT count(*) FILTER (WHERE is_allowed), count(*) FILTER (WHERE is_allowed <> was_allowed)
    FROM (SELECT connect.is_allowed(s.id, d.id, k), connect.was_allowed(s.id, d.id, k, statement_timestamp())
        FROM (VALUES ('org_ABC123'), ('org_DEF456'), ('org_GHI789')) AS s (id), (VALUES ('org_ABC123'), ('org_DEF456'), ('org_GHI789')) AS d (id),
            unnest('{NULL,account.read,inquiry.read,verification.read,gone.read,nosuch.read}'::text[]) AS k
        WHERE (s.id, d.id) <> ('org_DEF456', 'org_ABC123')) AS answers
$$;
SELECT * FROM pg_temp.differ();
-- A scope that is retired: the gate is shut at once, and the history from its time on.
BEGIN;
UPDATE connect.scope SET retired_at = m.at FROM moment AS m WHERE scope.name = 'account.read' AND m.name = 'narrowed';
SELECT name, accounts, any_scope FROM pg_temp.answers WHERE any_scope;
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', 'account.read', at - interval '1 microsecond') AS before,
    connect.was_allowed('org_ABC123', 'org_DEF456', 'account.read', at) AS at FROM moment WHERE name = 'narrowed';
SELECT * FROM pg_temp.differ();
SET LOCAL ROLE regress_connect_destination;
SELECT string_agg(name, ' ') FROM moment WHERE connect.was_allowed('org_ABC123', 'org_DEF456', 'account.read', at);
RESET ROLE;
-- what is dated ahead has begun by now, and one of all times shuts all of them
UPDATE connect.scope SET retired_at = 'infinity' WHERE name = 'account.read';
SELECT string_agg(name, ' ') FROM pg_temp.answers WHERE accounts;
SELECT * FROM pg_temp.differ();
UPDATE connect.scope SET retired_at = '-infinity' WHERE name = 'account.read';
SELECT string_agg(name, ' ') FROM pg_temp.answers WHERE accounts;
SELECT * FROM pg_temp.differ();
-- of a retirement that was taken back, nothing is known
UPDATE connect.scope SET retired_at = NULL WHERE name = 'account.read';
SELECT string_agg(name, ' ') FROM pg_temp.answers WHERE accounts;
SELECT * FROM pg_temp.differ();
ROLLBACK;
-- A scope that is gone: it was granted as the history says, and is not now.
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM connect.scope WHERE name = 'inquiry.read';
SET LOCAL session_replication_role = origin;
SELECT string_agg(name, ' ') FROM pg_temp.answers WHERE inquiries;
SELECT * FROM pg_temp.differ();
ROLLBACK;
-- A lapse is one from its time on, whether it is recorded yet or not.
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE connect.connection SET expires_at = m.at FROM moment AS m WHERE connection.id = :'c1' AND m.name = 'again';
UPDATE connect.event SET expires_at = m.at FROM moment AS m WHERE event.id = (SELECT max(id) FROM connect.event) AND m.name = 'again';
SET LOCAL session_replication_role = origin;
SELECT status FROM connect.connection WHERE id = :'c1';
\set lapse 'SELECT connect.was_allowed(''org_ABC123'', ''org_DEF456'', NULL, at - interval ''1 microsecond'') AS before, connect.was_allowed(''org_ABC123'', ''org_DEF456'', NULL, at) AS at, connect.was_allowed(''org_ABC123'', ''org_DEF456'', NULL, now()) AS now FROM moment WHERE name = ''again'';'
:lapse
SELECT * FROM pg_temp.differ();
SELECT connect.expire_due();
SELECT action, to_status, effective_at = m.at AS effective, created_at > m.at AS later FROM connect.event AS e, moment AS m WHERE m.name = 'again' ORDER BY e.id DESC LIMIT 1;
:lapse
SELECT * FROM pg_temp.differ();
ROLLBACK;
-- An organization that is retired: its Connections end with it, and what was before stays; it asks no more.
BEGIN;
UPDATE connect.organization SET retired_at = '2001-01-01' WHERE id = 'org_DEF456';
SELECT string_agg(name, ' ') FROM pg_temp.answers WHERE any_scope;
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, created_at - interval '1 microsecond') AS before,
    connect.was_allowed('org_ABC123', 'org_DEF456', NULL, created_at) AS at FROM connect.event
    WHERE subject_id = :'c1' ORDER BY id DESC LIMIT 1;
SELECT * FROM pg_temp.differ();
SET LOCAL ROLE regress_connect_destination;
SELECT string_agg(name, ' ') FROM moment WHERE connect.was_allowed('org_ABC123', 'org_DEF456', NULL, at);
ROLLBACK;
-- A gateway that has said for whom it acts hears what that one hears; with a claim that names nobody, nothing.
SET SESSION AUTHORIZATION regress_connect_gateway;
\set asked 'SELECT string_agg(name, '' '') AS allowed FROM moment WHERE connect.was_allowed(''org_ABC123'', ''org_DEF456'', NULL, at);'
:asked
BEGIN; SELECT connect.act_as('org_DEF456'); :asked SELECT * FROM pg_temp.differ(); COMMIT;
BEGIN; SELECT connect.act_as('org_GHI789'); :asked SELECT * FROM pg_temp.differ(); COMMIT;
BEGIN; SET LOCAL request.jwt.claims = '{"organization_id": "org_ABC123"}'; :asked COMMIT;
BEGIN; SET LOCAL request.jwt.claims = '{"organization_id": "org_GHI789"}'; :asked COMMIT;
BEGIN; SET LOCAL request.jwt.claims = '{}'; :asked COMMIT;
RESET SESSION AUTHORIZATION;
DELETE FROM connect.scope WHERE name = 'gone.read';

SELECT connect.was_allowed(NULL, 'org_DEF456', NULL, now()), connect.was_allowed('org_ABC123', NULL, NULL, now()),
    connect.was_allowed('not an id', 'org_DEF456', NULL, now()), connect.was_allowed('org_ABC123', 'org_DEF456', NULL, '-infinity');
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, NULL);  -- fails
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, now() + interval '1 hour');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, 'infinity');  -- fails
BEGIN;
REVOKE EXECUTE ON FUNCTION connect.was_allowed FROM regress_connect_source;
SET LOCAL ROLE regress_connect_source;
SELECT connect.was_allowed('org_ABC123', 'org_DEF456', NULL, now());  -- fails
ROLLBACK;
REVOKE EXECUTE ON FUNCTION connect.was_allowed, connect.require_allowed, connect.explain_access
FROM regress_connect_destination, regress_connect_third, regress_connect_gateway, regress_connect_nobody;
