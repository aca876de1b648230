-- share_rows(), unshare_rows(): what a kind must be, and what its function may not do.
\getenv tests PG_ABS_SRCDIR
\set world :tests '/sql/share_world.psql'
\i :world

-- who may share, and what
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.share_rows('x', 'pg_catalog.pg_class', 'relname', 'oid', 'account.read');  -- fails
RESET SESSION AUTHORIZATION;
SET ROLE regress_connect_app;
CREATE VIEW depot.v AS SELECT * FROM depot.inquiry;
CREATE TABLE depot.t (id int PRIMARY KEY, uid uuid UNIQUE, organization_id text, doc jsonb UNIQUE, twice text, part text UNIQUE, two text, CHECK (part <> ''));
CREATE UNIQUE INDEX ON depot.t (two, id);
CREATE UNIQUE INDEX ON depot.t (twice) WHERE twice <> '';
CREATE TABLE depot.bare (id int, organization_id text, later text UNIQUE DEFERRABLE);
CREATE TEMP TABLE brief (id int PRIMARY KEY, organization_id text);
SELECT connect.share_rows(NULL, 'depot.t', 'organization_id', 'id', 'account.read');  -- fails
SELECT connect.share_rows('x', NULL, 'organization_id', 'id', 'account.read');  -- fails
SELECT connect.share_rows('', 'depot.t', 'organization_id', 'id', 'account.read');  -- fails
SELECT connect.share_rows('two words', 'depot.t', 'organization_id', 'id', 'account.read');  -- fails
SELECT connect.share_rows(repeat('x', 65), 'depot.t', 'organization_id', 'id', 'account.read');  -- fails
SELECT connect.share_rows('x', '4294967295'::oid::regclass, 'organization_id', 'id', 'account.read');  -- fails: of no table
SELECT connect.share_rows('x', 'brief', 'organization_id', 'id', 'account.read');  -- fails: for this session only
SELECT connect.share_rows('x', 'depot.v', 'organization_id', 'id', 'account.read');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.share_rows('x', 'pg_catalog.pg_class', 'relname', 'oid', 'account.read');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.share_rows('x', 'depot.t', 'nosuch', 'id', 'account.read');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.share_rows('x', 'depot.t', 'doc', 'id', 'account.read');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'nosuch', 'account.read');  -- fails
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'twice', 'account.read');  -- fails: for some rows only
\echo :LAST_ERROR_SQLSTATE
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'two', 'account.read');  -- fails: with another column only
SELECT connect.share_rows('x', 'depot.bare', 'organization_id', 'later', 'account.read');  -- fails: unique at the end only
SELECT connect.share_rows('x', 'depot.bare', 'organization_id', 'id', 'account.read');  -- fails
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', 'a b');  -- fails
-- one kind a name, a prefix, a column
SELECT connect.share_rows('inquiry', 'depot.t', 'organization_id', 'id', 'account.read');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', 'inq');  -- fails
SELECT connect.share_rows('x', 'depot.inquiry', 'organization_id', 'id', 'account.read');  -- fails
-- functions that may not be
CREATE FUNCTION depot.stable(text, text, text, text, jsonb) RETURNS text LANGUAGE sql STABLE AS 'SELECT $1';
CREATE FUNCTION depot.strict(text, text, text, text, jsonb) RETURNS text LANGUAGE sql STRICT AS 'SELECT $1';
CREATE FUNCTION depot.set(text, text, text, text, jsonb) RETURNS SETOF text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION depot.four(text, text, text, text) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION depot.int(text, text, text, text, jsonb) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION depot.json(text, text, text, text, json) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION depot.variadic(text, text, text, text, VARIADIC jsonb[]) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION depot.temp_first(text, text, text, text, jsonb) RETURNS text LANGUAGE sql SET search_path = pg_temp, depot AS 'SELECT $1';
RESET ROLE;
CREATE FUNCTION depot.foreign(text, text, text, text, jsonb) RETURNS text LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION pg_temp.temporary(text, text, text, text, jsonb) RETURNS text LANGUAGE sql AS 'SELECT $1';
ALTER FUNCTION pg_temp.temporary(text, text, text, text, jsonb) OWNER TO regress_connect_app;
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, ('depot.' || f || '(text, text, text, text, jsonb)')::regprocedure)
FROM unnest('{stable}'::text[]) AS f;  -- fails
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'depot.strict(text, text, text, text, jsonb)');  -- fails
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'depot.set(text, text, text, text, jsonb)');  -- fails
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'depot.four(text, text, text, text)');  -- fails
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'depot.int(text, text, text, text, jsonb)');  -- fails
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'depot.json(text, text, text, text, json)');  -- fails
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'depot.variadic(text, text, text, text, jsonb[])');  -- fails
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'depot.temp_first(text, text, text, text, jsonb)');  -- fails
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'depot.foreign(text, text, text, text, jsonb)');  -- fails
\set VERBOSITY default
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'depot.foreign(text, text, text, text, jsonb)');  -- fails
DO $$ BEGIN
    PERFORM connect.share_rows('x', 'depot.t', 'organization_id', 'id', 'account.read', NULL, 'pg_temp.temporary(text, text, text, text, jsonb)'::regprocedure);
