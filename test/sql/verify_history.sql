-- verify_history(), history_anchor(): what a superuser does to the history with triggers off is
-- found, each thing alone. forget_actor() leaves both as they were.
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_connection('org_DEF456', 'One', '{inquiry.read,account.read}') #>> '{data,id}' AS c1 \gset
SELECT connect.create_connection('org_GHI789', 'Two') #>> '{data,id}' AS c2 \gset
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT 1 AS done FROM connect.activate_connection(:'c1', 'Fine.') \gset
SELECT 1 AS done FROM connect.deactivate_connection(:'c1', 'Enough.') \gset
SET SESSION AUTHORIZATION regress_connect_source;
SELECT 1 AS done FROM connect.reactivate_connection(:'c1') \gset
SELECT 1 AS done FROM connect.update_connection(:'c2', '') \gset
SELECT 1 AS done FROM connect.deactivate_connection(:'c2') \gset
RESET SESSION AUTHORIZATION;

SELECT * FROM connect.verify_history();
SELECT before, subjects, events, octet_length(seal) AS bytes, before <= pg_snapshot_xmin(pg_current_snapshot()) AS "to the horizon"
FROM connect.history_anchor('18446744073709551615');
CALL test.settle();
SELECT before, events, seal FROM connect.history_anchor() \gset kept_
SELECT :kept_events AS events;

-- Changes something with triggers off, says what is found, and takes it back.
CREATE FUNCTION test.touch(what text) RETURNS TABLE (found text) LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL session_replication_role = replica;
    EXECUTE what;
    SET LOCAL session_replication_role = origin;
    RETURN QUERY SELECT coalesce(string_agg(format('%s of %s: %s',
        (SELECT e.action FROM connect.event AS e WHERE e.id = v.event_id),
        (SELECT c.name FROM test.names AS c WHERE c.id = v.subject_id), v.problem), E'\n' ORDER BY v.subject_id, v.event_id), 'nothing')
    FROM connect.verify_history() AS v;
    RETURN QUERY SELECT CASE (h.events, h.seal) WHEN (k.events, k.seal) THEN 'the anchor is equal' ELSE 'the anchor differs' END
    FROM test.kept AS k, connect.history_anchor(k.before) AS h;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN;
END $$;
CREATE TABLE test.kept AS SELECT * FROM connect.history_anchor();
CREATE TABLE test.names AS SELECT :'c1' AS id, 'One' AS name UNION ALL SELECT :'c2', 'Two';
CREATE FUNCTION test.event(subject text, action text) RETURNS text LANGUAGE sql AS
$$ SELECT e.id FROM connect.event AS e JOIN test.names AS n ON n.id = e.subject_id WHERE (n.name, e.action) = (subject, event.action) $$;

SELECT * FROM test.touch('SELECT');
-- each column: position and transaction_id are not sealed, for they mean something in one cluster only
SELECT a.attname, (SELECT string_agg(t.found, '; ') FROM test.touch(format(
    'UPDATE connect.event SET %I = %L WHERE id = test.event(''One'', ''deactivate'')', a.attname,
    CASE a.atttypid WHEN 'text'::regtype THEN 'another' WHEN 'text[]'::regtype THEN '{"inquiry.read,account.read"}'
    WHEN 'timestamptz'::regtype THEN '2001-01-01' WHEN 'bytea'::regtype THEN '\x00' WHEN 'xid8'::regtype THEN '3' END)) AS t) AS found
FROM pg_attribute AS a WHERE a.attrelid = 'connect.event'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'id' ORDER BY a.attnum;
-- null is told from empty
SELECT * FROM test.touch($$UPDATE connect.event SET name = '' WHERE id = test.event('Two', 'update')$$);
SELECT * FROM test.touch($$UPDATE connect.event SET reason = '' WHERE id = test.event('One', 'reactivate')$$);
SELECT * FROM test.touch($$UPDATE connect.event SET scopes = NULL WHERE id = test.event('Two', 'update')$$);
-- a row removed: the first, one between; of the last only the anchor tells, as of a whole history
SELECT * FROM test.touch($$DELETE FROM connect.event WHERE id = test.event('One', 'create')$$);
SELECT * FROM test.touch($$DELETE FROM connect.event WHERE id = test.event('One', 'activate')$$);
SELECT * FROM test.touch($$DELETE FROM connect.event WHERE id = test.event('One', 'reactivate')$$);
SELECT * FROM test.touch($$DELETE FROM connect.event WHERE subject_id = (SELECT id FROM test.names WHERE name = 'Two')$$);
-- rows swapped
SELECT * FROM test.touch($$UPDATE connect.event SET id = CASE id WHEN test.event('One', 'deactivate') THEN test.event('One', 'activate') || '_'
    ELSE test.event('One', 'deactivate') || '_' END WHERE id IN (test.event('One', 'activate'), test.event('One', 'deactivate'))$$);
