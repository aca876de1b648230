-- read_events(): the outbox of the acting organization, oldest first, by a cursor that always goes on.
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CREATE FUNCTION pg_temp.page(document jsonb) RETURNS TABLE (events text, prev text, next boolean, complete boolean) LANGUAGE sql AS $$
    SELECT (SELECT string_agg(concat_ws('/', x #>> '{attributes,name}', x #>> '{attributes,action}',
            coalesce(x #>> '{attributes,actor-id}', '-')), ' ' ORDER BY n)
            FROM jsonb_array_elements(document -> 'data') WITH ORDINALITY AS t (x, n)),
        document #>> '{links,prev}', document #>> '{links,next}' ~ '^/api/v1/connect/events/feed[?](page%5Bsize%5D=[0-9]+&)?page%5Bafter%5D=[0-9a-f]{32}',
        (document #>> '{meta,complete-before}')::timestamptz BETWEEN now() - interval '1 minute' AND now() + interval '1 minute'
$$;
CREATE FUNCTION pg_temp.cursor(document jsonb) RETURNS text LANGUAGE sql AS
$$ SELECT substring(document #>> '{links,next}' FROM 'after%5D=(.*)$') $$;

-- nothing yet, and a cursor to begin with
SET SESSION AUTHORIZATION regress_connect_source;
SELECT * FROM pg_temp.page(connect.read_events());
SELECT pg_temp.cursor(connect.read_events()) AS c0 \gset
SELECT pg_temp.cursor(connect.read_events(:'c0')) = :'c0' AS "stays where it is";
SELECT connect.create_connection('org_DEF456', 'One') #>> '{data,id}' AS c1 \gset
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.create_connection('org_ABC123', 'Two') #>> '{data,id}' AS c2 \gset
SELECT connect.create_connection('org_DEF456', 'Three') #>> '{data,id}' AS c3 \gset
SELECT connect.create_connection('org_GHI789', 'Own') #>> '{data,id}' AS c4 \gset
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT 1 AS done FROM connect.activate_connection(:'c1') \gset
SET SESSION AUTHORIZATION regress_connect_source;
SELECT 1 AS done FROM connect.activate_connection(:'c2') \gset
SELECT 1 AS done FROM connect.deactivate_connection(:'c1', 'Enough.') \gset
CALL test.settle();
SELECT * FROM pg_temp.page(connect.read_events());
SELECT jsonb_path_query_array(connect.read_events(page_size => 1), '$.data[0].attributes.keyvalue().key');
-- page by page
SELECT * FROM pg_temp.page(connect.read_events(:'c0', 2));
SELECT pg_temp.cursor(connect.read_events(:'c0', 2)) AS p1 \gset
SELECT * FROM pg_temp.page(connect.read_events(:'p1', 2));
SELECT pg_temp.cursor(connect.read_events(:'p1', 2)) AS p2 \gset
SELECT * FROM pg_temp.page(connect.read_events(:'p2', 2));
SELECT pg_temp.cursor(connect.read_events(:'p2', 2)) AS p3 \gset
SELECT * FROM pg_temp.page(connect.read_events(:'p3', 2));
SELECT pg_temp.cursor(connect.read_events(:'p3', 2)) = :'p3' AS "stays at the end";
SET SESSION AUTHORIZATION regress_connect_third;
SELECT * FROM pg_temp.page(connect.read_events());
-- a cursor is a place, and no secret: with another's one sees one's own
SELECT * FROM pg_temp.page(connect.read_events(:'p1'));

-- what this transaction has written is still open
SET SESSION AUTHORIZATION regress_connect_source;
BEGIN;
SELECT 1 AS done FROM connect.reactivate_connection(:'c1') \gset
SELECT * FROM pg_temp.page(connect.read_events(:'p3'));
SELECT (connect.read_events(:'p3') #>> '{meta,complete-before}')::timestamptz <= now() AS "complete up to its begin at most";
COMMIT;
CALL test.settle();
SELECT * FROM pg_temp.page(connect.read_events(:'p3'));
-- nothing tells the time of a snapshot that was taken before
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT events, complete FROM pg_temp.page(connect.read_events(:'p3'));
COMMIT;

-- several changes of one transaction, in the order of each history
BEGIN;
SELECT 1 AS done FROM connect.update_connection(:'c1', 'a') \gset
SAVEPOINT s;
SELECT 1 AS done FROM connect.update_connection(:'c1', 'lost') \gset
ROLLBACK TO s;
SELECT 1 AS done FROM connect.update_connection(:'c1', 'b') \gset
SELECT 1 AS done FROM connect.deactivate_connection(:'c1') \gset
COMMIT;
CALL test.settle();
SELECT * FROM pg_temp.page(connect.read_events(:'p3'));

-- refusals
SELECT connect.read_events('nonsense');  -- fails
SELECT connect.read_events('');  -- fails
SELECT connect.read_events(page_size => 0);  -- fails
SELECT connect.read_events(page_size => 101);  -- fails
\set VERBOSITY terse
SELECT connect.read_events(upper(:'p1'));  -- fails
SELECT connect.read_events(left(:'p1', 31));  -- fails
SELECT connect.read_events(left(:'p1', 33));  -- fails
SELECT connect.read_events(left(:'p1', 32) || 'ff00');  -- fails
\set VERBOSITY default
SELECT connect.read_events('0000000000000001' || substr(:'p1', 17));  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.read_events();  -- fails
\echo :LAST_ERROR_SQLSTATE
-- the owner has no outbox of its own: it reads the table
RESET SESSION AUTHORIZATION;
SELECT connect.read_events();  -- fails
\echo :LAST_ERROR_SQLSTATE

-- a page is read from its place in the index, in order
CREATE FUNCTION pg_temp.plan(side text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('EXPLAIN (FORMAT json) SELECT c.id FROM connect.event AS c WHERE c.%s_organization_id = %L
        AND (c.position, c.id) > (%L, %L) AND c.position < %L ORDER BY c.position, c.id LIMIT 10', side, 'org_ABC123', 1, 'evt_', 2) INTO plan;
    RETURN plan;
END $$;
-- without what may cost as much while there are few events
BEGIN;
DROP INDEX connect.event_outbox_idx;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SET LOCAL enable_sort = off;
SELECT side, plan #>> '{0,Plan,Plans,0,Index Name}' AS index, plan::text ~ 'Sort' AS sorted, plan::text ~ 'Filter' AS filtered,
    plan #>> '{0,Plan,Plans,0,Index Cond}' ~ 'ROW' AS bounded
FROM (VALUES ('source'), ('destination')) AS v (side), pg_temp.plan(side) AS p (plan);
ROLLBACK;
