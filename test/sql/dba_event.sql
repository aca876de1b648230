-- What a DBA's own defaults, rules, types and triggers on the tables do to an event: it is stored as
-- it was sealed, or the change is refused. Never is it lost, and never does it say something else.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'pending', 'One');
CREATE TABLE test.log (n bigserial, what text);
GRANT ALL ON test.log, test.log_n_seq TO PUBLIC;  -- triggers run as the store's owner
CREATE TABLE test.elsewhere (LIKE connect.event INCLUDING DEFAULTS);
GRANT ALL ON test.elsewhere TO PUBLIC;
CREATE FUNCTION test.event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_ARGV[0]
        WHEN 'log' THEN INSERT INTO test.log (what) VALUES (concat_ws(' ', TG_WHEN, TG_LEVEL)); RETURN NEW;
        WHEN 'count' THEN INSERT INTO test.log (what) SELECT concat_ws(' ', TG_WHEN, TG_LEVEL, action, name) FROM made; RETURN NULL;
        WHEN 'salt' THEN NEW.personal_salt := NULL; RETURN NEW;
        WHEN 'note' THEN NEW.note := 'By trigger'; RETURN NEW;
        WHEN 'touch' THEN UPDATE connect.event SET name = 'Mine' WHERE id = NEW.id; RETURN NULL;
        WHEN 'remove' THEN DELETE FROM connect.event WHERE id = NEW.id; RETURN NULL;
        -- one column of the event becomes what is given
        ELSE NEW := jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], TG_ARGV[1])); RETURN NEW;
    END CASE;
END $$;