EXCEPTION WHEN object_not_in_prerequisite_state THEN
    RAISE WARNING '%', SQLERRM;
END $$;
DROP FUNCTION pg_temp.temporary(text, text, text, text, jsonb);
-- not even a superuser shares what is PostgreSQL's, or ours, or what an index that failed does not hold
SELECT connect.share_rows('x', 'pg_catalog.pg_class', 'relname', 'oid', 'account.read');  -- fails
SELECT connect.share_rows('x', 'connect.organization', 'id', 'id', 'account.read');  -- fails
BEGIN;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'depot.t_uid_key'::regclass;
SELECT connect.share_rows('x', 'depot.t', 'organization_id', 'uid', 'account.read');  -- fails
ROLLBACK;
-- a table in parts is one
SET ROLE regress_connect_app;
CREATE TABLE depot.parted (id int PRIMARY KEY, organization_id text) PARTITION BY HASH (id);
CREATE TABLE depot.part PARTITION OF depot.parted FOR VALUES WITH (MODULUS 1, REMAINDER 0);
INSERT INTO depot.parted VALUES (7, 'org_ABC123');
SELECT connect.share_rows('Part.1_a/b-Z', 'depot.parted', 'organization_id', 'id', 'account.read', 'P-1');
RESET ROLE;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.token(connect.create_share_token('cxn_1', '7', kind => 'Part.1_a/b-Z'));
RESET SESSION AUTHORIZATION;
SELECT connect.unshare_rows('nosuch');  -- fails
-- keys of other types: an id that can be no key finds nothing
SELECT connect.share_rows('number', 'depot.t', 'organization_id', 'id', 'account.read', 'n');
SELECT connect.share_rows('uuid', 'depot.t', 'organization_id', 'uid', 'account.read', 'u');
INSERT INTO depot.t (id, uid, organization_id) VALUES (7, '018f0000-0000-7000-8000-00000000000a', 'org_ABC123');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.token(connect.create_share_token('cxn_1', '7', kind => 'number')),
    test.token(connect.create_share_token('cxn_1', '018f0000-0000-7000-8000-00000000000a', kind => 'uuid'));
\set VERBOSITY terse
SELECT connect.create_share_token('cxn_1', '007', kind => 'number');  -- fails: another spelling is another id
SELECT connect.create_share_token('cxn_1', '7; DROP TABLE depot.t', kind => 'number');  -- fails
SELECT connect.create_share_token('cxn_1', '99999999999999999999', kind => 'number');  -- fails
SELECT connect.create_share_token('cxn_1', '018F0000-0000-7000-8000-00000000000A', kind => 'uuid');  -- fails
SELECT connect.create_share_token('cxn_1', 'no uuid', kind => 'uuid');  -- fails
\set VERBOSITY default
RESET SESSION AUTHORIZATION;

