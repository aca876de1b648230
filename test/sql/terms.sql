-- Terms: offers that lapse, and sharing that ends by itself, whatever the row still says.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CREATE PROCEDURE test.terms(connection_id text, new_respond_by timestamptz, new_expires_at timestamptz) LANGUAGE sql
SET session_replication_role = replica AS $$
    UPDATE connect.connection SET respond_by = new_respond_by, expires_at = new_expires_at WHERE id = connection_id;
$$;
CREATE FUNCTION pg_temp.told(document jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', document #>> '{data,attributes,status}', document #> '{data,meta,allowed-actions}', document #>> '{data,meta,ended}')
$$;
CREATE FUNCTION pg_temp.history(id text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', action, coalesce(from_status, '-'), to_status, coalesce(actor_id, '(nobody)'), reason,
        CASE WHEN effective_at IS NOT NULL THEN 'effective in the past: ' || (effective_at < created_at) END)
    FROM connect.event WHERE subject_id = $1 ORDER BY event.id
$$;
SET SESSION AUTHORIZATION regress_connect_source;
-- as they are set and shown
SELECT connect.create_connection('org_GHI789', respond_by => '2999-01-01 00:00Z', expires_at => 'infinity') #> '{data,attributes}' ->> 'respond-by' AS respond_by;
SELECT connect.create_connection('org_ABC123', expires_at => '2000-01-01');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_connection('org_ABC123', respond_by => '-infinity');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_connection('org_ABC123', expires_at => '10000-01-01 00:00Z');  -- fails
SELECT connect.create_connection('org_ABC123', expires_at => '9999-12-31 23:59:59.999999Z') #>> '{data,attributes,expires-at}' AS expires_at;
RESET SESSION AUTHORIZATION;
SELECT destination_organization_id, respond_by IS NULL AS no_respond_by, expires_at IS NULL AS no_expires_at FROM connect.connection ORDER BY 1;

CALL test.add('cxn_p', 'pending', source => 'org_ABC123', destination => 'org_DEF456');
CALL test.terms('cxn_p', now() - interval '1 hour', NULL);
CALL test.add('cxn_a', 'active', source => 'org_DEF456', destination => 'org_ABC123');
CALL test.terms('cxn_a', now() - interval '2 hours', now() - interval '1 hour');
-- the row says one thing, everything else the other
SELECT id, status, connect.effective_status(c) FROM connect.connection AS c WHERE id IN ('cxn_p', 'cxn_a') ORDER BY id;
SELECT connect.effective_status(o) FROM connect.organization AS o LIMIT 1;  -- fails
SELECT connect.effective_status(jsonb_populate_record(NULL::connect.connection, '{"id": "cxn_p", "expires_at": "2001-01-01"}')) IS NULL AS none;
SELECT connect.is_allowed('org_DEF456', 'org_ABC123'), connect.explain_access('org_DEF456', 'org_ABC123'), connect.explain_access('org_ABC123', 'org_DEF456');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT pg_temp.told(connect.get_connection('cxn_p')), pg_temp.told(connect.get_connection('cxn_a'));
SELECT connect.deactivate_connection('cxn_p');  -- fails
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.activate_connection('cxn_p');  -- fails
RESET SESSION AUTHORIZATION;
SELECT pg_temp.history('cxn_p');
-- a change of something else records it
BEGIN;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT pg_temp.told(connect.update_connection('cxn_p', 'New name'));
RESET SESSION AUTHORIZATION;
SELECT id, status, name FROM connect.connection WHERE id = 'cxn_p';
SELECT pg_temp.history('cxn_p');
ROLLBACK;
-- as does one that changes nothing, and only once
BEGIN;
UPDATE connect.connection SET name = name WHERE id IN ('cxn_p', 'cxn_a');
UPDATE connect.connection SET name = name WHERE id IN ('cxn_p', 'cxn_a');
SELECT pg_temp.history('cxn_p'), pg_temp.history('cxn_a');
SELECT status FROM connect.connection WHERE id IN ('cxn_p', 'cxn_a');
ROLLBACK;
-- offering it again clears the term that has passed
BEGIN;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT pg_temp.told(connect.reactivate_connection('cxn_p', 'Once more.'));
RESET SESSION AUTHORIZATION;
SELECT status, respond_by, expires_at FROM connect.connection WHERE id = 'cxn_p';
SELECT pg_temp.history('cxn_p');
ROLLBACK;
-- or has new ones
BEGIN;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.reactivate_connection('cxn_p', respond_by => '2999-01-01 00:00Z') #>> '{data,attributes,respond-by}' AS respond_by;
ROLLBACK;
-- by plain UPDATE: an active one goes to pending in one statement, an offer that lapsed in two
BEGIN;
UPDATE connect.connection SET status = 'pending' WHERE id IN ('cxn_a', 'cxn_p');
SELECT id, status, respond_by IS NULL AND expires_at IS NULL AS no_terms FROM connect.connection WHERE id IN ('cxn_a', 'cxn_p') ORDER BY id;
UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_p';
SELECT id, status, respond_by IS NULL AND expires_at IS NULL AS no_terms FROM connect.connection WHERE id = 'cxn_p';
SELECT pg_temp.history('cxn_a');
SELECT pg_temp.history('cxn_p');
ROLLBACK;
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_a';  -- leaves what it says: it lapses
SELECT status FROM connect.connection WHERE id = 'cxn_a';
-- a later term leaves it ended
SET SESSION AUTHORIZATION regress_connect_source;
SELECT pg_temp.told(connect.update_connection('cxn_p', respond_by => 'infinity', expires_at => '2999-01-01 00:00Z'));
SELECT pg_temp.told(connect.update_connection('cxn_p', expires_at => 'infinity'));
RESET SESSION AUTHORIZATION;
SELECT status, respond_by, expires_at FROM connect.connection WHERE id = 'cxn_p';
SELECT pg_temp.history('cxn_p');
-- terms of what stands are changed alone, not with the status
UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_p';
UPDATE connect.connection SET status = 'active', expires_at = '2999-01-01' WHERE id = 'cxn_p';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET expires_at = '2000-01-01' WHERE id = 'cxn_p';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET expires_at = clock_timestamp() WHERE id = 'cxn_p';  -- fails
-- a term that passes between two statements of a session that has asked before
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_p';
UPDATE connect.connection SET expires_at = clock_timestamp() + interval '1 second' WHERE id = 'cxn_p';
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
SELECT pg_sleep(1.1);
SELECT connect.is_allowed('org_ABC123', 'org_DEF456'), connect.explain_access('org_ABC123', 'org_DEF456');
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
COMMIT;
SELECT connect.require_allowed('org_ABC123', 'org_DEF456');  -- fails
CALL test.reset();
-- two changes by one statement would have their events in the wrong order
CALL test.reset();
GRANT SELECT, UPDATE ON connect.connection TO regress_connect_source;
CALL test.add('cxn_p', 'pending', source => 'org_ABC123', destination => 'org_DEF456');
CALL test.add('cxn_a', 'active', source => 'org_ABC123', destination => 'org_GHI789');
CALL test.terms('cxn_p', NULL, now() - interval '1 hour');
SET SESSION AUTHORIZATION regress_connect_source;
WITH first AS (UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_p' RETURNING id)
SELECT pg_temp.told(connect.reactivate_connection(id)) FROM first;  -- fails
WITH first AS (UPDATE connect.connection SET name = 'New name' WHERE id = 'cxn_a' RETURNING id)
SELECT pg_temp.told(connect.deactivate_connection(id)) FROM first;  -- fails
RESET SESSION AUTHORIZATION;
REVOKE SELECT, UPDATE ON connect.connection FROM regress_connect_source;
SELECT count(*) FROM connect.event;
-- lists go by the clock too, and expire_due() makes the rows say so
CALL test.reset();
CALL test.add('cxn_1', 'pending', source => 'org_ABC123', destination => 'org_DEF456');
CALL test.add('cxn_2', 'active', source => 'org_DEF456', destination => 'org_ABC123');
CALL test.add('cxn_3', 'active', source => 'org_ABC123', destination => 'org_GHI789');
CALL test.add('cxn_4', 'pending', source => 'org_GHI789', destination => 'org_ABC123');
CALL test.terms('cxn_1', now() - interval '1 hour', NULL);
CALL test.terms('cxn_2', NULL, now() - interval '1 hour');
CALL test.terms('cxn_3', now() - interval '1 hour', now() + interval '3 days');
CALL test.terms('cxn_4', now() + interval '5 days', NULL);
CREATE FUNCTION pg_temp.ids(document jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', c ->> 'id', c #>> '{attributes,status}'), ', ' ORDER BY c ->> 'id') FROM jsonb_array_elements(document -> 'data') AS c
$$;
-- the rows that replicated writers changed are followed as well
SELECT id, ends_at < now() AS passed FROM connect.open_term ORDER BY id;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT pg_temp.ids(connect.list_connections()) AS all, pg_temp.ids(connect.list_connections('pending')) AS pending,
    pg_temp.ids(connect.list_connections('active')) AS active, pg_temp.ids(connect.list_connections('inactive')) AS inactive;
SELECT pg_temp.ids(connect.list_connections(expires_before => now() + interval '4 days')) AS in_4_days,
    pg_temp.ids(connect.list_connections(expires_before => now() + interval '7 days')) AS in_7_days,
    pg_temp.ids(connect.list_connections('pending', expires_before => now() + interval '7 days')) AS pending,
    pg_temp.ids(connect.list_connections('inactive', expires_before => now() + interval '7 days')) AS inactive,
    pg_temp.ids(connect.list_connections(direction => 'inbound', expires_before => now() + interval '7 days')) AS inbound;
SELECT connect.list_connections(expires_before => 'infinity');  -- fails
SELECT connect.expire_due();  -- fails
RESET SESSION AUTHORIZATION;
SELECT connect.expire_due(0);  -- fails
SELECT connect.expire_due(NULL);  -- fails
SELECT connect.expire_due(1);
SELECT connect.expire_due(), connect.expire_due();
SELECT id, status FROM connect.connection ORDER BY id;
SELECT pg_temp.history('cxn_1'), pg_temp.history('cxn_2'), pg_temp.history('cxn_3');
SELECT id FROM connect.open_term ORDER BY id;
INSERT INTO connect.open_term SELECT * FROM connect.open_term;  -- fails
DELETE FROM connect.open_term;  -- fails
TRUNCATE connect.open_term;  -- fails
UPDATE connect.connection SET expires_at = NULL WHERE id = 'cxn_3';
UPDATE connect.connection SET respond_by = respond_by + interval '1 day', expires_at = '2999-01-01' WHERE id = 'cxn_4';
SELECT t.id, t.ends_at = c.respond_by AS by_answer FROM connect.open_term AS t JOIN connect.connection AS c USING (id) ORDER BY id;
-- a term at infinity is none, by a plain statement as by the function
CALL test.reset();
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, respond_by, expires_at)
    VALUES ('cxn_never', 'org_ABC123', 'org_GHI789', 'infinity', 'infinity')
    RETURNING respond_by IS NULL AS no_respond_by, expires_at IS NULL AS no_expires_at;
-- an organization is retired: what has ended by itself is not ended again
CALL test.add('cxn_a', 'active', source => 'org_ABC123', destination => 'org_DEF456');
CALL test.add('cxn_p', 'pending', source => 'org_DEF456', destination => 'org_ABC123');
CALL test.terms('cxn_a', NULL, now() - interval '1 hour');
UPDATE connect.organization SET retired_at = now() WHERE id = 'org_DEF456';
SELECT id, status FROM connect.connection ORDER BY id;
SELECT subject_id, action, from_status, to_status, reason FROM connect.event
    WHERE subject_id IN ('cxn_a', 'cxn_p') ORDER BY subject_id, event.id;
UPDATE connect.organization SET retired_at = NULL WHERE id = 'org_DEF456';
