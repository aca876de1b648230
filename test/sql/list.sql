-- list_connections(): filters, and pages in both directions.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
-- odd ones outbound, even ones inbound, cxn_9 to oneself; cxn_x is none of ours
INSERT INTO connect.organization (id, name) SELECT 'org_' || n, 'Partner ' || n FROM generate_series(1, 8) AS n;
DO $$
BEGIN
    FOR n IN 1 .. 8 LOOP
        CALL test.add('cxn_' || n, (ARRAY['pending', 'active', 'inactive'])[n % 3 + 1]::connect.connection_status,
            source => CASE n % 2 WHEN 1 THEN 'org_ABC123' ELSE 'org_' || n END,
            destination => CASE n % 2 WHEN 1 THEN 'org_' || n ELSE 'org_ABC123' END);
    END LOOP;
END $$;
CALL test.add('cxn_9', 'active', source => 'org_ABC123', destination => 'org_ABC123');
CALL test.add('cxn_x', 'active', source => 'org_DEF456', destination => 'org_GHI789');

-- ids of a page in its order, and its links
CREATE FUNCTION pg_temp.page(document jsonb) RETURNS TABLE (ids text, prev text, next text) LANGUAGE sql AS $$
    SELECT (SELECT string_agg(x ->> 'id', ' ' ORDER BY n) FROM jsonb_array_elements(document -> 'data') WITH ORDINALITY AS t (x, n)),
        document #>> '{links,prev}', document #>> '{links,next}'
$$;
SET SESSION AUTHORIZATION regress_connect_source;

SELECT * FROM pg_temp.page(connect.list_connections());
-- filters are ANDed
SELECT * FROM pg_temp.page(connect.list_connections('active'));
SELECT * FROM pg_temp.page(connect.list_connections(direction => 'outbound'));
SELECT * FROM pg_temp.page(connect.list_connections(direction => 'inbound'));
SELECT * FROM pg_temp.page(connect.list_connections('pending', 'inbound'));
SELECT * FROM pg_temp.page(connect.list_connections(source_organization_id => 'org_ABC123'));
SELECT * FROM pg_temp.page(connect.list_connections(destination_organization_id => 'org_ABC123'));
SELECT * FROM pg_temp.page(connect.list_connections(source_organization_id => 'org_4'));
SELECT * FROM pg_temp.page(connect.list_connections(destination_organization_id => 'org_5'));
SELECT * FROM pg_temp.page(connect.list_connections(source_organization_id => 'org_ABC123', destination_organization_id => 'org_ABC123'));
SELECT * FROM pg_temp.page(connect.list_connections(direction => 'inbound', source_organization_id => 'org_ABC123'));
SELECT * FROM pg_temp.page(connect.list_connections(direction => 'outbound', destination_organization_id => 'org_ABC123'));
SELECT * FROM pg_temp.page(connect.list_connections('active', 'outbound', 'org_ABC123', 'org_ABC123'));
-- what can match nothing gives nothing, and no error
SELECT * FROM pg_temp.page(connect.list_connections(source_organization_id => 'org_4', direction => 'outbound'));
SELECT * FROM pg_temp.page(connect.list_connections(destination_organization_id => 'org_5', direction => 'inbound'));
SELECT * FROM pg_temp.page(connect.list_connections(source_organization_id => 'org_4', destination_organization_id => 'org_5'));
SELECT * FROM pg_temp.page(connect.list_connections(source_organization_id => 'org_nosuch'));
SELECT * FROM pg_temp.page(connect.list_connections(source_organization_id => 'org_DEF456', destination_organization_id => 'org_GHI789'));
SELECT * FROM pg_temp.page(connect.list_connections('inactive', 'inbound', 'org_4', 'org_ABC123'));
SELECT connect.list_connections(source_organization_id => 'org_5');

