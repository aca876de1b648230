-- What stands in the way of upgrade_store(): PostgreSQL alters the type of no column that a view, a
-- policy, a trigger, a function or a generated column of the DBA's mentions.

CREATE FUNCTION connect.upgrade_obstacles() RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $obstacles$
SELECT DISTINCT format('%s depends on column "%s" of table "connect.%s"',
    CASE d.classid WHEN 'pg_rewrite'::regclass THEN (
        SELECT CASE c.relkind WHEN 'v' THEN 'View ' WHEN 'm' THEN 'Materialized view '
            ELSE 'Rule ' || quote_ident(r.rulename) || ' on ' END
            || format('"%s.%s"', n.nspname, c.relname)
        FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class
        JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE r.oid = d.objid)
    ELSE initcap(split_part(i.type, ' ', 1)) || format(' "%s"', i.identity) END,
    s.name, s.relation)
FROM connect.store_definition() AS s
JOIN pg_attribute AS a ON a.attrelid = to_regclass(format('connect.%I', s.relation))
    AND a.attname = s.name AND NOT a.attisdropped
JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid
    AND d.refobjsubid = a.attnum
    AND d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass,
        'pg_proc'::regclass, 'pg_attrdef'::regclass)
    -- a column's own default goes with it
    AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef AS f
        WHERE f.oid = d.objid AND f.adrelid = a.attrelid AND f.adnum = a.attnum))
CROSS JOIN pg_identify_object(d.classid, d.objid, d.objsubid) AS i
WHERE s.kind = 'column' AND s.present AND NOT s.sound
ORDER BY 1
$obstacles$;
REVOKE ALL ON FUNCTION connect.upgrade_obstacles() FROM PUBLIC;  -- upgrade_store() asks it
COMMENT ON FUNCTION connect.upgrade_obstacles() IS
'Lists what depends on columns whose type upgrade_store() has to alter, a sentence each.
Raises nothing.';