-- a kind that tokens name is retired, another one deleted; both can come back
SELECT connect.unshare_rows('number'), connect.unshare_rows('account');
SELECT name, retired_at IS NOT NULL AS retired FROM connect.share_kind ORDER BY name;
SELECT connect.unshare_rows('number');  -- fails
\echo :LAST_ERROR_SQLSTATE
-- what cannot be redeemed now is not offered: of a kind that is retired, of one whose scope is not granted, or retired
SET ROLE regress_connect_destination;
SELECT d #>> '{attributes,kind}' AS kind, d #>> '{meta,allowed-actions}' AS actions FROM jsonb_array_elements(connect.list_share_tokens() -> 'data') AS d ORDER BY kind;
RESET ROLE;
BEGIN;
UPDATE connect.scope SET retired_at = now() WHERE name = 'account.read';
SET LOCAL ROLE regress_connect_destination;
SELECT d #>> '{attributes,kind}' AS kind, d #>> '{meta,allowed-actions}' AS actions FROM jsonb_array_elements(connect.list_share_tokens() -> 'data') AS d ORDER BY kind;
RESET ROLE;
SET LOCAL session_replication_role = replica;
UPDATE connect.scope SET retired_at = NULL;
UPDATE connect.connection SET scopes = '{inquiry.read}';
SET LOCAL ROLE regress_connect_destination;
SELECT d #>> '{attributes,kind}' AS kind, d #>> '{meta,allowed-actions}' AS actions FROM jsonb_array_elements(connect.list_share_tokens() -> 'data') AS d ORDER BY kind;
RESET ROLE;
DELETE FROM connect.share_kind WHERE name = 'uuid';
SET LOCAL ROLE regress_connect_destination;
SELECT d #>> '{attributes,kind}' AS kind, d #>> '{meta,allowed-actions}' AS actions FROM jsonb_array_elements(connect.list_share_tokens() -> 'data') AS d ORDER BY kind;
ROLLBACK;
DELETE FROM connect.share_kind WHERE name = 'number';  -- fails
SELECT connect.share_rows('number', 'depot.t', 'organization_id', 'id', 'account.read');
SELECT name, retired_at IS NOT NULL AS retired FROM connect.share_kind ORDER BY name;
SET ROLE regress_connect_worker;
SELECT connect.unshare_rows('number');  -- fails
RESET ROLE;

