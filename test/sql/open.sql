-- Connections that wait for an answer have rows of their own, whoever writes, and lists of them are the same.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
\getenv tests PG_ABS_SRCDIR
\set pages :tests '/sql/pages.psql'
\i :pages
CALL test.reset();
CREATE FUNCTION test.open() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
    SELECT coalesce(string_agg(right(id, 5), ' ' ORDER BY id COLLATE "C") FILTER (WHERE id !~ '^cxn_01'), '-') || CASE WHEN array_agg((id, source_organization_id, destination_organization_id)::text ORDER BY id)
        IS DISTINCT FROM (SELECT array_agg((c.id, c.source_organization_id, c.destination_organization_id)::text ORDER BY c.id) FROM connect.connection AS c WHERE c.status = 'pending')
        THEN ' but other ones are pending' ELSE '' END || CASE WHEN count(*) FILTER (WHERE id ~ '^cxn_01') > 0 THEN ' and ' || count(*) FILTER (WHERE id ~ '^cxn_01') ELSE '' END
    FROM connect.open_connection
$$;
SELECT test.open();
-- by functions
SET ROLE regress_connect_source;
SELECT connect.create_connection('org_DEF456') #>> '{data,id}' AS id \gset
SELECT connect.create_connection('org_ABC123', 'self') #>> '{data,id}' AS self \gset
SELECT test.open();
SET ROLE regress_connect_destination;
SELECT test.line(connect.activate_connection(:'id')), test.open();
SET ROLE regress_connect_source;
SELECT test.line(connect.update_connection(:'id', scopes => '{account.read,verification.read}'));
SELECT test.open();
SELECT test.line(connect.update_connection(:'id', 'renamed'));
SELECT test.open();
SELECT test.line(connect.deactivate_connection(:'id'));
SELECT test.open();
SELECT test.line(connect.reactivate_connection(:'id'));
SELECT test.open();
RESET ROLE;
-- by plain statements, within a transaction that is taken back in part
BEGIN;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_1', 'org_DEF456', 'org_ABC123');
SAVEPOINT s;
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1';
SELECT test.open();
ROLLBACK TO s;
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1';
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1';
UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_1';
COMMIT;
SELECT test.open();
INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_DEF456', 'org_ABC123') ON CONFLICT DO NOTHING;
SELECT test.open();
-- as replication and imports write, which may change what nobody else can
SET session_replication_role = replica;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
VALUES ('cxn_2', 'org_GHI789', 'org_ABC123', 'pending', '{account.read}', '2001-02-03', '2001-02-03'), ('cxn_3', 'org_GHI789', 'org_DEF456', 'active', '{account.read}', '2001-02-03', '2001-02-03');
SELECT test.open();
UPDATE connect.connection SET status = CASE id WHEN 'cxn_2' THEN 'active' ELSE 'pending' END::connect.connection_status WHERE id IN ('cxn_2', 'cxn_3');
SELECT test.open();
UPDATE connect.connection SET id = 'cxn_4', destination_organization_id = 'org_GHI789' WHERE id = 'cxn_3';
SELECT test.open();
DELETE FROM connect.connection WHERE id = 'cxn_4';
SELECT test.open();
-- a term that is imported as infinite is none, also for upgrade_store(), and may be given another one
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, expires_at, created_at, updated_at)
VALUES ('cxn_5', 'org_GHI789', 'org_DEF456', 'active', '{account.read}', 'infinity', '2001-02-03', '2001-02-03');
RESET session_replication_role;
SELECT connect.upgrade_store(), (SELECT count(*) FROM connect.open_term WHERE id = 'cxn_5') AS terms;
-- and a row that is wrong all the same goes with the next change
SET session_replication_role = replica;
ALTER TABLE connect.open_term DISABLE TRIGGER USER;
INSERT INTO connect.open_term VALUES ('cxn_5', 'org_GHI789', 'org_DEF456', 'infinity');
ALTER TABLE connect.open_term ENABLE TRIGGER USER;
RESET session_replication_role;
UPDATE connect.connection SET expires_at = '2999-01-01 00:00:00+00' WHERE id = 'cxn_5';
SELECT ends_at FROM connect.open_term WHERE id = 'cxn_5';
SET session_replication_role = replica;
DELETE FROM connect.connection WHERE id = 'cxn_5';
SELECT count(*) AS terms FROM connect.open_term WHERE id = 'cxn_5';
SELECT connect.upgrade_store();
-- what is replicated of the table itself passes by
INSERT INTO connect.open_connection VALUES ('cxn_x', 'org_ABC123', 'org_DEF456');
DELETE FROM connect.open_connection;
UPDATE connect.open_connection SET id = 'cxn_y';
SELECT test.open();
RESET session_replication_role;
-- nobody else writes there
INSERT INTO connect.open_connection VALUES ('cxn_x', 'org_ABC123', 'org_DEF456');  -- fails
UPDATE connect.open_connection SET id = 'cxn_y';  -- fails
DELETE FROM connect.open_connection;  -- fails
TRUNCATE connect.open_connection;  -- fails
SELECT test.open();
-- a DBA's trigger that answers at once, before or behind connect's
BEGIN;
CREATE FUNCTION test.answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.status = 'inactive' AND OLD.status <> 'inactive' THEN
        UPDATE connect.connection SET status = CASE NEW.status WHEN 'pending' THEN 'active' ELSE 'pending' END::connect.connection_status WHERE id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER mm AFTER INSERT OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test.answer();
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_5', 'org_DEF456', 'org_DEF456');
SELECT status, test.open() FROM connect.connection WHERE id = 'cxn_5';
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_5';
SELECT status, test.open() FROM connect.connection WHERE id = 'cxn_5';
ROLLBACK;
-- what no trigger has seen is collected by upgrade_store()
BEGIN;
ALTER TABLE connect.connection DISABLE TRIGGER ALL;
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1';
UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_2';
SELECT test.open();
SET LOCAL ROLE regress_connect_source;
SELECT jsonb_path_query_array(connect.list_connections(status => 'pending', direction => 'inbound'), '$.data[*].id') @? '$[*] ? (@ == "cxn_1")' AS shown;
RESET ROLE;
SELECT connect.upgrade_store();
SELECT test.open();
SELECT tgname FROM pg_trigger WHERE tgrelid = 'connect.connection'::regclass AND NOT tgisinternal AND tgenabled IN ('A', 'R') ORDER BY 1;
ROLLBACK;