-- Makes the DDL, then a change by a function and one by a plain statement; says what came of it, and takes it back.
CREATE FUNCTION test.changed(ddl text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    change text;
    detail text;
    line text;
    lines text[] := '{}';
BEGIN
    EXECUTE ddl;
    FOREACH change IN ARRAY ARRAY['UPDATE connect.connection SET name = ''Statement'' WHERE id = ''cxn_1''',
        'SELECT connect.deactivate_connection(''cxn_1'', ''Why.'')',
        'INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES (''org_ABC123'', ''org_GHI789'')']
    LOOP
        BEGIN
            EXECUTE change;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
            lines := lines || concat_ws(' ', split_part(change, ' ', 1), SQLSTATE, SQLERRM, detail);
        END;
    END LOOP;
    FOR line IN SELECT concat_ws(' ', 'event', e.action, e.name, e.reason) FROM connect.event AS e ORDER BY e.position, e.id
        LOOP lines := lines || line; END LOOP;
    FOR line IN SELECT concat_ws(' ', 'log', what) FROM test.log ORDER BY n LOOP lines := lines || line; END LOOP;
    FOR line IN SELECT concat_ws(' ', 'row', c.status, c.name) FROM connect.connection AS c ORDER BY c.name
        LOOP lines := lines || line; END LOOP;
    FOR line IN SELECT concat_ws(' ', 'PROBLEM', v.problem) FROM connect.verify_history() AS v LOOP lines := lines || line; END LOOP;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN QUERY SELECT unnest(lines);
END $$;

SELECT test.changed('SELECT');
-- ---- Defaults: all that an event says is given, so no default matters; columns of the DBA's get theirs ----
SELECT test.changed($$ALTER TABLE connect.event ALTER name SET DEFAULT 'Default', ALTER reason SET DEFAULT 'Default',
    ALTER actor_id SET DEFAULT 'Default', ALTER created_at SET DEFAULT '2001-01-01', ALTER position SET DEFAULT '3', ALTER seal SET DEFAULT ''$$);
ALTER TABLE connect.event ADD COLUMN note text DEFAULT 'Default', ADD COLUMN bare int, ADD COLUMN made text GENERATED ALWAYS AS (action || '!') STORED;
SELECT connect.update_connection('cxn_1', 'Noted') IS NOT NULL AS done;
SELECT action, name, note, made FROM connect.event;
SELECT count(*) FROM connect.verify_history();
SELECT test.changed($$CREATE TRIGGER mm BEFORE INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.event('note')$$);
ALTER TABLE connect.event DROP COLUMN note, DROP COLUMN bare, DROP COLUMN made;
-- a Connection's: what the guard asks of a row, it asks of a default
SELECT test.changed($$ALTER TABLE connect.connection ALTER status SET DEFAULT 'active'$$);
SELECT test.changed($$ALTER TABLE connect.connection ALTER name SET DEFAULT 'Default'$$);

-- ---- Triggers for statements: they fire, with transition tables, and the event is there ----
SELECT test.changed($$CREATE TRIGGER mm BEFORE INSERT ON connect.event EXECUTE FUNCTION test.event('log')$$);
SELECT test.changed($$CREATE TRIGGER mm AFTER INSERT ON connect.event EXECUTE FUNCTION test.event('log')$$);
SELECT test.changed($$CREATE TRIGGER mm AFTER INSERT ON connect.event REFERENCING NEW TABLE AS made EXECUTE FUNCTION test.event('count')$$);
SELECT test.changed($$CREATE TRIGGER mm AFTER INSERT ON connect.event REFERENCING NEW TABLE AS made FOR EACH ROW EXECUTE FUNCTION test.event('count')$$);
SELECT test.changed($$CREATE TRIGGER mm AFTER UPDATE ON connect.connection REFERENCING NEW TABLE AS made EXECUTE FUNCTION test.event('log')$$);

-- ---- Rules: beside the event what they like, in its place nothing ----
SELECT test.changed($$CREATE RULE mm AS ON INSERT TO connect.event DO ALSO INSERT INTO test.log (what) VALUES (NEW.action)$$);
SELECT test.changed($$CREATE RULE mm AS ON INSERT TO connect.event DO INSTEAD INSERT INTO test.elsewhere SELECT NEW.*$$);
SELECT test.changed($$CREATE RULE mm AS ON INSERT TO connect.event WHERE NEW.action = 'update' DO INSTEAD INSERT INTO test.elsewhere SELECT NEW.*$$);
SELECT test.changed($$CREATE RULE mm AS ON INSERT TO connect.connection DO INSTEAD NOTHING$$);
SELECT test.changed($$CREATE RULE mm AS ON UPDATE TO connect.connection DO INSTEAD NOTHING$$);

-- ---- Triggers for rows: what an event says they do not change, whatever column it is, ahead of the guard or behind it ----
SELECT string_agg(a.attname, ' ' ORDER BY a.attnum) AS columns, t.changed FROM pg_attribute AS a, LATERAL (SELECT string_agg(replace(c, 'PT409 connection cannot be changed this way', 'PT409'), E'\n')
    AS changed FROM test.changed(format(
    'CREATE TRIGGER %s BEFORE INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.event(%L, %L)',
    CASE WHEN a.attnum % 2 = 0 THEN 'mm' ELSE 'zzz' END, a.attname,
    CASE a.atttypid WHEN 'text'::regtype THEN 'another' WHEN 'timestamptz'::regtype THEN '2001-01-01'
        WHEN 'bytea'::regtype THEN '\x00' WHEN 'xid8'::regtype THEN '3' WHEN 'text[]'::regtype THEN '{inquiry.read}' END)) AS c
    WHERE c !~ '^(row|event update Noted)') AS t
WHERE a.attrelid = 'connect.event'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> 'transaction_id' GROUP BY 2;
-- nor under a name like the guard's
SELECT test.changed($$CREATE TRIGGER zz_guard_event_too BEFORE INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.event('reason', 'another')$$);
SELECT test.changed($$CREATE TRIGGER mm BEFORE INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.event('salt')$$);
SELECT test.changed($$CREATE TRIGGER mm BEFORE INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.event('log')$$);
SELECT test.changed($$CREATE TRIGGER mm AFTER INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.event('log')$$);
SELECT test.changed($$CREATE TRIGGER mm AFTER INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.event('touch')$$);
SELECT test.changed($$CREATE TRIGGER mm AFTER INSERT ON connect.event FOR EACH ROW EXECUTE FUNCTION test.event('remove')$$);

-- ---- Types that hold something else ----
SELECT test.changed($$ALTER TABLE connect.event ALTER name TYPE varchar(200)$$);
SELECT test.changed($$ALTER TABLE connect.event ALTER name TYPE char(20)$$);
SELECT test.changed($$ALTER TABLE connect.event ALTER created_at TYPE timestamptz(0)$$);
-- ---- A column that makes its own value, a table that is part of another one, and one without any trigger ----
SELECT test.changed($$ALTER TABLE connect.event DROP COLUMN reason, ADD COLUMN reason text GENERATED ALWAYS AS ('Always') STORED$$);
CREATE TABLE test.history (LIKE connect.event) PARTITION BY LIST (subject_type);
SELECT test.changed($$ALTER TABLE test.history ATTACH PARTITION connect.event FOR VALUES IN ('connection')$$);
DROP TABLE test.history;
SELECT test.changed($$DO $d$ DECLARE name name; BEGIN
    FOR name IN SELECT tgname FROM pg_trigger WHERE tgrelid = 'connect.event'::regclass LOOP EXECUTE format('DROP TRIGGER %I ON connect.event', name); END LOOP;
END $d$ $$);
-- ---- A rule that makes nothing of it; last, for PostgreSQL keeps what it has planned then until the session ends ----
SELECT test.changed($$CREATE RULE mm AS ON INSERT TO connect.event DO INSTEAD NOTHING$$);
SELECT count(*) FROM test.elsewhere;
DROP FUNCTION test.changed, test.event;
DROP TABLE test.log, test.elsewhere;