-- a function that is not what it was: each use says so, and check_setup() too
CREATE FUNCTION test.try(text, into_id text = NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    RETURN test.token(connect.redeem_share_token($1, into_id));
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(' / ', SQLSTATE, SQLERRM, nullif(detail, ''));
END $$;
CREATE VIEW test.broken AS SELECT finding FROM connect.check_setup() WHERE code = 'kind_broken';
SELECT * FROM test.broken;
CALL test.add_token('cnst_1');
BEGIN;
DROP FUNCTION depot.hand_over(text, text, text, text, jsonb);
SELECT * FROM test.broken;
SET LOCAL ROLE regress_connect_destination;
SELECT test.try('cnst_1');
ROLLBACK;
BEGIN;
ALTER FUNCTION depot.hand_over(text, text, text, text, jsonb) OWNER TO regress_connect_owner;
SELECT * FROM test.broken;
SET LOCAL ROLE regress_connect_destination;
SELECT test.try('cnst_1');
ROLLBACK;
BEGIN;
ALTER FUNCTION depot.hand_over(text, text, text, text, jsonb) STABLE;
SELECT * FROM test.broken;
SET LOCAL ROLE regress_connect_destination;
SELECT test.try('cnst_1');
ROLLBACK;
BEGIN;
ALTER FUNCTION depot.hand_over(text, text, text, text, jsonb) SET search_path = pg_temp, depot;
SELECT * FROM test.broken;
SET LOCAL ROLE regress_connect_destination;
SELECT test.try('cnst_1');
ROLLBACK;
-- where a path leaves pg_temp out, that is searched first, and this session has something there
BEGIN;
ALTER FUNCTION depot.hand_over(text, text, text, text, jsonb) SET search_path = depot;
SELECT * FROM test.broken;
SET LOCAL ROLE regress_connect_destination;
SELECT test.try('cnst_1');
ROLLBACK;
BEGIN;
DROP TABLE depot.inquiry CASCADE;
SELECT * FROM test.broken;
SET LOCAL ROLE regress_connect_destination;
SELECT test.try('cnst_1');
RESET ROLE;
SELECT connect.unshare_rows('inquiry');
SELECT name, retired_at IS NOT NULL AS retired FROM connect.share_kind WHERE name = 'inquiry';
ROLLBACK;
BEGIN;
ALTER TABLE depot.inquiry RENAME COLUMN organization_id TO owner;
SELECT * FROM test.broken;
SET LOCAL ROLE regress_connect_destination;
SELECT test.try('cnst_1');
ROLLBACK;
BEGIN;
ALTER TABLE depot.inquiry DROP CONSTRAINT inquiry_pkey;
SELECT * FROM test.broken;
ROLLBACK;
-- a table that is renamed, moved or given away is still the same
BEGIN;
ALTER TABLE depot.inquiry RENAME TO other;
CREATE TABLE depot.inquiry (LIKE depot.other);
CREATE OR REPLACE FUNCTION depot.hand_over(source_id text, source_organization_id text, destination_organization_id text,
    destination_id text, options jsonb) RETURNS text LANGUAGE sql AS $$ SELECT 'made' $$;
SET LOCAL ROLE regress_connect_destination;
SELECT test.try('cnst_1');
ROLLBACK;
BEGIN;
ALTER TABLE depot.inquiry OWNER TO regress_connect_owner;
SELECT * FROM test.broken;
ROLLBACK;

-- functions that misbehave: all is rolled back, and the token stays as it was
CREATE FUNCTION test.with_body(body text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE FUNCTION depot.hand_over(source_id text, source_organization_id text, destination_organization_id text,
        destination_id text, options jsonb) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS %L', body);
    EXECUTE 'ALTER FUNCTION depot.hand_over(text, text, text, text, jsonb) OWNER TO regress_connect_app';
    RETURN '';
END $$;
CREATE PROCEDURE test.misbehave(body text, into_id text = NULL) LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    PERFORM test.with_body(body);
    SET LOCAL ROLE regress_connect_destination;
    said := test.try('cnst_1', into_id);
    RESET ROLE;
    RAISE WARNING '%', said;
    RAISE WARNING '% %, % events, % copies', current_user = 'regress_connect_app', (SELECT string_agg(status::text, ' ') FROM connect.share_token WHERE id = 'cnst_1'),
        (SELECT count(*) FROM connect.event WHERE subject_id = 'cnst_1'), (SELECT count(*) - 3 FROM depot.inquiry);
END $$;
CALL test.misbehave('BEGIN INSERT INTO depot.inquiry VALUES (''c'', ''org_DEF456''); RAISE EXCEPTION ''no''; END');
CALL test.misbehave('BEGIN INSERT INTO depot.inquiry VALUES (''c'', ''org_DEF456''); RETURN NULL; END');
CALL test.misbehave('BEGIN INSERT INTO depot.inquiry VALUES (''c'', ''org_DEF456''); RETURN ''''; END');
CALL test.misbehave('BEGIN RETURN repeat(''x'', 256); END');
CALL test.misbehave('BEGIN RETURN ''x''; END', 'inq_9');
-- it is the owner of the table, and nobody else
CALL test.misbehave('BEGIN RAISE EXCEPTION ''% % %'', current_user, session_user <> current_user, current_setting(''search_path''); END');
CALL test.misbehave('BEGIN SET ROLE regress_connect_owner; RETURN ''x''; END');
CALL test.misbehave('BEGIN UPDATE connect.share_token SET status = ''created''; RETURN ''x''; END');
CALL test.misbehave('BEGIN COMMIT; RETURN ''x''; END');
-- it ends the Connection, or the token, that it is run for
GRANT regress_connect_owner TO regress_connect_app;
CALL test.misbehave('BEGIN UPDATE connect.connection SET status = ''inactive'' WHERE id = ''cxn_1''; RETURN ''x''; END');
CALL test.misbehave('BEGIN UPDATE connect.share_token SET status = ''failed'', failure_reason = ''import_failed'' WHERE id = ''cnst_1''; RETURN ''x''; END');
REVOKE regress_connect_owner FROM regress_connect_app;
SELECT status FROM connect.connection;
-- another token, for what follows
CALL test.add_token('cnst_2', source_id => 'inq_2');
-- it calls connect again: as whoever acts for its owner, who is nobody
GRANT USAGE ON SCHEMA connect TO regress_connect_app;
SELECT connect.grant_usage('regress_connect_app');
CALL test.misbehave('BEGIN PERFORM connect.redeem_share_token(''cnst_2''); RETURN ''x''; END');
-- settings that it leaves are undone, also those of the session
CREATE FUNCTION test.settings() RETURNS text LANGUAGE sql AS $$ SELECT concat_ws(' ', current_setting('search_path'), current_setting('DateStyle'), current_setting('work_mem')) $$;
SELECT test.settings() = concat_ws(' ', current_setting('search_path'), current_setting('DateStyle'), current_setting('work_mem')) AS same;
SELECT test.settings() AS before \gset
SELECT test.with_body('BEGIN SET search_path = depot; SET work_mem = ''77MB''; PERFORM set_config(''DateStyle'', ''German'', false); RETURN source_id || ''_copy''; END');
SET ROLE regress_connect_destination;
SELECT test.token(connect.redeem_share_token('cnst_2'));
RESET ROLE;
SELECT test.settings() = :'before' AS undone;
-- temporary tables of the session do not stand in for those of the application
CREATE TEMP TABLE inquiry (id text, organization_id text, name text);
CALL test.add_token('cnst_3', source_id => 'inq_2');
ALTER FUNCTION depot.hand_over(text, text, text, text, jsonb) SET search_path = depot;
SET ROLE regress_connect_destination;
SELECT test.try('cnst_3');
RESET ROLE;
DROP TABLE inquiry;
-- a path that cannot be read, as only a superuser can leave it
BEGIN;
UPDATE pg_proc SET proconfig = '{"search_path=\""}' WHERE oid = 'depot.hand_over(text, text, text, text, jsonb)'::regprocedure;
SET LOCAL ROLE regress_connect_destination;
SELECT test.try('cnst_3');
ROLLBACK;
-- other settings are the function's own affair
SELECT test.with_body('BEGIN RETURN source_id || current_setting(''work_mem''); END') \g /dev/null
ALTER FUNCTION depot.hand_over(text, text, text, text, jsonb) RESET search_path;
ALTER FUNCTION depot.hand_over(text, text, text, text, jsonb) SET work_mem = '1MB';
SET ROLE regress_connect_destination;
SELECT test.try('cnst_3');
RESET ROLE;
DROP FUNCTION test.try(text, text), test.with_body(text), test.settings();
DROP PROCEDURE test.misbehave(text, text);
DROP VIEW test.broken;
-- a session without temporary tables runs a function whose path does not name them
CALL test.add_token('cnst_4', source_id => 'inq_2');
ALTER FUNCTION depot.hand_over(text, text, text, text, jsonb) SET search_path = depot;
\c -
\pset format unaligned
SET ROLE regress_connect_destination;
SELECT test.token(connect.redeem_share_token('cnst_4'));
RESET ROLE;
