-- What a DBA puts on connect.connection does what it does for any statement, whatever way connect's functions take to
-- write the row.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset tuples_only on
CALL test.reset();
CALL test.add('cxn_1', 'pending', 'One');
CREATE TABLE test.log (n bigserial, what text);
GRANT ALL ON test.log, test.log_n_seq TO PUBLIC;  -- triggers run as the store's owner
CREATE FUNCTION test.log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO test.log (what) VALUES (concat_ws(' ', TG_NAME, TG_WHEN, TG_OP, TG_LEVEL, OLD.status, NEW.status));
    RETURN NEW;
END $$;
CREATE FUNCTION test.log_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO test.log (what) SELECT concat_ws(' ', TG_NAME, TG_WHEN, TG_OP, TG_LEVEL, m.status, m.name) FROM made AS m;
    RETURN NULL;
END $$;
CREATE FUNCTION test.raises(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    EXECUTE 'SELECT ' || statement INTO answer;
    RETURN test.line(answer);
EXCEPTION WHEN OTHERS THEN
    RETURN concat_ws(' ', SQLSTATE, SQLERRM);
END $$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;
\set as_source 'SET SESSION AUTHORIZATION regress_connect_source; SELECT test.raises('
\set as_destination 'SET SESSION AUTHORIZATION regress_connect_destination; SELECT test.raises('
-- A create, an activation and a new name; what they answer, what was logged, and what is stored, which is rolled back.
\set change 'SET SESSION AUTHORIZATION regress_connect_source; SELECT test.raises($$connect.create_connection(\'org_ABC123\', \'Mine\')$$); SET SESSION AUTHORIZATION regress_connect_destination; SELECT test.raises($$connect.activate_connection(\'cxn_1\')$$); SET SESSION AUTHORIZATION regress_connect_source; SELECT test.raises($$connect.update_connection(\'cxn_1\', \'New\')$$); RESET SESSION AUTHORIZATION; SELECT what FROM test.log ORDER BY n'
\set done 'SELECT concat_ws(\' \', \'row\', status, name) FROM connect.connection ORDER BY name; SELECT concat_ws(\' \', \'event\', action, name) FROM connect.event ORDER BY position, id; SELECT concat(\'PROBLEM \', problem) FROM connect.verify_history(); ROLLBACK'

-- Triggers for rows, behind the guard's; one only for some rows, one at the end of the transaction.
BEGIN;
CREATE TRIGGER mm AFTER INSERT OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.log();
CREATE TRIGGER mm_when AFTER UPDATE ON connect.connection FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION test.log();
CREATE CONSTRAINT TRIGGER mm_late AFTER INSERT OR UPDATE ON connect.connection DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION test.log();
:change;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT what FROM test.log WHERE what ~ 'late' ORDER BY n;
:done;

-- Triggers for rows, before the guard's.
BEGIN;
CREATE TRIGGER mm BEFORE INSERT OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.log();
:change;
:done;

-- Triggers for some columns: they fire for the statement that names the column.
BEGIN;
CREATE TRIGGER mm AFTER UPDATE OF status ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.log();
CREATE TRIGGER mm_time AFTER UPDATE OF updated_at ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.log();
:change;
:done;

-- Triggers for statements, and with transition tables.
BEGIN;
CREATE TRIGGER mm BEFORE INSERT OR UPDATE ON connect.connection EXECUTE FUNCTION test.log();
CREATE TRIGGER mm_new AFTER INSERT ON connect.connection REFERENCING NEW TABLE AS made EXECUTE FUNCTION test.log_all();
CREATE TRIGGER mm_old AFTER UPDATE ON connect.connection REFERENCING OLD TABLE AS made FOR EACH ROW EXECUTE FUNCTION test.log_all();
:change;
:done;

-- A rule.
BEGIN;
CREATE RULE mm AS ON UPDATE TO connect.connection DO ALSO INSERT INTO test.log (what) VALUES ('rule ' || NEW.name);
:change;
:done;

-- Columns of the DBA's: a default, one of the type, none, one that is generated, one that is gone.
BEGIN;
CREATE DOMAIN test.word AS text DEFAULT 'of the type';
ALTER TABLE connect.connection ADD COLUMN gone int, ADD COLUMN a text DEFAULT 'default', ADD COLUMN b test.word, ADD COLUMN c text;
ALTER TABLE connect.connection DROP COLUMN gone;
UPDATE connect.connection SET c = 'kept';
:change;
SELECT concat_ws(' ', a, b, coalesce(c, '(null)')) FROM connect.connection ORDER BY name;
:done;
BEGIN;
ALTER TABLE connect.connection ADD COLUMN shout text GENERATED ALWAYS AS (upper(name)) STORED;
:change;
SELECT shout FROM connect.connection ORDER BY name;
:done;
BEGIN;
ALTER TABLE connect.connection ADD COLUMN n int GENERATED ALWAYS AS IDENTITY, ADD COLUMN made information_schema.time_stamp;
:change;
SELECT concat_ws(' ', n, made > '2001-02-03') FROM connect.connection ORDER BY name;
:done;
BEGIN;
ALTER TABLE connect.connection ADD COLUMN gone text, ALTER gone SET STORAGE EXTERNAL;
UPDATE connect.connection SET gone = repeat('x', 9000);
ALTER TABLE connect.connection DROP COLUMN gone;
SELECT reltoastrelid::regclass AS toast FROM pg_class WHERE oid = 'connect.connection'::regclass \gset
:change;
SELECT count(*) FROM :toast;
:done;
BEGIN;
CREATE DOMAIN test.needed AS text NOT NULL;
ALTER TABLE connect.event ADD COLUMN needed test.needed DEFAULT 'old';
ALTER TABLE connect.event ALTER needed DROP DEFAULT;
:change;
:done;

-- Our columns with a type of the DBA's.
BEGIN;
ALTER TABLE connect.connection ALTER name TYPE varchar(3);
:change;
:done;

-- Constraints and unique indexes of the DBA's: the error is PostgreSQL's.
BEGIN;
ALTER TABLE connect.connection ADD CONSTRAINT mm CHECK (name <> 'Mine' AND status <> 'active') NOT VALID;
:change;
:done;
BEGIN;
ALTER TABLE connect.connection ADD CONSTRAINT mm CHECK (tableoid = 'connect.connection'::regclass);
ALTER TABLE connect.event ADD CONSTRAINT mm CHECK (tableoid = 'connect.event'::regclass);
:change;
:done;
BEGIN;
CREATE UNIQUE INDEX mm ON connect.connection (left(name, 0));
:change;
:done;

-- A default of the DBA's for what the guard makes.
BEGIN;
ALTER TABLE connect.connection ALTER id SET DEFAULT 'cxn_default';
:change;
SELECT id FROM connect.connection ORDER BY id LIMIT 2;
:done;

-- The pair is taken, also where nothing but a statement can tell.
BEGIN;
:as_source 'connect.create_connection(''org_DEF456'')');
RESET SESSION AUTHORIZATION;
ALTER TABLE connect.connection DROP CONSTRAINT connection_pair_key;
:as_source 'connect.create_connection(''org_ABC123'')');
RESET SESSION AUTHORIZATION;
CREATE INDEX connection_pair_key ON connect.connection (source_organization_id, destination_organization_id);
:as_source 'connect.create_connection(''org_ABC123'')');
RESET SESSION AUTHORIZATION;
DROP INDEX connect.connection_pair_key;
CREATE UNIQUE INDEX connection_pair_key ON connect.connection (source_organization_id, destination_organization_id, id);
:as_source 'connect.create_connection(''org_ABC123'')');
ROLLBACK;

-- Nothing is written where nothing may be.
BEGIN;
REVOKE INSERT, UPDATE ON connect.connection FROM regress_connect_owner;
:change;
:done;
BEGIN READ ONLY;
:as_source 'connect.create_connection(''org_ABC123'')');
:as_source 'connect.update_connection(''cxn_1'', ''New'')');
:as_destination 'connect.activate_connection(''cxn_1'')');
RESET SESSION AUTHORIZATION;
ROLLBACK;

-- One statement sees what it has done itself.
BEGIN;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.line(connect.update_connection('cxn_1', 'Once')), test.line(connect.update_connection('cxn_1', 'Twice')),
    test.line(connect.deactivate_connection('cxn_1')), test.line(connect.reactivate_connection('cxn_1'));
RESET SESSION AUTHORIZATION;
:done;
DROP TABLE test.log;
DROP FUNCTION test.log, test.log_all, test.raises;
