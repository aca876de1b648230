-- Every other way to write: COPY, MERGE, ON CONFLICT, writable CTEs, many steps
-- in one transaction, savepoints. A change's event commits or rolls back with it.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
GRANT SELECT, INSERT, UPDATE ON connect.connection TO regress_connect_source, regress_connect_destination;
CREATE FUNCTION pg_temp.seen() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT concat_ws(' ', 'row', source, destination, status, name, scopes) FROM test.rows()
    UNION ALL SELECT concat_ws(' ', 'event', action, "from", "to", name, scopes, actor) FROM test.events();
$$;

-- COPY
SET ROLE regress_connect_owner;
COPY connect.connection (id, source_organization_id, destination_organization_id, name, scopes, status, created_at, updated_at) FROM stdin;
cxn_1	org_ABC123	org_DEF456	Copied	{inquiry.read,account.read}	pending	2001-02-03 04:05:06+00	2001-02-03 04:05:06+00
cxn_2	org_ABC123	org_GHI789		\N	pending	\N	\N
\.
COPY connect.connection (id, source_organization_id, destination_organization_id, status) FROM stdin;
cxn_3	org_GHI789	org_DEF456	pending
cxn_4	org_GHI789	org_ABC123	active
\.
COPY connect.event (id, connection_id, source_organization_id, destination_organization_id, action, to_status, scopes) FROM stdin;
evt_1	cxn_1	org_ABC123	org_DEF456	create	pending	{}
\.
RESET ROLE;
SELECT pg_temp.seen();

-- MERGE
SET SESSION AUTHORIZATION regress_connect_destination;
MERGE INTO connect.connection AS c USING (VALUES ('org_ABC123'), ('org_GHI789')) AS v (source)
ON c.source_organization_id = v.source AND c.destination_organization_id = 'org_DEF456'
WHEN MATCHED THEN UPDATE SET status = 'active'
WHEN NOT MATCHED THEN INSERT (source_organization_id, destination_organization_id, scopes) VALUES ('org_DEF456', v.source, '{inquiry.read}');
MERGE INTO connect.connection AS c USING (VALUES ('cxn_1')) AS v (id) ON c.id = v.id
WHEN MATCHED THEN UPDATE SET name = 'Merged';  -- fails: not its part
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
MERGE INTO connect.connection AS c USING (VALUES ('cxn_1')) AS v (id) ON c.id = v.id
WHEN MATCHED THEN DELETE;  -- fails
\echo :LAST_ERROR_SQLSTATE
MERGE INTO connect.connection AS c USING (VALUES ('cxn_1')) AS v (id) ON c.id = v.id
WHEN MATCHED THEN UPDATE SET status = 'pending';  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.seen();

-- ON CONFLICT
CALL test.reset();
CALL test.add('cxn_1', 'pending', 'One');
SET SESSION AUTHORIZATION regress_connect_source;
-- nothing happens, so nothing is told
INSERT INTO connect.connection (destination_organization_id) VALUES ('org_DEF456') ON CONFLICT DO NOTHING RETURNING id;
INSERT INTO connect.connection (destination_organization_id) VALUES ('org_DEF456')
ON CONFLICT (source_organization_id, destination_organization_id) DO NOTHING RETURNING id;
SELECT pg_temp.seen();
INSERT INTO connect.connection (destination_organization_id, name) VALUES ('org_DEF456', 'Upserted')
ON CONFLICT (source_organization_id, destination_organization_id) DO UPDATE SET name = EXCLUDED.name RETURNING name;
INSERT INTO connect.connection (destination_organization_id) VALUES ('org_DEF456')
ON CONFLICT (source_organization_id, destination_organization_id) DO UPDATE SET status = 'active';  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (destination_organization_id) VALUES ('org_DEF456')
ON CONFLICT (source_organization_id, destination_organization_id) DO UPDATE SET id = EXCLUDED.id;  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (destination_organization_id, scopes) VALUES ('org_DEF456', '{nosuch}') ON CONFLICT DO NOTHING;  -- fails: checked first
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.seen();

-- writable CTEs: all of it or nothing
WITH made AS (
    INSERT INTO connect.connection (destination_organization_id) VALUES ('org_GHI789') RETURNING id
), named AS (
    UPDATE connect.connection SET name = 'In a CTE' WHERE id = 'cxn_1' RETURNING id
) SELECT (SELECT count(*) FROM made) AS made, (SELECT count(*) FROM named) AS named;
WITH ended AS (
    UPDATE connect.connection SET status = 'inactive' WHERE destination_organization_id = 'org_GHI789' RETURNING id
) UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1';  -- fails, and so does the other
WITH ended AS (SELECT connect.deactivate_connection('cxn_1') AS d)
SELECT connect.deactivate_connection('cxn_1') FROM ended WHERE d IS NOT NULL;  -- fails: ended once already
\echo :LAST_ERROR_SQLSTATE
SELECT pg_temp.seen();

-- many steps in one transaction, functions and plain statements mixed
BEGIN;
SELECT test.line(connect.deactivate_connection('cxn_1', 'a'));
SELECT test.line(connect.reactivate_connection('cxn_1', 'b'));
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1';
SELECT test.line(connect.reactivate_connection('cxn_1'));
SAVEPOINT s;
SELECT test.line(connect.update_connection('cxn_1', 'Never'));
SELECT test.line(connect.create_connection('org_ABC123', 'Never'));
ROLLBACK TO s;
SELECT connect.reactivate_connection('cxn_1');  -- fails
ROLLBACK TO s;
-- what the rolled back part did is undone, what it took is free
SELECT test.line(connect.create_connection('org_ABC123', 'Now'));
SELECT test.line(connect.update_connection('cxn_1', 'After'));
COMMIT;
SELECT pg_temp.seen();
-- the event goes with its change
BEGIN;
SELECT test.line(connect.deactivate_connection('cxn_1'));
SELECT count(*) FROM test.events();
ROLLBACK;
SELECT count(*) FROM test.events();
-- a subtransaction of PL/pgSQL: the role and the writer are restored after an error
DO $$
BEGIN
    BEGIN
        PERFORM connect.update_connection('cxn_1', scopes => '{nosuch}');
    EXCEPTION WHEN SQLSTATE 'PT422' THEN
        RAISE NOTICE '% as %', SQLERRM, current_user;
    END;
    BEGIN
        INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_GHI789', 'org_DEF456');
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE NOTICE '% as %', SQLERRM, current_user;
    END;
    UPDATE connect.connection SET name = 'Survived' WHERE id = 'cxn_1';
END $$;
SELECT action, "to", name, actor, actor_id FROM test.events() ORDER BY name COLLATE "C", action COLLATE "C", "to";
-- prepared statements notice a change of who acts
PREPARE change (text) AS UPDATE connect.connection SET name = $1 WHERE id = 'cxn_1' RETURNING name;
EXECUTE change('Prepared');
SET SESSION AUTHORIZATION regress_connect_destination;
EXECUTE change('By the other');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
SELECT name FROM connect.connection WHERE id = 'cxn_1';
REVOKE SELECT, INSERT, UPDATE ON connect.connection FROM regress_connect_source, regress_connect_destination;
