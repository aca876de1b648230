-- What the life of Connections does to share tokens: terms, retirement, the history, forgetting.
\getenv tests PG_ABS_SRCDIR
\set world :tests '/sql/share_world.psql'
\i :world

-- a Connection whose term has passed is no way any more, from that moment on, whatever its row says
CALL test.add_token('cnst_1');
CALL test.add_token('cnst_2', 'pending', 'account', 'act_1', pending_at => now());
SET session_replication_role = replica;
UPDATE connect.connection SET expires_at = now() - interval '1 second' WHERE id = 'cxn_1';
RESET session_replication_role;
SELECT status FROM connect.connection;
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.token(connect.get_share_token('cnst_1'));
SELECT connect.redeem_share_token('cnst_1');  -- fails
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_share_token('cxn_1', 'inq_1');  -- fails
SET SESSION AUTHORIZATION regress_connect_worker;
SELECT connect.complete_share_token('cnst_2', 'act_copy');  -- fails
RESET SESSION AUTHORIZATION;
SELECT * FROM test.tokens();

-- reactivated and activated again, it is one again; the tokens were not touched
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.reactivate_connection('cxn_1') #>> '{data,attributes,status}' AS status;
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.redeem_share_token('cnst_1');  -- fails
SELECT connect.activate_connection('cxn_1') #>> '{data,attributes,status}' AS status;
SELECT test.token(connect.redeem_share_token('cnst_1'));
SET SESSION AUTHORIZATION regress_connect_worker;
SELECT test.token(connect.complete_share_token('cnst_2', 'act_copy'));
RESET SESSION AUTHORIZATION;

-- a retired scope is no way either
CALL test.add_token('cnst_3', source_id => 'inq_2');
UPDATE connect.scope SET retired_at = now() WHERE name = 'inquiry.read';
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.token(connect.get_share_token('cnst_3'));
SELECT connect.redeem_share_token('cnst_3');  -- fails
RESET SESSION AUTHORIZATION;
UPDATE connect.scope SET retired_at = NULL WHERE name = 'inquiry.read';

-- expire_due() records what time has done to tokens too, as far as it is asked to
CALL test.add_token('cnst_4', expires_at => now() - interval '1 minute');
CALL test.add_token('cnst_5', 'pending', 'account', 'act_1', pending_at => now() - interval '25 hours');
CALL test.add_token('cnst_6', expires_at => now() - interval '1 hour');
SET ROLE regress_connect_owner;
SELECT connect.expire_due(2), connect.expire_due(), connect.expire_due();
RESET ROLE;
SELECT id, status, failure_reason, creator_id FROM connect.share_token WHERE id >= 'cnst_4' ORDER BY id;
SELECT subject_id, action, from_status, to_status, actor_id, effective_at < created_at AS earlier
FROM connect.event WHERE subject_id >= 'cnst_4' AND subject_type = 'share_token' ORDER BY subject_id;

-- the history of a Connection holds that of its tokens, page by page
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT (a ->> 'subject-type') AS subject, a ->> 'subject-id' AS id, a ->> 'action' AS action
FROM jsonb_array_elements(connect.list_events('cxn_1', page_size => 100) -> 'data') AS d, LATERAL (SELECT d -> 'attributes') AS t (a);
SELECT jsonb_array_length(p -> 'data') AS n, (p #>> '{links,next}') IS NULL AS last FROM connect.list_events('cxn_1', 4) AS p;
RESET SESSION AUTHORIZATION;
-- by indexes, however many events others have
SET enable_seqscan = off;
CREATE FUNCTION pg_temp.plan(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || statement LOOP
        IF line ~ 'Scan' THEN
            RETURN NEXT trim(line);
        END IF;
    END LOOP;
END $$;
SELECT pg_temp.plan($$SELECT * FROM ((SELECT c.id FROM connect.event AS c WHERE true AND c.subject_id = 'x' ORDER BY c.id DESC LIMIT 3)
    UNION ALL (SELECT c.id FROM connect.event AS c WHERE true AND c.connection_id = 'x' AND c.subject_id <> c.connection_id
    ORDER BY c.id DESC LIMIT 3)) AS c ORDER BY c.id DESC LIMIT 3$$);
RESET enable_seqscan;

-- forgetting who made tokens changes nothing else, records nothing, and only forget_actor() may
UPDATE connect.share_token SET creator_id = NULL, creator_type = NULL WHERE id = 'cnst_3';  -- fails
CALL test.add_token('cnst_7', expires_at => now() - interval '1 minute');
SELECT connect.forget_actor('org_ABC123', 'usr_1');
SELECT id, status, creator_id, creator_type, updated_at = '2001-02-03 04:05:06.789+00' AS untouched
FROM connect.share_token WHERE id IN ('cnst_3', 'cnst_7') ORDER BY id;
SELECT count(*) FROM connect.event WHERE subject_id IN ('cnst_3', 'cnst_7');
SELECT count(*) FROM connect.share_token WHERE creator_id = 'usr_1';
SELECT * FROM connect.verify_history();

-- a token that changes twice in one statement would have its events in the wrong order
CREATE FUNCTION pg_temp.again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE connect.share_token SET status = 'failed', failure_reason = 'import_failed' WHERE id = NEW.id AND status = 'pending';
    RETURN NULL;
END $$;
CREATE TRIGGER a_again AFTER UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION pg_temp.again();
CALL test.add_token('cnst_8', kind => 'account', source_id => 'act_1');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.redeem_share_token('cnst_8');  -- fails
RESET SESSION AUTHORIZATION;
DROP TRIGGER a_again ON connect.share_token;

-- an organization that is retired redeems and offers nothing
CALL test.add_token('cnst_9');
UPDATE connect.organization SET retired_at = now() WHERE id = 'org_ABC123';
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.redeem_share_token('cnst_9');  -- fails
RESET SESSION AUTHORIZATION;
UPDATE connect.organization SET retired_at = NULL WHERE id = 'org_ABC123';

-- the application is nobody with claims or a key, whatever the role
SET SESSION AUTHORIZATION regress_connect_worker;
SELECT set_config('request.jwt.claims', '{"sub": "somebody"}', false) IS NULL;
SELECT connect.fail_share_token('cnst_9', 'import_failed');  -- fails
RESET request.jwt.claims;
SELECT set_config('request.headers', '{"x-connect-api-key": "connect_nosuch"}', false) IS NULL;
SELECT connect.fail_share_token('cnst_9', 'import_failed');  -- fails
RESET SESSION AUTHORIZATION;
RESET request.headers;