SELECT * FROM test.touch($$UPDATE connect.event AS a SET reason = b.reason, actor_id = b.actor_id, action = b.action, from_status = b.from_status, to_status = b.to_status
    FROM connect.event AS b WHERE (a.id, b.id) IN ((test.event('One', 'activate'), test.event('One', 'deactivate')),
    (test.event('One', 'deactivate'), test.event('One', 'activate')))$$);
-- a row put in, with a copy of another one's seal
SELECT * FROM test.touch($$INSERT INTO connect.event SELECT (jsonb_populate_record(e, jsonb_build_object('id', e.id || 'a'))).*
    FROM connect.event AS e WHERE e.id = test.event('One', 'activate')$$);
-- who acted was exchanged with the digest kept, and with the salt taken away
SELECT * FROM test.touch($$UPDATE connect.event SET personal_salt = NULL WHERE id = test.event('One', 'activate')$$);
SELECT * FROM test.touch($$UPDATE connect.event SET personal_salt = NULL, actor_id = NULL, actor_type = NULL, reason = NULL WHERE id = test.event('One', 'activate')$$);
-- A whole history rewritten and sealed anew, as doc/dba.md says how: the seals have no key, so only the anchor tells.
CREATE FUNCTION test.field(bytes bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT coalesce(int4send(length(bytes)) || bytes, '\xffffffff') $$;
CREATE FUNCTION test.field(value text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$ SELECT test.field(convert_to(value, 'UTF8')) $$;
CREATE FUNCTION test.field(value timestamptz) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT test.field(int8send(((extract(epoch FROM value) - 946684800) * 1000000)::bigint)) $$;
CREATE FUNCTION test.field(list text[]) RETURNS bytea LANGUAGE sql IMMUTABLE AS
$$ SELECT test.field((SELECT coalesce(string_agg(test.field(m), '' ORDER BY n), '') FROM unnest(list) WITH ORDINALITY AS u (m, n) WHERE list IS NOT NULL
    HAVING list IS NOT NULL)) $$;
CREATE PROCEDURE test.reseal(subject text) LANGUAGE plpgsql AS $$
DECLARE
    e connect.event;
    last bytea;
BEGIN
    FOR e IN SELECT v.* FROM connect.event AS v JOIN test.names AS n ON n.id = v.subject_id WHERE n.name = subject ORDER BY v.id LOOP
        e.personal_digest := sha256(e.personal_salt || test.field(e.actor_id) || test.field(e.actor_type) || test.field(e.reason)
            || test.field(e.request_id));
        e.seal := sha256('\x01' || test.field(last) || test.field(e.id) || test.field(e.subject_type) || test.field(e.subject_id)
            || test.field(e.connection_id) || test.field(e.source_organization_id) || test.field(e.destination_organization_id)
            || test.field(e.action) || test.field(e.from_status) || test.field(e.to_status) || test.field(e.name)
            || test.field(e.scopes) || test.field(e.respond_by) || test.field(e.expires_at) || test.field(e.effective_at)
            || test.field(e.actor_organization_id) || test.field(e.personal_digest) || test.field(e.created_at));
        UPDATE connect.event SET seal = e.seal, personal_digest = e.personal_digest WHERE id = e.id;
        last := e.seal;
    END LOOP;
END $$;
\set reason 'UPDATE connect.event SET reason = ''As it suits.'', actor_id = ''usr_9'' WHERE id = test.event(''One'', ''activate'')'
\set gone 'DELETE FROM connect.event WHERE id = test.event(''One'', ''activate'')'
\set expired 'UPDATE connect.event SET expires_at = ''2031-01-01'', effective_at = created_at, name = NULL WHERE id = test.event(''One'', ''create'')'
SELECT * FROM test.touch('CALL test.reseal(''One''); CALL test.reseal(''Two'')');  -- what has not been changed gets the same seals
SELECT * FROM test.touch(:'reason');
SELECT * FROM test.touch(:'reason' || '; CALL test.reseal(''One'')');
SELECT * FROM test.touch(:'gone' || '; CALL test.reseal(''One'')');
SELECT * FROM test.touch(:'expired' || '; CALL test.reseal(''One'')');
SELECT * FROM test.touch(:'reason' || '; CALL test.reseal(''Two'')');  -- another history, sealed anew
-- one subject alone
SELECT count(*) FROM connect.verify_history(:'c1');
SELECT count(*) FROM connect.verify_history('cxn_nosuch');

-- forgetting
SELECT creator_id, creator_type FROM connect.connection WHERE id = :'c1';
SELECT updated_at AS u1 FROM connect.connection WHERE id = :'c1' \gset
INSERT INTO connect.idempotency VALUES ('org_ABC123', 'k', '', 201, '', ''), ('org_DEF456', 'k', '', 201, '', '');
SELECT connect.forget_actor('org_ABC123', 'regress_connect_source');
SELECT connect.forget_actor('org_DEF456', 'regress_connect_destination');
SELECT connect.forget_actor('org_DEF456', 'regress_connect_destination');
SELECT connect.forget_actor('org_GHI789', 'regress_connect_source');
SELECT action, actor_organization_id, actor_id, actor_type, reason, personal_salt, octet_length(personal_digest) AS digest
FROM connect.event ORDER BY subject_id, id;
SELECT count(*), count(creator_id) AS creators, count(creator_type) AS types, bool_or(updated_at = :'u1') AS untouched FROM connect.connection;
SELECT organization_id FROM connect.idempotency;
SELECT * FROM connect.verify_history();
SELECT (events, seal) = (:'kept_events', :'kept_seal') AS equal FROM connect.history_anchor(:'kept_before');
SELECT found FROM test.touch($$UPDATE connect.event SET reason = 'Put in.' WHERE id = test.event('One', 'activate')$$);
-- the history goes on behind it
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT 1 AS done FROM connect.activate_connection(:'c1', 'Again.') \gset
RESET SESSION AUTHORIZATION;
SELECT * FROM connect.verify_history();
SELECT (events, seal) = (:'kept_events', :'kept_seal') AS equal FROM connect.history_anchor(:'kept_before');
SELECT events FROM connect.history_anchor('18446744073709551615');

-- a trigger of the DBA's may not use the occasion
\set VERBOSITY terse
CREATE FUNCTION test.meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'Mine'; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.meddle();
SET ROLE regress_connect_owner;
UPDATE connect.connection SET creator_id = 'usr_1', creator_type = 'user';  -- fails
RESET ROLE;
SET session_replication_role = replica;
UPDATE connect.connection SET creator_id = 'usr_1', creator_type = 'user';
RESET session_replication_role;
SELECT connect.forget_actor('org_ABC123', 'usr_1');  -- fails
DROP TRIGGER zzz ON connect.connection;
SELECT connect.forget_actor('org_ABC123', 'usr_1');
SELECT count(creator_id) FROM connect.connection;

-- more events without a seal than are filled in at once, as an older store has them: each continues the one before
BEGIN;
ALTER TABLE connect.event ALTER position DROP NOT NULL, ALTER seal DROP NOT NULL, ALTER personal_digest DROP NOT NULL;
SET LOCAL session_replication_role = replica;
INSERT INTO connect.event (id, subject_type, subject_id, connection_id, source_organization_id, destination_organization_id, action, from_status, to_status, scopes, created_at)
    SELECT 'evt_old_' || lpad(n::text, 4, '0'), 'connection', 'cxn_old_' || n % 2, 'cxn_old_' || n % 2, 'org_ABC123', 'org_DEF456', 'update', 'pending', 'pending', '{account.read}',
        '2001-01-01'::timestamptz + n * interval '1 second' FROM generate_series(1, 603) AS n;
SET LOCAL session_replication_role = origin;
SAVEPOINT s;
CREATE FUNCTION test.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER mm BEFORE UPDATE ON connect.event FOR EACH ROW EXECUTE FUNCTION test.nothing();
SELECT connect.upgrade_store();  -- fails: a trigger keeps them as they are
ROLLBACK TO s;
SELECT connect.upgrade_store();
SELECT count(*), count(seal), count(DISTINCT seal) AS different, count(personal_digest) AS digests FROM connect.event WHERE id LIKE 'evt_old%';
SELECT * FROM connect.verify_history('cxn_old_0') UNION ALL SELECT * FROM connect.verify_history('cxn_old_1');
ROLLBACK;

-- refusals
SELECT connect.forget_actor(NULL, 'usr_1');  -- fails
SELECT connect.forget_actor('org_ABC123', NULL);  -- fails
SELECT connect.forget_actor('not an id', 'usr_1');  -- fails
SET ROLE regress_connect_source;
SELECT connect.forget_actor('org_ABC123', 'usr_1');  -- fails
SELECT * FROM connect.verify_history();  -- fails
SELECT * FROM connect.history_anchor();  -- fails
SELECT connect.seal_history();  -- fails
RESET ROLE;
DROP TABLE test.kept, test.names;
DROP FUNCTION test.touch, test.event, test.meddle, test.field(bytea), test.field(text), test.field(timestamptz), test.field(text[]);
DROP PROCEDURE test.reseal;
