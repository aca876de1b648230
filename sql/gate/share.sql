-- Policies on tables of the application.

CREATE FUNCTION connect.share_table(relation regclass, organization_column name, scope text)
RETURNS void
AS 'MODULE_PATHNAME', 'connect_share_table'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.share_table(regclass, name, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.share_table(regclass, name, text) IS
'Makes a table of yours shareable: enables row security and creates the policy connect_shared, '
'for SELECT.
It shows the acting organization its own rows and those of whoever shares the scope with it now. '
'organization_column is text, varchar, uuid, integer or bigint. Warns of what share_bypasses() '
'lists. Raises parameter_missing (22023), scope_unknown (PT422), '
'42501 for somebody else''s table, 42809 for what is none, 42703 and 42804 for the column, 42710 '
'if it is shared, store_missing (55000).';

CREATE FUNCTION connect.unshare_table(relation regclass) RETURNS void
AS 'MODULE_PATHNAME', 'connect_unshare_table'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.unshare_table(regclass) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.unshare_table(regclass) IS
'Drops the policy that share_table() made; row security stays on.
Raises parameter_missing (22023), 42501 for somebody else''s table, 42809 for what is none, '
'42704 if it is not shared.';

CREATE FUNCTION connect.share_bypasses(relation regclass = NULL)
RETURNS TABLE (relation regclass, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $bypasses$
WITH RECURSIVE shared AS (
    SELECT c.oid, c.oid::regclass AS name, c.relowner, c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace <> 'connect'::regnamespace
    AND (share_bypasses.relation IS NULL OR c.oid = share_bypasses.relation)
    -- what share_table() made, or a policy by hand that asks the gate
    AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid
        AND (p.polname = 'connect_shared' OR EXISTS (SELECT FROM pg_depend AS d
            JOIN pg_proc AS f ON f.oid = d.refobjid
            WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_proc'::regclass AND f.pronamespace = 'connect'::regnamespace
            AND f.proname IN ('may_see', 'is_allowed'))))),
children (parent, parent_name, oid) AS (
    SELECT s.oid, s.name, i.inhrelid FROM shared AS s JOIN pg_inherits AS i ON i.inhparent = s.oid
    UNION SELECT h.parent, h.parent_name, i.inhrelid
    FROM children AS h JOIN pg_inherits AS i ON i.inhparent = h.oid),
-- Who may read a relation, or a column of it, besides its owner.
readers AS (
    SELECT c.oid, a.grantee FROM pg_class AS c, aclexplode(c.relacl) AS a
    WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
    UNION SELECT c.oid, a.grantee FROM pg_class AS c
    JOIN pg_attribute AS t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) AS a
    WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner),
open_policies AS (
    SELECT p.polrelid, p.polname, string_agg(CASE r.role WHEN 0 THEN 'PUBLIC'
        ELSE r.role::regrole::text END, ', ' ORDER BY r.role) AS roles
    FROM pg_policy AS p, unnest(p.polroles) AS r (role)
    -- true, or an expression that is equal to itself
    WHERE p.polpermissive AND p.polcmd IN ('r', '*')
    AND pg_get_expr(p.polqual, p.polrelid) ~ E'^(true|\\(?(\\S+) = \\2\\)?)$'
    GROUP BY p.polrelid, p.polname),
-- Views that read a shared table or a child: at once, or through views that ask as their caller.
views (shared, read, oid) AS (
    SELECT s.oid, s.oid, s.oid FROM shared AS s
    UNION SELECT h.parent, h.oid, h.oid FROM children AS h
    UNION SELECT v.shared, v.read, w.ev_class FROM views AS v
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid
        AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite AS w ON w.oid = d.objid AND w.ev_class <> v.oid
    JOIN pg_class AS c ON c.oid = v.oid
    WHERE c.relkind NOT IN ('v', 'm') OR coalesce((SELECT o.option_value::boolean
        FROM pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'security_invoker'), false)),
-- Those of which ask as an owner whom the policies do not bind.
bypasses AS (
    SELECT DISTINCT v.shared, c.oid, c.relkind, c.relowner, o.rolname
    FROM views AS v JOIN pg_class AS c ON c.oid = v.oid AND c.relkind IN ('v', 'm')
    JOIN pg_class AS t ON t.oid = v.read JOIN pg_class AS s ON s.oid = v.shared
    JOIN pg_roles AS o ON o.oid = c.relowner
    WHERE (c.relkind = 'm' OR NOT coalesce((SELECT p.option_value::boolean
        FROM pg_options_to_table(c.reloptions) AS p
        WHERE p.option_name = 'security_invoker'), false))
    AND (o.rolsuper OR o.rolbypassrls OR v.read <> v.shared AND NOT t.relrowsecurity
        OR pg_has_role(c.relowner, t.relowner, 'USAGE') AND NOT t.relforcerowsecurity)),
findings (name, finding, remedy) AS (
    SELECT s.name, format('Row security of table %s is off.', s.name),
        format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', s.name)
    FROM shared AS s WHERE NOT s.relrowsecurity
    UNION ALL SELECT s.name,
        format('Policy %I of table %s shows all rows to %s.', p.polname, s.name, p.roles),
        format('DROP POLICY %I ON %s;', p.polname, s.name)
    FROM shared AS s JOIN open_policies AS p ON p.polrelid = s.oid
    UNION ALL SELECT h.parent_name,
        format('Table %s, a child of %s, can be read directly, past the policies of its parent.',
            h.oid::regclass, h.parent_name),
        format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY; or REVOKE SELECT on it, or share it too.',
            h.oid::regclass)
    FROM children AS h JOIN pg_class AS c ON c.oid = h.oid
    WHERE EXISTS (SELECT FROM readers AS r WHERE r.oid = h.oid)
    AND (NOT c.relrowsecurity OR EXISTS (SELECT FROM open_policies AS p WHERE p.polrelid = h.oid))
    UNION ALL SELECT b.shared::regclass,
        format(CASE b.relkind WHEN 'm' THEN 'Materialized view %s holds rows of %s as %I saw them,'
            ' whom its policies do not bind.'
            ELSE 'View %s reads %s as %I, whom its policies do not bind.' END,
            b.oid::regclass, b.shared::regclass, b.rolname),
        CASE b.relkind WHEN 'm' THEN
            format('Give %s to nobody who may not see all rows, or drop it.', b.oid::regclass)
        ELSE format('ALTER VIEW %s SET (security_invoker = true);', b.oid::regclass) END
    FROM bypasses AS b)
SELECT f.name, f.finding, f.remedy FROM findings AS f ORDER BY f.name, f.finding COLLATE "C"
$bypasses$;
REVOKE ALL ON FUNCTION connect.share_bypasses(regclass) FROM PUBLIC;  -- share_table() asks it
COMMENT ON FUNCTION connect.share_bypasses(regclass) IS
'Lists how rows of a shared table, or of any, can be read past the policies that share it.
Row security that is off, another permissive policy that is always true, a child or partition that '
'can be read directly, a view of an owner whom policies do not bind. Raises nothing.';