-- forward, then back; links keep size and filters
SELECT * FROM pg_temp.page(connect.list_connections(page_size => 4));
SELECT * FROM pg_temp.page(connect.list_connections(page_size => 4, page_after => 'cxn_6'));
SELECT * FROM pg_temp.page(connect.list_connections(page_size => 4, page_after => 'cxn_2'));
SELECT * FROM pg_temp.page(connect.list_connections(page_size => 4, page_before => 'cxn_1'));
SELECT * FROM pg_temp.page(connect.list_connections(page_size => 4, page_before => 'cxn_5'));
SELECT * FROM pg_temp.page(connect.list_connections(page_size => 3, page_before => 'cxn_9'));
SELECT * FROM pg_temp.page(connect.list_connections(page_size => 9));
SELECT * FROM pg_temp.page(connect.list_connections('active', 'outbound', 'org_ABC123', page_size => 1));
SELECT * FROM pg_temp.page(connect.list_connections('active', 'outbound', 'org_ABC123', page_size => 1, page_after => 'cxn_9'));
SELECT * FROM pg_temp.page(connect.list_connections(page_size => 100, page_after => 'cxn_3'));
SELECT * FROM pg_temp.page(connect.list_connections(page_size => NULL, page_after => NULL));
-- a cursor need not match the filters
SELECT * FROM pg_temp.page(connect.list_connections('active', page_size => 2, page_after => 'cxn_8'));
SELECT * FROM pg_temp.page(connect.list_connections(direction => 'inbound', page_size => 2, page_before => 'cxn_5'));

-- every page of every size, both ways, is the whole list
DO $$
DECLARE
    whole text := 'cxn_9 cxn_8 cxn_7 cxn_6 cxn_5 cxn_4 cxn_3 cxn_2 cxn_1';
    forward text;
    back text;
    page record;
    cursor_id text;
BEGIN
    FOR size IN 1 .. 9 LOOP
        forward := NULL; cursor_id := NULL;
        LOOP
            SELECT * INTO page FROM pg_temp.page(connect.list_connections(page_size => size, page_after => cursor_id));
            forward := concat_ws(' ', forward, page.ids);
            IF (page.prev IS NULL) <> (cursor_id IS NULL) THEN RAISE 'prev of % after %', size, cursor_id; END IF;
            EXIT WHEN page.next IS NULL;
            cursor_id := substring(page.next FROM 'page%5Bafter%5D=(.*)$');
        END LOOP;
        IF forward <> whole THEN RAISE 'size %: %', size, forward; END IF;
        back := page.ids;
        WHILE page.prev IS NOT NULL LOOP
            cursor_id := substring(page.prev FROM 'page%5Bbefore%5D=(.*)$');
            SELECT * INTO page FROM pg_temp.page(connect.list_connections(page_size => size, page_before => cursor_id));
            IF page.next IS NULL THEN RAISE 'next of % before %', size, cursor_id; END IF;
            back := concat_ws(' ', page.ids, back);
        END LOOP;
        IF back <> whole THEN RAISE 'size % back: %', size, back; END IF;
    END LOOP;
    RAISE NOTICE 'sound';
END $$;

-- malformed
SELECT connect.list_connections(page_size => 0);  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.list_connections(page_size => -1);  -- fails
SELECT connect.list_connections(page_size => 101);  -- fails
SELECT connect.list_connections(page_size => 2147483647);  -- fails
SELECT connect.list_connections(page_after => 'cxn_nosuch');  -- fails: nobody's
\echo :LAST_ERROR_SQLSTATE
SELECT connect.list_connections(page_after => 'cxn_x');  -- fails: others'
SELECT connect.list_connections(page_before => '');  -- fails
SELECT connect.list_connections(page_before => repeat('x', 1000));  -- fails
SELECT connect.list_connections(page_after => 'cxn_1', page_before => 'cxn_2');  -- fails
SELECT connect.list_connections(direction => 'sideways');  -- fails
SELECT connect.list_connections(direction => '');  -- fails
SELECT connect.list_connections('unknown');  -- fails: PostgreSQL's own
SELECT connect.list_connections(source_organization_id => 'a b');  -- fails
SELECT connect.list_connections(destination_organization_id => '');  -- fails
-- also where the filters can match nothing
SELECT connect.list_connections(source_organization_id => 'org_4', direction => 'outbound', page_after => 'cxn_x');  -- fails
SET SESSION AUTHORIZATION regress_connect_third;
SELECT * FROM pg_temp.page(connect.list_connections());
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.list_connections(page_size => 0);  -- fails: nobody first
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;

-- newest first for ids made here
CALL test.reset();
SET SESSION AUTHORIZATION regress_connect_source;
SELECT 1 AS done FROM connect.create_connection('org_GHI789', 'first') \gset
SELECT 1 AS done FROM connect.create_connection('org_ABC123', 'second') \gset
SELECT 1 AS done FROM connect.create_connection('org_DEF456', 'third') \gset
SELECT jsonb_path_query_array(connect.list_connections(), '$.data[*].attributes.name');
RESET SESSION AUTHORIZATION;
