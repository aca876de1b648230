-- What check_setup() looks for among the kinds of rows that are shared.

CREATE FUNCTION connect.kind_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
WITH kinds AS (
    SELECT k.*, c.oid AS table_oid, c.relkind, c.relowner, p.oid AS function_oid, p.proowner,
        p.prokind, p.proretset, p.prorettype, p.provolatile,
        p.proisstrict, p.pronamespace, (SELECT substr(s, 13) FROM unnest(p.proconfig) AS s
            WHERE s LIKE 'search_path=%') AS path
    FROM connect.share_kind AS k LEFT JOIN pg_class AS c ON c.oid = k.relation
    -- to_regprocedure() would ask for USAGE on the schema
    LEFT JOIN (pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace)
        ON p.proargtypes = '25 25 25 25 3802'::oidvector
        AND k.redeem_function = format('%I.%I(pg_catalog.text,pg_catalog.text,pg_catalog.text,'
            'pg_catalog.text,pg_catalog.jsonb)', n.nspname, p.proname)
    WHERE k.retired_at IS NULL),
columns AS (
    SELECT k.name, k.table_oid, w.role, w.column_name, a.attnum
    FROM kinds AS k CROSS JOIN LATERAL (VALUES ('organization', k.organization_column),
        ('key', k.key_column)) AS w (role, column_name)
    LEFT JOIN pg_attribute AS a ON a.attrelid = k.table_oid AND a.attname = w.column_name
        AND NOT a.attisdropped
    WHERE k.table_oid IS NOT NULL),
broken (name, severity, what, remedy) AS (
    SELECT name, 'error', 'its table is not there any more', NULL FROM kinds
    WHERE table_oid IS NULL OR relkind NOT IN ('r', 'p')
    UNION ALL SELECT name, 'error', format('its table has no column %I', column_name), NULL
    FROM columns WHERE attnum IS NULL
    UNION ALL SELECT c.name, 'error', format('column %I has no unique index of its own',
        c.column_name), 'Give the column a primary key or a unique constraint.'
    FROM columns AS c WHERE c.role = 'key' AND c.attnum IS NOT NULL
    AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.table_oid AND i.indisunique
        AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = 1
        AND i.indkey[0] = c.attnum)
    UNION ALL SELECT name, 'error', format('its function %s does not exist', redeem_function),
        'Create the function again.'
    FROM kinds WHERE redeem_function IS NOT NULL AND function_oid IS NULL
    UNION ALL SELECT name, 'error', format('its function %s is not the table owner''s',
        redeem_function), format('ALTER FUNCTION %s OWNER TO %s;', redeem_function,
        relowner::regrole)
    FROM kinds WHERE proowner <> relowner
    UNION ALL SELECT name, 'error', format('its function %s is not of the form that it must have',
        redeem_function), NULL
    FROM kinds WHERE function_oid IS NOT NULL AND (prokind <> 'f' OR proretset OR proisstrict
        OR provolatile <> 'v' OR prorettype <> 'text'::regtype
        OR pg_is_other_temp_schema(pronamespace) OR pronamespace = pg_my_temp_schema())
    UNION ALL SELECT name, 'error', format('the search_path of its function %s names pg_temp first',
        redeem_function), format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp;',
        redeem_function)
    FROM kinds WHERE path ~ '^\s*"?pg_temp"?\s*(,|$)'
    UNION ALL SELECT name, 'warning', format('the search_path of its function %s does not name'
        ' pg_temp, which PostgreSQL then searches first', redeem_function),
        format('ALTER FUNCTION %s SET search_path = %s, pg_temp;', redeem_function, path)
    FROM kinds WHERE path !~ '\mpg_temp\M')
SELECT 'kind_broken', severity, format('Kind "%s" cannot be used: %s.', name, what),
    coalesce(remedy, format('SELECT connect.unshare_rows(%L); and declare it again.', name))
FROM broken
$findings$;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.kind_findings() FROM PUBLIC;
COMMENT ON FUNCTION connect.kind_findings() IS
'Lists kinds of rows whose table, columns or function are not what share_rows() was told.
Code: kind_broken. Raises 42501 for who may not read connect.share_kind.';
