-- A DBA's own triggers beside the guard: whatever they do to a row or write
-- themselves, only legal steps are stored, and each leaves its event.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
GRANT SELECT, INSERT, UPDATE ON connect.connection TO regress_connect_source, regress_connect_destination;
CREATE FUNCTION test.t() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_ARGV[0]
        WHEN 'rename' THEN NEW.name := 'By trigger'; RETURN NEW;
        WHEN 'empty name' THEN NEW.name := ''; RETURN NEW;
        WHEN 'activate' THEN NEW.status := 'active'; RETURN NEW;
        WHEN 'deactivate' THEN NEW.status := 'inactive'; RETURN NEW;
        WHEN 'steal' THEN NEW.source_organization_id := 'org_GHI789'; RETURN NEW;
        WHEN 'creator' THEN NEW.created_at := '1999-01-01'; RETURN NEW;
        WHEN 'scopes' THEN NEW.scopes := '{verification.read,account.read,account.read}'; RETURN NEW;
        WHEN 'unknown' THEN NEW.scopes := '{nosuch}'; RETURN NEW;
        WHEN 'end instead' THEN NEW.name := OLD.name; NEW.status := 'inactive'; RETURN NEW;
        WHEN 'old' THEN RETURN OLD;
        WHEN 'null' THEN RETURN NULL;
        WHEN 'answer' THEN  -- a Connection in return, as whoever is acting
            IF NEW.source_organization_id <> NEW.destination_organization_id AND pg_trigger_depth() = 1 THEN
                INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name)
                VALUES ('cxn_answer', NEW.destination_organization_id, NEW.source_organization_id, 'In return');
            END IF;
            RETURN NULL;
        WHEN 'end others' THEN
            UPDATE connect.connection SET status = 'inactive' WHERE id <> NEW.id AND status <> 'inactive';
            RETURN NULL;
        WHEN 'reopen' THEN
            IF NEW.status = 'inactive' THEN PERFORM connect.reactivate_connection(NEW.id, 'By trigger.'); END IF;
            RETURN NULL;
        WHEN 'forge' THEN
            IF NEW.id = 'evt_forged' THEN RETURN NEW; END IF;
            INSERT INTO connect.event (id, connection_id, source_organization_id, destination_organization_id, action, to_status, scopes)
            VALUES ('evt_forged', NEW.connection_id, 'org_ABC123', 'org_DEF456', 'activate', 'active', '{}');
            RETURN NEW;
    END CASE;
END $$;
CREATE FUNCTION pg_temp.seen() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', 'row', source, destination, status, name, scopes) FROM test.rows()
    UNION ALL SELECT concat_ws(' ', 'event', action, "from", "to", name, scopes, coalesce(actor, '(owner)'), actor_id, reason) FROM test.events();
$$;
-- :early fires ahead of the guard, :late behind it; each test is rolled back
\set early 'CREATE TRIGGER mm BEFORE INSERT OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.t'
\set late 'CREATE TRIGGER zzz BEFORE INSERT OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.t'
\set after 'CREATE TRIGGER mm AFTER INSERT OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.t'
\set done 'RESET SESSION AUTHORIZATION; SELECT pg_temp.seen(); ROLLBACK'
\set ON_ERROR_ROLLBACK on
CALL test.add('cxn_1', 'pending', 'One');

-- rewritten before the guard sees it: checked as rewritten
BEGIN;
:early('rename');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.line(connect.create_connection('org_ABC123', 'Mine'));
SELECT test.line(connect.update_connection('cxn_1', 'Mine'));
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.line(connect.activate_connection('cxn_1'));  -- nothing to rename any more
:done;
-- a status change that a trigger joins with a new name is two things at once
BEGIN;
:early('rename');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.activate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;
BEGIN;
:early('activate');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_connection('org_GHI789');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.update_connection('cxn_1', scopes => '{inquiry.read}');  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET updated_at = now() WHERE id = 'cxn_1';  -- fails: the source may not activate
\echo :LAST_ERROR_SQLSTATE
:done;
-- what a function means to do, no trigger makes into something else that is allowed as well
BEGIN;
:early('end instead');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.update_connection('cxn_1', 'Mine');  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET name = 'Mine' WHERE id = 'cxn_1';  -- a plain UPDATE means what it does
:done;
-- rewritten behind the guard: checked again when stored, for the same actor
BEGIN;
:late('activate');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_connection('org_GHI789');  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET name = name WHERE id = 'cxn_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.update_connection('cxn_1', 'Mine');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;
BEGIN;
:late('steal');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_connection('org_ABC123');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.deactivate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;
BEGIN;
:late('creator');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.deactivate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;
BEGIN;
:late('scopes');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_connection('org_ABC123');  -- fails: not as stored ones are
\echo :LAST_ERROR_SQLSTATE
:done;
BEGIN;
:early('scopes');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.line(connect.create_connection('org_ABC123'));
:done;
BEGIN;
:late('unknown');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_connection('org_ABC123');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;
BEGIN;
:late('empty name');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.update_connection('cxn_1', 'Named');  -- fails: an empty name is stored as none
\echo :LAST_ERROR_SQLSTATE
:done;
-- returning NULL or OLD: what the caller asked for did not happen, and is not reported as done
BEGIN;
:early('null');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_connection('org_ABC123');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.deactivate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.update_connection('cxn_1', 'Mine');  -- fails
UPDATE connect.connection SET name = 'Mine' RETURNING id;
:done;
BEGIN;
:late('null');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_connection('org_ABC123');  -- fails
SELECT connect.deactivate_connection('cxn_1');  -- fails
:done;
BEGIN;
CREATE TRIGGER mm BEFORE UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.t('old');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.deactivate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;

