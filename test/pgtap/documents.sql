-- Documents as jsonb: what is written is, to the byte, what PostgreSQL makes of the same text. In
-- containers of more than 32 children some of them say where they end instead of how long they are.
\ir setup.psql

SELECT plan(9);

-- 40 partners, 40 scopes, names that need escaping or have none of one byte
INSERT INTO connect.scope (name, description)
SELECT 'scope.' || repeat('x', n % 7) || n, 'Read "' || n || '" \漢' FROM generate_series(1, 40) AS n;
SELECT connect.register_organization('org_' || n, 'Organization "' || n || '"') FROM generate_series(1, 40) AS n \g /dev/null
SET ROLE regress_connect_source;
SELECT connect.create_connection('org_' || n, CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN 'é"\' || chr(9) ELSE repeat('n', n) END,
    CASE n % 3 WHEN 0 THEN ARRAY(SELECT s ->> 'id' FROM jsonb_array_elements(connect.list_scopes() -> 'data') AS s LIMIT n) END)
FROM generate_series(1, 40) AS n \g /dev/null

-- Is this the same, byte for byte, once it has been text?
CREATE FUNCTION pg_temp.same(document jsonb) RETURNS boolean LANGUAGE sql AS
$$ SELECT record_image_eq(ROW(document), ROW(document::text::jsonb)) $$;

SELECT ok(NOT record_image_eq(ROW('{"a": 1}'::jsonb), ROW('{"a": 2}'::jsonb)), 'what is compared are bytes');
SELECT is(jsonb_array_length(connect.list_connections(page_size => 100) -> 'data'), 40, 'a list of 40 Connections');
SELECT ok(pg_temp.same(connect.list_connections(page_size => 100)), 'a list of Connections');
SELECT ok(pg_temp.same(connect.list_connections(page_size => 1)), 'a short one with a link');
SELECT ok(pg_temp.same(connect.list_connections(status => 'inactive')), 'an empty one');
SELECT ok(pg_temp.same(connect.list_events(page_size => 100)), 'a list of events');
SELECT ok(pg_temp.same(connect.list_scopes()), 'the scopes');
SELECT ok(pg_temp.same(connect.get_organization()), 'an organization');
SELECT is((SELECT count(*) FROM jsonb_array_elements(connect.list_connections(page_size => 100) -> 'data') AS c
        WHERE pg_temp.same(connect.get_connection(c ->> 'id'))), 40::bigint, 'each Connection');

SELECT * FROM finish();
ROLLBACK;
