-- What terms cost a Connection that has none: nothing. The table of open terms is not opened, so nothing of it is
-- locked, read or written, by any step or by the gate; and terms or none, each transition stays a HOT update.
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
-- Locks are held until the transaction ends; counts are this transaction's, once those of before have been flushed.
CREATE FUNCTION test.touched() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
    SELECT format('open_term: %s, %s scans, %s in, %s out; connection: %s updates, %s of them HOT',
        CASE WHEN EXISTS (SELECT FROM pg_locks AS l WHERE l.pid = pg_backend_pid() AND l.relation IN
            (SELECT 'connect.open_term'::regclass UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = 'connect.open_term'::regclass))
            THEN 'opened' ELSE 'untouched' END, t.seq_scan + t.idx_scan, t.n_tup_ins, t.n_tup_del, c.n_tup_upd, c.n_tup_hot_upd)
    FROM pg_stat_xact_user_tables AS t, pg_stat_xact_user_tables AS c
    WHERE t.relid = 'connect.open_term'::regclass AND c.relid = 'connect.connection'::regclass
$$;
CREATE PROCEDURE test.steps(id text, term timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL ROLE regress_connect_destination;
    PERFORM connect.activate_connection(id);
    SET LOCAL ROLE regress_connect_source;
    PERFORM connect.update_connection(id, 'Another name');
    PERFORM connect.update_connection(id, scopes => '{account.read}');
    PERFORM connect.is_allowed('org_ABC123', 'org_DEF456', 'account.read');
    PERFORM connect.deactivate_connection(id);
    IF term IS NULL THEN
        PERFORM connect.reactivate_connection(id);
    ELSE
        PERFORM connect.reactivate_connection(id, expires_at => term);
    END IF;
    RESET ROLE;
    UPDATE connect.connection AS c SET name = 'Plain' WHERE c.id = steps.id;
    UPDATE connect.connection AS c SET status = 'inactive' WHERE c.id = steps.id;
END $$;

-- without
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
BEGIN;
SET LOCAL ROLE regress_connect_source;
SELECT connect.create_connection('org_DEF456', 'One') #>> '{data,id}' AS c1 \gset
RESET ROLE;
CALL test.steps(:'c1', NULL);
SELECT test.touched();
COMMIT;
SELECT string_agg(action, ' ' ORDER BY id) FROM connect.event WHERE subject_id = :'c1';
-- with a term from the start: a row is made, and taken away
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
BEGIN;
SET LOCAL ROLE regress_connect_source;
SELECT connect.create_connection('org_GHI789', 'Two', expires_at => '2999-01-01') #>> '{data,id}' AS c2 \gset
RESET ROLE;
SELECT test.touched();
UPDATE connect.connection SET status = 'inactive' WHERE id = :'c2';
SELECT test.touched();
COMMIT;
-- with one that comes later
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
BEGIN;
UPDATE connect.connection SET status = 'pending' WHERE id = :'c1';
SELECT test.touched();
CALL test.steps(:'c1', '2999-01-01');
SELECT test.touched();
COMMIT;
SELECT string_agg(action, ' ' ORDER BY id) FROM connect.event WHERE subject_id = :'c1';
SELECT count(*) FROM connect.open_term;
DROP FUNCTION test.touched;
DROP PROCEDURE test.steps;
