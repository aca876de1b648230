-- Plain writes to connect.share_token: by the store's owner, and by roles that were granted them.
\getenv tests PG_ABS_SRCDIR
\set world :tests '/sql/share_world.psql'
\i :world
GRANT SELECT, INSERT, UPDATE, DELETE ON connect.share_token TO regress_connect_source, regress_connect_destination, regress_connect_third, regress_connect_nobody;

-- INSERT: everything but the Connection and the row goes without saying
SET SESSION AUTHORIZATION regress_connect_source;
INSERT INTO connect.share_token (connection_id, source_id, creator_id, creator_type, created_at, pending_at, redeem_mode)
VALUES ('cxn_1', 'inq_1', 'usr_forged', 'user', '1999-01-01', now(), 'clone')
RETURNING id ~ '^cnst_' AS id, source_organization_id, destination_organization_id, kind, status, expires_at - created_at AS life,
    creator_id, created_at > now() AS created, pending_at, redeem_mode;
INSERT INTO connect.share_token (connection_id, source_id, status) VALUES ('cxn_1', 'inq_1', 'redeemed');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.share_token (connection_id, source_id, status) VALUES ('cxn_1', 'inq_1', NULL);  -- fails
INSERT INTO connect.share_token (connection_id, source_id) VALUES ('cxn_1', 'inq_9');  -- fails
INSERT INTO connect.share_token (connection_id, source_id) VALUES (NULL, 'inq_1');  -- fails
INSERT INTO connect.share_token (id, connection_id, source_id) VALUES ('c d', 'cxn_1', 'inq_1');  -- fails
INSERT INTO connect.share_token (connection_id, source_id, destination_organization_id) VALUES ('cxn_1', 'inq_1', 'org_GHI789');  -- fails
INSERT INTO connect.share_token (connection_id, source_id, expires_at) VALUES ('cxn_1', 'inq_1', now() + interval '22 days');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.share_token (id, connection_id, source_id) VALUES ('cnst_mine', 'cxn_1', 'inq_1') RETURNING id;
-- an id that is taken says so, and nothing of the row that has it
INSERT INTO connect.share_token AS t (id, connection_id, source_id) VALUES ('cnst_mine', 'cxn_1', 'inq_1')
ON CONFLICT (id) DO UPDATE SET id = excluded.id WHERE t.source_id > '';  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_destination;
INSERT INTO connect.share_token (connection_id, source_id) VALUES ('cxn_1', 'inq_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_third;
INSERT INTO connect.share_token (connection_id, source_id) VALUES ('cxn_1', 'inq_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_nobody;
INSERT INTO connect.share_token (connection_id, source_id) VALUES ('cxn_1', 'inq_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
-- the owner may, for any source; what it gives is kept
SET SESSION AUTHORIZATION regress_connect_owner;
INSERT INTO connect.share_token (id, connection_id, source_id, creator_id, creator_type, created_at)
VALUES ('cnst_own', 'cxn_1', 'act_1', 'usr_9', 'user', '2001-02-03 04:05:06+00') RETURNING id, kind, creator_id, updated_at = created_at AS same;
INSERT INTO connect.share_token (id, connection_id, source_id) VALUES ('cnst_own', 'cxn_1', 'act_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
SELECT * FROM test.token_events();

-- rows of others are not seen
SET SESSION AUTHORIZATION regress_connect_third;
SELECT count(*) FROM connect.share_token;
UPDATE connect.share_token SET status = 'expired';
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT count(*) FROM connect.share_token;
-- and where row security does not hold, the guard says that they are not there
RESET SESSION AUTHORIZATION;
ALTER ROLE regress_connect_third BYPASSRLS;
SET SESSION AUTHORIZATION regress_connect_third;
UPDATE connect.share_token SET status = 'expired' WHERE id = 'cnst_mine';  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
ALTER ROLE regress_connect_third NOBYPASSRLS;

-- what a token is never changes
RESET SESSION AUTHORIZATION;
CALL test.add_token('cnst_1');
CALL test.add_token('cnst_2', kind => 'account', source_id => 'act_1');
SET SESSION AUTHORIZATION regress_connect_owner;
UPDATE connect.share_token SET source_id = 'inq_2' WHERE id = 'cnst_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.share_token SET expires_at = expires_at + interval '1 second' WHERE id = 'cnst_1';  -- fails
UPDATE connect.share_token SET creator_id = NULL WHERE id = 'cnst_1';  -- fails
UPDATE connect.share_token SET destination_organization_id = 'org_GHI789' WHERE id = 'cnst_1';  -- fails
-- times and mode are nobody's to set
UPDATE connect.share_token SET updated_at = now(), pending_at = now(), redeem_mode = 'clone' WHERE id = 'cnst_1'
RETURNING updated_at < now() AS kept, pending_at, redeem_mode;
-- nothing but the steps of the rules
UPDATE connect.share_token SET status = 'redeemed', destination_id = 'x' WHERE id = 'cnst_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.share_token SET status = 'failed', failure_reason = 'import_failed' WHERE id = 'cnst_1';  -- fails
UPDATE connect.share_token SET destination_id = 'x' WHERE id = 'cnst_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.share_token SET failure_reason = 'import_failed' WHERE id = 'cnst_1';  -- fails
UPDATE connect.share_token SET status = NULL WHERE id = 'cnst_1';  -- fails
DELETE FROM connect.share_token;  -- fails
\echo :LAST_ERROR_SQLSTATE
TRUNCATE connect.share_token;  -- fails
\echo :LAST_ERROR_SQLSTATE
TRUNCATE connect.share_kind CASCADE;  -- fails

-- a destination that writes itself would leave out the function
SET SESSION AUTHORIZATION regress_connect_destination;
UPDATE connect.share_token SET status = 'pending' WHERE id = 'cnst_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_source;
UPDATE connect.share_token SET status = 'pending' WHERE id = 'cnst_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_destination;
UPDATE connect.share_token SET status = 'pending', destination_id = 'act_mine' WHERE id = 'cnst_2'
RETURNING status, redeem_mode, pending_at = updated_at AS then;
-- out of pending is the owner's alone
UPDATE connect.share_token SET status = 'redeemed' WHERE id = 'cnst_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.share_token SET status = 'failed', failure_reason = 'import_failed' WHERE id = 'cnst_2';  -- fails
UPDATE connect.share_token SET status = 'expired' WHERE id = 'cnst_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_owner;
UPDATE connect.share_token SET status = 'redeemed', destination_id = 'act_other' WHERE id = 'cnst_2';  -- fails
UPDATE connect.share_token SET status = 'failed' WHERE id = 'cnst_2';  -- fails: a reason is missing
UPDATE connect.share_token SET status = 'failed', failure_reason = 'lazy' WHERE id = 'cnst_2';  -- fails
UPDATE connect.share_token SET status = 'redeemed' WHERE id = 'cnst_2' RETURNING status, redeemed_at = updated_at AS then;
SET SESSION AUTHORIZATION regress_connect_source;
UPDATE connect.share_token SET status = 'expired' WHERE id = 'cnst_1' RETURNING status, expires_at = updated_at AS then;
RESET SESSION AUTHORIZATION;
SELECT * FROM test.token_events();

-- a Connection that does not allow it holds plain writers too
CALL test.add_token('cnst_3', kind => 'account', source_id => 'act_1');
CALL test.add_token('cnst_4', 'pending', 'account', 'act_1', pending_at => now());
UPDATE connect.connection SET status = 'inactive';
UPDATE connect.share_token SET status = 'pending' WHERE id = 'cnst_3';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.share_token SET status = 'redeemed', destination_id = 'x' WHERE id = 'cnst_4';  -- fails
INSERT INTO connect.share_token (connection_id, source_id) VALUES ('cxn_1', 'act_1');  -- fails

-- triggers of the DBA's: what they make of a row is checked again
CREATE FUNCTION test.meddle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_ARGV[0] = 'forward' THEN NEW.status := 'redeemed'; END IF;
    IF TG_ARGV[0] = 'back' THEN RETURN OLD; END IF;
    IF TG_ARGV[0] = 'source' THEN NEW.source_id := 'inq_2'; END IF;
    IF TG_ARGV[0] = 'time' THEN NEW.updated_at := '2001-01-01'; END IF;
    IF TG_ARGV[0] = 'drop' THEN RETURN NULL; END IF;
    RETURN NEW;
END $$;
UPDATE connect.connection SET status = 'pending';
UPDATE connect.connection SET status = 'active';
CALL test.add_token('cnst_5');
CREATE TRIGGER zzz_meddle BEFORE INSERT OR UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.meddle('forward');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.expire_share_token('cnst_5');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
DROP TRIGGER zzz_meddle ON connect.share_token;
CREATE TRIGGER zzz_meddle BEFORE UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.meddle('back');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.redeem_share_token('cnst_5');  -- fails
RESET SESSION AUTHORIZATION;
DROP TRIGGER zzz_meddle ON connect.share_token;
CREATE TRIGGER zzz_meddle BEFORE INSERT OR UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.meddle('source');
SET SESSION AUTHORIZATION regress_connect_source;
\set VERBOSITY terse
SELECT connect.create_share_token('cxn_1', 'inq_1');  -- fails
\set VERBOSITY default
INSERT INTO connect.share_token (connection_id, source_id) VALUES ('cxn_1', 'inq_1') RETURNING source_id;  -- another row of the source's
SELECT connect.expire_share_token('cnst_5');  -- fails
RESET SESSION AUTHORIZATION;
DROP TRIGGER zzz_meddle ON connect.share_token;
CREATE TRIGGER zzz_meddle BEFORE UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.meddle('time');
UPDATE connect.share_token SET status = 'expired' WHERE id = 'cnst_5';  -- fails
DROP TRIGGER zzz_meddle ON connect.share_token;
CREATE TRIGGER aaa_meddle BEFORE UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.meddle('drop');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.redeem_share_token('cnst_5');  -- fails
RESET SESSION AUTHORIZATION;
DROP TRIGGER aaa_meddle ON connect.share_token;
SELECT status FROM connect.share_token WHERE id = 'cnst_5';
SELECT count(*) FROM connect.event WHERE subject_id = 'cnst_5';
DROP FUNCTION test.meddle();
-- without the guard nothing has been decided when the row is stored
BEGIN;
ALTER TABLE connect.share_token DISABLE TRIGGER zz_guard_share_token;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.expire_share_token('cnst_5');  -- fails
ROLLBACK;
-- what no trigger has seen has an id that fits, and times that documents can write
\set VERBOSITY terse
SET session_replication_role = replica;
UPDATE connect.share_token SET id = 'c d' WHERE id = 'cnst_5';  -- fails
UPDATE connect.share_token SET updated_at = '10000-01-01' WHERE id = 'cnst_5';  -- fails
RESET session_replication_role;
\set VERBOSITY default
REVOKE ALL ON connect.share_token FROM regress_connect_source, regress_connect_destination, regress_connect_third, regress_connect_nobody;
