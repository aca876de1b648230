-- list_events(): the history, to both parties; who acted, to the actor's own.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'inactive', 'One');
CALL test.add('cxn_2', 'active', 'Two', source => 'org_GHI789', destination => 'org_ABC123');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT 1 AS done FROM connect.reactivate_connection('cxn_1', 'Again.') \gset
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT 1 AS done FROM connect.activate_connection('cxn_1', 'Fine.') \gset
SET SESSION AUTHORIZATION regress_connect_third;
SELECT 1 AS done FROM connect.deactivate_connection('cxn_2') \gset
RESET SESSION AUTHORIZATION;
SET ROLE regress_connect_owner;
UPDATE connect.connection SET name = 'Uno' WHERE id = 'cxn_1';
RESET ROLE;

SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.doc(connect.list_events('cxn_1'));
-- all of one's own
CREATE FUNCTION pg_temp.page(document jsonb) RETURNS TABLE (events text, prev boolean, next boolean) LANGUAGE sql AS $$
    SELECT (SELECT string_agg(concat_ws('/', x #>> '{attributes,connection-id}', x #>> '{attributes,action}',
            coalesce(x #>> '{attributes,actor-id}', '-')), ' ' ORDER BY n)
            FROM jsonb_array_elements(document -> 'data') WITH ORDINALITY AS t (x, n)),
        document #>> '{links,prev}' IS NOT NULL, document #>> '{links,next}' IS NOT NULL
$$;
SELECT * FROM pg_temp.page(connect.list_events());
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT * FROM pg_temp.page(connect.list_events());
SELECT * FROM pg_temp.page(connect.list_events('cxn_1'));
SET SESSION AUTHORIZATION regress_connect_third;
SELECT * FROM pg_temp.page(connect.list_events());

-- pages
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.list_events() #>> '{data,0,id}' AS e1, connect.list_events() #>> '{data,1,id}' AS e2,
    connect.list_events() #>> '{data,3,id}' AS e4, connect.list_events('cxn_2') #>> '{data,0,id}' AS other \gset
SELECT * FROM pg_temp.page(connect.list_events(page_size => 2));
SELECT * FROM pg_temp.page(connect.list_events(page_size => 2, page_after => :'e2'));
SELECT * FROM pg_temp.page(connect.list_events(page_size => 2, page_before => :'e4'));
SELECT * FROM pg_temp.page(connect.list_events('cxn_1', 1, :'e1'));
SELECT replace(connect.list_events('cxn_1', 1) #>> '{links,next}', :'e1', '(e1)');
SELECT replace(connect.list_events(NULL, 3) #>> '{links,next}', connect.list_events() #>> '{data,2,id}', '(e3)');
-- a cursor of the caller's need not be of this Connection
SELECT * FROM pg_temp.page(connect.list_events('cxn_1', page_after => :'other'));

SELECT connect.list_events(page_size => 0);  -- fails
SELECT connect.list_events(page_size => -1);  -- fails
SELECT connect.list_events(page_size => 101);  -- fails
SELECT connect.list_events(page_after => 'evt_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.list_events(page_after => 'cxn_1');  -- fails
SELECT connect.list_events(page_after => 'a', page_before => 'b');  -- fails
SELECT connect.list_events('cxn_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.list_events('');  -- fails
-- malformed comes before not found
SELECT connect.list_events('cxn_nosuch', page_size => 0);  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.list_events('cxn_nosuch', page_after => 'evt_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
-- others' Connection, others' event
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.list_events('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
\set VERBOSITY terse
SELECT connect.list_events(page_after => :'e1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.list_events();  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
