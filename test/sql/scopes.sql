-- The catalogue of scopes: what is granted stays, what is retired is shut, and back.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
INSERT INTO connect.scope (name, description) VALUES ('note.read', 'Read notes.'), ('other.read', 'Read others.'), ('spare.read', 'Read spares.');
CALL test.add('cxn_1', 'active', scopes => '{account.read,inquiry.read,note.read}');
CALL test.add('cxn_2', 'inactive', scopes => '{other.read}', source => 'org_GHI789');

-- What a Connection grants, in whatever state, is not deleted or renamed, by whomever.
DELETE FROM connect.scope WHERE name = 'note.read';  -- fails
\echo :LAST_ERROR_SQLSTATE
DELETE FROM connect.scope;  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.scope SET name = 'other.write' WHERE name = 'other.read';  -- fails
\echo :LAST_ERROR_SQLSTATE
TRUNCATE connect.scope CASCADE;  -- fails
\echo :LAST_ERROR_SQLSTATE
BEGIN ISOLATION LEVEL REPEATABLE READ;
DELETE FROM connect.scope WHERE name = 'other.read';  -- fails
ROLLBACK;
-- all else is the DBA's to change
UPDATE connect.scope SET name = 'spare.write' WHERE name = 'spare.read';
UPDATE connect.scope SET description = 'Read all notes.', title = 'Notes', is_default = true WHERE name = 'note.read';
DELETE FROM connect.scope WHERE name = 'spare.write';
SELECT name, description, is_default, title, retired_at FROM connect.scope ORDER BY name;
-- a trigger of the DBA's that renames is seen
BEGIN;
CREATE FUNCTION test.rename() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := ''zz''; RETURN NEW; END';
CREATE TRIGGER zzz BEFORE UPDATE ON connect.scope FOR EACH ROW EXECUTE FUNCTION test.rename();
UPDATE connect.scope SET description = 'x' WHERE name = 'note.read';  -- fails
ROLLBACK;

-- A retired scope opens nothing, from the next statement on, and is back when that is taken back.
\set ask 'SELECT scope, connect.is_allowed(''org_ABC123'', ''org_DEF456'', scope), connect.explain_access(''org_ABC123'', ''org_DEF456'', scope) FROM unnest(''{account.read,note.read,other.read,NULL}''::text[]) AS scope'
:ask;
UPDATE connect.scope SET retired_at = now() WHERE name = 'note.read';
:ask;
SELECT connect.require_allowed('org_ABC123', 'org_DEF456', 'note.read');  -- fails
SET ROLE regress_connect_destination;
SELECT connect.allowed_sources('note.read'), connect.allowed_sources('account.read'), connect.allowed_sources(), connect.allowed_sources('no.such');
RESET ROLE;
BEGIN;
UPDATE connect.scope SET retired_at = NULL WHERE name = 'note.read';
:ask;
SAVEPOINT s;
UPDATE connect.scope SET retired_at = now() WHERE name IN ('note.read', 'account.read');
:ask;
ROLLBACK TO s;
:ask;
ROLLBACK;
:ask;
-- in one statement, from row to row, and in PL/pgSQL from statement to statement
DO $$
BEGIN
    FOR i IN 1 .. 3 LOOP
        UPDATE connect.scope SET retired_at = CASE WHEN i = 2 THEN now() END WHERE name = 'account.read';
        RAISE NOTICE '% %', connect.is_allowed('org_ABC123', 'org_DEF456', 'account.read'), connect.explain_access('org_ABC123', 'org_DEF456', 'account.read');
    END LOOP;
END $$;
-- more scopes than are remembered, in turns
SELECT count(*), count(*) FILTER (WHERE allowed) FROM (SELECT connect.is_allowed('org_ABC123', 'org_DEF456',
    (ARRAY['account.read', 'inquiry.read', 'note.read', 'other.read', 'a', 'b', 'c', 'd', 'e', 'f', 'g'])[n % 11 + 1]) AS allowed FROM generate_series(1, 1100) AS n) AS a;
-- a scope with a name longer than the catalogue takes
SELECT connect.explain_access('org_ABC123', 'org_DEF456', repeat('x', 65));

-- Offers: it is not among the default ones, nor can it be named, nor added; what is there may go on, or go.
SET ROLE regress_connect_source;
SELECT test.line(connect.create_connection('org_GHI789'));
SELECT connect.update_connection(connect.list_connections(destination_organization_id => 'org_GHI789') #>> '{data,0,id}', scopes => '{account.read,note.read}');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_connection('org_ABC123', scopes => '{account.read,note.read}');  -- fails
RESET ROLE;
INSERT INTO connect.connection (source_organization_id, destination_organization_id, scopes) VALUES ('org_ABC123', 'org_ABC123', '{note.read}');  -- fails
SET ROLE regress_connect_source;
SELECT test.line(connect.update_connection('cxn_1', scopes => '{account.read,note.read}'));
SELECT test.line(connect.update_connection('cxn_1', scopes => '{account.read,inquiry.read,note.read}'));
SELECT test.line(connect.deactivate_connection('cxn_1'));
SELECT test.line(connect.reactivate_connection('cxn_1'));
SELECT jsonb_path_query_array(connect.list_scopes(), '$.data[*].id');
SELECT test.line(connect.update_connection('cxn_1', scopes => '{note.read}'));
RESET ROLE;

-- A scope that is gone, for triggers were off: it opens nothing, and does not keep others from going.
CALL test.add('cxn_3', 'active', scopes => '{account.read,inquiry.read,lost.read}', source => 'org_DEF456', destination => 'org_ABC123');
SELECT connect.is_allowed('org_DEF456', 'org_ABC123', 'lost.read'), connect.explain_access('org_DEF456', 'org_ABC123', 'lost.read');
SET ROLE regress_connect_destination;
SELECT connect.update_connection('cxn_3', scopes => '{account.read,lost.read,nowhere.read}');  -- fails
SELECT test.line(connect.update_connection('cxn_3', scopes => '{account.read,lost.read}'));
SELECT test.line(connect.update_connection('cxn_3', scopes => '{account.read}'));
SELECT connect.update_connection('cxn_3', scopes => '{account.read,lost.read}');  -- fails
RESET ROLE;

-- An empty catalogue, as a dump of the schema alone leaves it.
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM connect.scope;
SET LOCAL session_replication_role = origin;
SET LOCAL ROLE regress_connect_destination;
SAVEPOINT s;
SELECT connect.create_connection('org_GHI789');  -- fails
ROLLBACK TO s;
SELECT connect.create_connection('org_GHI789', scopes => '{account.read}');  -- fails
ROLLBACK TO s;
RESET ROLE;
SELECT connect.upgrade_store();
SET LOCAL ROLE regress_connect_destination;
SELECT test.line(connect.create_connection('org_GHI789'));
ROLLBACK;
-- and one without default ones
BEGIN;
UPDATE connect.scope SET is_default = false;
SET LOCAL ROLE regress_connect_destination;
SELECT connect.create_connection('org_GHI789');  -- fails
ROLLBACK;
CALL test.reset();
