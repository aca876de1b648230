-- Triggers of the DBA's on connect.share_token that make another row of what was decided: ahead of the
-- guard they are judged like whoever writes, behind it the change is refused.
\getenv tests PG_ABS_SRCDIR
\set world :tests '/sql/share_world.psql'
\i :world
CALL test.add_token('cnst_1', kind => 'account', source_id => 'act_1');
CREATE FUNCTION test.alters() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- one column of the row becomes what is given
    RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0], TG_ARGV[1]));
END $$;
GRANT EXECUTE ON FUNCTION test.alters() TO PUBLIC;
-- Redeems a token with a trigger of this name on the column; says what came of it, and takes it back.
CREATE FUNCTION test.redeemed(name text, col text, value text, change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    said text;
BEGIN
    EXECUTE format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.alters(%L, %L)', name, col, value);
    EXECUTE change;
    SELECT concat_ws(' ', t.status, CASE WHEN col NOT IN ('updated_at', 'pending_at', 'created_at') THEN to_jsonb(t) ->> col END) INTO said FROM connect.share_token AS t ORDER BY t.created_at DESC LIMIT 1;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN said;
WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = CONSTRAINT_NAME;
    RETURN concat_ws(' ', SQLSTATE, coalesce(nullif(detail, ''), SQLERRM));
END $$;
SELECT CASE n WHEN 1 THEN 'redeem' WHEN 2 THEN 'create' ELSE 'owner' END AS change, a.attname AS column,
    test.redeemed('mm', a.attname, v.value, c.change) AS ahead, test.redeemed('zzz', a.attname, v.value, c.change) AS behind
FROM pg_attribute AS a, LATERAL (SELECT CASE WHEN a.attname = 'status' THEN 'failed' WHEN a.attname = 'redeem_mode' THEN 'merge' WHEN a.attname = 'failure_reason' THEN 'import_failed'
        WHEN a.atttypid = 'timestamptz'::regtype THEN '2040-01-01' WHEN a.attname = 'connection_id' THEN 'cxn_2' WHEN a.attname ~ 'organization' THEN 'org_GHI789' WHEN a.attname = 'kind' THEN 'inquiry' ELSE 'another' END AS value) AS v,
    (VALUES (1, $$SELECT set_config('role', 'regress_connect_destination', true), connect.redeem_share_token('cnst_1'), set_config('role', 'none', true)$$),
        (2, $$SELECT set_config('role', 'regress_connect_source', true), connect.create_share_token('cxn_1', 'act_1'), set_config('role', 'none', true)$$),
        (3, $$UPDATE connect.share_token SET status = 'expired'$$)) AS c (n, change)
WHERE a.attrelid = 'connect.share_token'::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY n, a.attnum;
DROP FUNCTION test.alters() CASCADE;
DROP FUNCTION test.redeemed(text, text, text, text);

-- Triggers that keep a row from being written, or put the old one back: nothing is reported as done.
CALL test.add_token('cnst_2', 'pending', kind => 'account', source_id => 'act_1', pending_at => now());
CREATE FUNCTION test.keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_ARGV[0] = 'old' AND TG_OP = 'UPDATE' THEN RETURN OLD; END IF;
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION test.keeps() TO PUBLIC;
CREATE FUNCTION test.kept(returns text, who text, call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    code text;
    said text;
BEGIN
    EXECUTE format('CREATE TRIGGER mm BEFORE INSERT OR UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.keeps(%L)', returns);
    EXECUTE format('SET LOCAL ROLE regress_connect_%s', who);
    EXECUTE 'SELECT test.token(' || call || ')' INTO said;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN said;
WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = CONSTRAINT_NAME;
    RETURN concat_ws(' ', SQLSTATE, coalesce(nullif(code, ''), SQLERRM));
END $$;
SELECT c.call, test.kept('null', c.who, c.call) AS "null", test.kept('old', c.who, c.call) AS old
FROM (VALUES ('source', 'connect.create_share_token(''cxn_1'', ''act_1'')'), ('source', 'connect.expire_share_token(''cnst_1'')'),
    ('destination', 'connect.redeem_share_token(''cnst_1'')'), ('worker', 'connect.complete_share_token(''cnst_2'', ''act_2'')'),
    ('worker', 'connect.fail_share_token(''cnst_2'', ''import_failed'')')) AS c (who, call);
DROP FUNCTION test.keeps() CASCADE;
DROP FUNCTION test.kept(text, text, text);
-- Nor does one make another legal step of what a function means to do, or take anything along where a creator is forgotten.
CREATE FUNCTION test.turns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_ARGV[0] = 'redeem' THEN NEW.status := 'pending'; ELSE NEW.destination_id := 'act_2'; END IF;
    RETURN NEW;
END $$;
GRANT EXECUTE ON FUNCTION test.turns() TO PUBLIC;
CALL test.add('cxn_self', 'active', source => 'org_ABC123', destination => 'org_ABC123');
CALL test.add_token('cnst_3', kind => 'account', source_id => 'act_1', connection_id => 'cxn_self', destination => 'org_ABC123');
BEGIN;
CREATE TRIGGER mm BEFORE UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.turns('redeem');
SET LOCAL ROLE regress_connect_source;
SELECT connect.expire_share_token('cnst_3');  -- fails
ROLLBACK;
BEGIN;
CREATE TRIGGER mm BEFORE UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.turns('redeem');
SELECT connect.forget_actor('org_ABC123', 'usr_1');  -- fails
ROLLBACK;
BEGIN;
CREATE TRIGGER mm BEFORE UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION test.turns('name');
SELECT connect.forget_actor('org_ABC123', 'usr_1');  -- fails
ROLLBACK;
SELECT connect.forget_actor('org_ABC123', 'usr_1');
SELECT id, status, creator_id FROM connect.share_token ORDER BY id;
DROP FUNCTION test.turns();

-- what an owner inserts with every null that there can be
INSERT INTO connect.share_token DEFAULT VALUES;  -- fails
INSERT INTO connect.share_token (connection_id, kind, source_id) VALUES ('cxn_1', 'account', 'act_1') RETURNING status, redeem_mode;
CALL test.reset();
