-- Functions called in ways in which nobody should: without any argument, and triggers where they do not
-- belong. Each says what is wrong, or does nothing.
\set SHOW_CONTEXT never
\pset format unaligned
CALL test.reset();
CALL test.add('cxn_1', 'active');
SELECT connect.grant_share('regress_connect_destination'), connect.grant_fulfil('regress_connect_destination') \g /dev/null

-- Runs a statement, says what came of it, and takes it back.
CREATE FUNCTION test.outcome(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    code text;
    said text;
BEGIN
    EXECUTE statement INTO said;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN coalesce(said, 'nothing');
WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = CONSTRAINT_NAME;
    RETURN concat_ws(' ', SQLSTATE, coalesce(nullif(code, ''), SQLERRM));
END $$;

-- ---- Every function with nothing but nulls: as an organization, and as a superuser ----
CREATE TABLE test.callable AS
SELECT p.oid::regprocedure::text AS function, format('SELECT count(*) || CASE WHEN count(c) = 0 THEN $x$ null$x$ ELSE $x$ row$x$ END FROM %s(%s) AS c', p.oid::regproc,
    (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n))) AS call
FROM pg_proc AS p
WHERE p.pronamespace = 'connect'::regnamespace AND p.prokind = 'f' AND p.pronargs > 0 AND p.prorettype <> 'trigger'::regtype
    AND p.proargtypes[0] <> 'internal'::regtype AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'c');
GRANT SELECT ON test.callable TO PUBLIC;
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT function, test.outcome(call) FROM test.callable
WHERE has_function_privilege(function, 'EXECUTE') ORDER BY function COLLATE "C";
RESET SESSION AUTHORIZATION;
SELECT function, test.outcome(call) FROM test.callable ORDER BY function COLLATE "C";

-- ---- Every trigger function: not as a trigger; on a table that is not its own; on its own, at another time ----
-- there is a row in each table
UPDATE connect.connection SET name = 'Named';
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, expires_at) VALUES ('cxn_2', 'org_DEF456', 'org_ABC123', now() + interval '1 day');
SELECT id IS NOT NULL AS key FROM connect.create_api_key('org_ABC123', 'key');
SET session_replication_role = replica;
INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, status, expires_at, created_at, updated_at)
VALUES ('cnst_1', 'cxn_1', 'org_ABC123', 'org_DEF456', 'none', '1', 'created', now() + interval '1 day', now(), now());
RESET session_replication_role;
CREATE TABLE test.foreign_table (id text);
INSERT INTO test.foreign_table VALUES ('1');
CREATE FUNCTION test.fire(function regproc, relation regclass, timing text, event text, level text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER aa_misused %s %s ON %s FOR EACH %s EXECUTE FUNCTION %s()', timing, event, relation, level, function);
    EXECUTE CASE event WHEN 'INSERT' THEN format('INSERT INTO %s SELECT * FROM %1$s LIMIT 1', relation)
        WHEN 'UPDATE' THEN format('UPDATE %s SET %I = %2$I', relation, (SELECT attname FROM pg_attribute WHERE attrelid = relation AND attnum = 1))
        ELSE format('DELETE FROM %s', relation) END;
    RETURN 'passes';
END $$;
CREATE TABLE test.trigger_function AS
SELECT p.oid::regproc AS function, (SELECT min(t.tgrelid::regclass::text) FROM pg_trigger AS t WHERE t.tgfoid = p.oid)::regclass AS own
FROM pg_proc AS p WHERE p.pronamespace = 'connect'::regnamespace AND p.prorettype = 'trigger'::regtype
    AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'c');
SELECT function, test.outcome(format('SELECT %s()', function)) FROM test.trigger_function ORDER BY function::text COLLATE "C";
SELECT f.function, t.relation::text COLLATE "C" AS relation, o.outcome, string_agg(concat_ws(' ', lower(timing), lower(event), lower(level)), ', ' ORDER BY timing, event, level) AS "when"
FROM test.trigger_function AS f, LATERAL (VALUES ('test.foreign_table'::regclass), (f.own)) AS t (relation),
    (VALUES ('BEFORE'), ('AFTER')) AS i (timing), (VALUES ('INSERT'), ('UPDATE'), ('DELETE')) AS e (event), (VALUES ('ROW'), ('STATEMENT')) AS l (level),
    LATERAL (SELECT test.outcome(format('SELECT test.fire(%L, %L, %L, %L, %L)', f.function, t.relation, timing, event, level))) AS o (outcome)
WHERE t.relation IS NOT NULL
GROUP BY f.function, t.relation, o.outcome ORDER BY f.function::text COLLATE "C", 2, o.outcome COLLATE "C";
REVOKE EXECUTE ON FUNCTION connect.complete_share_token(text, text), connect.fail_share_token(text, text) FROM regress_connect_destination;
DROP TABLE test.callable, test.trigger_function, test.foreign_table;
DROP FUNCTION test.outcome(text), test.fire(regproc, regclass, text, text, text);
CALL test.reset();