-- The lists: of each state, direction and place the same as the rows say, by pages in both directions.
CALL test.reset();
SET session_replication_role = replica;
INSERT INTO connect.organization (id, name) SELECT 'org_p' || n, 'Partner' FROM generate_series(1, 120) AS n;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_' || lpad(n::text, 3, '0'), CASE n % 3 WHEN 0 THEN 'org_ABC123' ELSE 'org_p' || (n % 120 + 1) END, CASE n % 3 WHEN 0 THEN CASE n WHEN 60 THEN 'org_ABC123' ELSE 'org_p' || (n % 120 + 1) END ELSE 'org_ABC123' END,
    (ARRAY['pending', 'active', 'inactive', 'active', 'active'])[n % 5 + 1]::connect.connection_status, '{account.read}', now(), now()
FROM generate_series(1, 99) AS n ON CONFLICT DO NOTHING;
RESET session_replication_role;
GRANT SELECT ON connect.connection TO regress_connect_source;
SET ROLE regress_connect_source;
SELECT s.status, d.direction, cardinality(w.ids) AS rows,
    bool_and(test.pages(format('connect.list_connections(status => %L, direction => %L', s.status, d.direction), b.backwards, p.size) = w.ids) AS same
FROM (VALUES (NULL::connect.connection_status), ('pending'), ('active'), ('inactive')) AS s (status),
    (VALUES (NULL), ('inbound'), ('outbound')) AS d (direction), (VALUES (false), (true)) AS b (backwards), (VALUES (1), (4), (100)) AS p (size),
    LATERAL (SELECT ARRAY(SELECT id FROM connect.connection AS c WHERE (s.status IS NULL OR c.status = s.status)
        AND CASE d.direction WHEN 'inbound' THEN destination_organization_id = 'org_ABC123' WHEN 'outbound' THEN source_organization_id = 'org_ABC123' ELSE true END
        ORDER BY id COLLATE "C" DESC) AS ids) AS w
GROUP BY s.status, d.direction, w.ids ORDER BY 1, 2;
-- behind a cursor of another state
SELECT jsonb_path_query_array(l, '$.data[*].id') AS ids, l #> '{links,prev}' <> 'null' AS prev, l #> '{links,next}' <> 'null' AS next
FROM (VALUES (connect.list_connections(status => 'pending', direction => 'inbound', page_after => 'cxn_061', page_size => 2)),
    (connect.list_connections(status => 'pending', direction => 'inbound', page_after => 'cxn_098', page_size => 2)),
    (connect.list_connections(status => 'pending', direction => 'inbound', page_before => 'cxn_061', page_size => 2)),
    (connect.list_connections(status => 'pending', direction => 'inbound', page_before => 'cxn_002', page_size => 2)),
    (connect.list_connections(status => 'pending', destination_organization_id => 'org_ABC123', source_organization_id => 'org_p21'))) AS v (l);
RESET ROLE;
REVOKE SELECT ON connect.connection FROM regress_connect_source;
CALL test.reset();