-- writing Connections itself: run by a function it acts as the owner, run by a plain statement as its author
BEGIN;
:after('answer');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.line(connect.create_connection('org_GHI789', 'Asked'));
:done;
BEGIN;
:after('answer');
SET SESSION AUTHORIZATION regress_connect_source;
INSERT INTO connect.connection (destination_organization_id) VALUES ('org_GHI789');  -- fails: it is not the source of the answer
\echo :LAST_ERROR_SQLSTATE
:done;
CALL test.add('cxn_2', 'active', 'Two', source => 'org_ABC123', destination => 'org_GHI789');
CALL test.add('cxn_3', 'pending', 'Three', source => 'org_GHI789', destination => 'org_DEF456');
BEGIN;
:after('end others');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.line(connect.activate_connection('cxn_1', 'Reason.'));  -- the reason is this change's own
:done;
BEGIN;
:after('end others');
SET SESSION AUTHORIZATION regress_connect_destination;
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1' RETURNING status;
:done;
-- calling the functions: for whom it runs, which inside of ours is the owner, who may not even call them
BEGIN;
:after('reopen');
SET SESSION AUTHORIZATION regress_connect_source;
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1' RETURNING status;
SELECT connect.deactivate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;
-- history cannot be written from within the writing of history
BEGIN;
CREATE TRIGGER mm BEFORE INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.t('forge');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.deactivate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;
BEGIN;
CREATE TRIGGER mm AFTER INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.t('forge');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.deactivate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;
-- an event may not get lost either: no event, no change
BEGIN;
CREATE TRIGGER mm BEFORE INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.t('null');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.deactivate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
:done;
-- a trigger function of ours on a table of somebody's
CREATE TABLE test.other (id text);
CREATE TRIGGER a BEFORE INSERT ON test.other FOR EACH ROW EXECUTE FUNCTION connect.guard_connection();
INSERT INTO test.other VALUES ('x');  -- fails
\echo :LAST_ERROR_SQLSTATE
DROP TABLE test.other;
-- or of the wrong kind on ours
BEGIN;
CREATE TRIGGER a BEFORE UPDATE ON connect.connection FOR EACH STATEMENT EXECUTE FUNCTION connect.record_event();
UPDATE connect.connection SET name = 'x';  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
CREATE TRIGGER a AFTER UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION connect.guard_connection();
UPDATE connect.connection SET name = 'x';  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN;
CREATE TRIGGER a BEFORE UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION connect.mark_pair();
UPDATE connect.connection SET name = 'x';  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
-- columns and constraints of the DBA's own
ALTER TABLE connect.connection ADD COLUMN note text DEFAULT 'none', ADD CONSTRAINT test_note CHECK (note <> 'bad');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.line(connect.create_connection('org_ABC123'));
UPDATE connect.connection SET note = 'mine' WHERE id = 'cxn_1' RETURNING note, updated_at < now() AS untouched;
RESET SESSION AUTHORIZATION;
ALTER TABLE connect.connection DROP COLUMN note;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.line(connect.deactivate_connection('cxn_1'));
RESET SESSION AUTHORIZATION;
SELECT pg_temp.seen();
DROP FUNCTION test.t();
-- a column of ours that is gone
BEGIN;
ALTER TABLE connect.connection DROP COLUMN creator_type;
SET LOCAL SESSION AUTHORIZATION regress_connect_source;
SELECT connect.get_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
REVOKE SELECT, INSERT, UPDATE ON connect.connection FROM regress_connect_source, regress_connect_destination;
