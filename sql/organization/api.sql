-- Organizations, in SQL.

CREATE FUNCTION connect.register_organization(id text, name text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_register_organization'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.register_organization(text, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.register_organization(text, text) IS
'Registers an organization, or renames it; one that is retired stays so.
id matches ^[A-Za-z0-9_-]{1,64}$, name has 1 to 255 characters. Raises parameter_missing and '
'parameter_invalid (22023), name_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.get_organization() RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_get_organization'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.get_organization() FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.get_organization() IS
'Shows the acting organization, with the id that a partner needs.
Returns its document. Raises not_authenticated (PT401), permission_missing (42501), '
'store_missing (55000).';

CREATE FUNCTION connect.follow_organizations(relation regclass, id_column name, name_column name)
RETURNS void
AS 'MODULE_PATHNAME', 'connect_follow_organizations'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
-- for the DBA
REVOKE ALL ON FUNCTION connect.follow_organizations(regclass, name, name) FROM PUBLIC;
COMMENT ON FUNCTION connect.follow_organizations(regclass, name, name) IS
'Makes the rows of a table of yours organizations, now and from now on.
A new row registers one, another name renames it, a deleted row retires it: it acts no more, and '
'its Connections end. A row that comes back takes it back. id_column is text, varchar, uuid, '
'integer or bigint, and a key. Needs the rights of the table''s owner and of the store''s owner. '
'Raises parameter_missing and parameter_invalid (22023), table_not_owned and store_not_owned '
'(42501), follow_unsuitable (42809), column_unknown (42703), column_unsuitable and '
'name_unsuitable (42804), key_not_unique (42830), table_followed (42710), organization_exists '
'(23505) for an id that another table or the DBA has registered, name_too_long (PT422), '
'store_missing and store_outdated (55000).';

CREATE FUNCTION connect.unfollow_organizations(relation regclass) RETURNS void
AS 'MODULE_PATHNAME', 'connect_unfollow_organizations'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.unfollow_organizations(regclass) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.unfollow_organizations(regclass) IS
'Takes back what follow_organizations() did; the organizations stay as they are.
Needs the rights of the table''s owner, if it is still there, and of the store''s owner. Raises '
'parameter_missing (22023), table_not_owned and store_not_owned (42501), table_not_followed '
'(42704), store_missing and store_outdated (55000).';

-- The trigger names the owner that the table had, for a trigger's arguments are dumped with it.
CREATE FUNCTION connect.followed_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
WITH followed AS (
    SELECT f.*, c.relowner, t.tgname, t.tgenabled,
        convert_from(substring(t.tgargs
            FOR greatest(position(decode('00', 'hex') IN t.tgargs) - 1, 0)),
            'UTF8') AS former_owner
    FROM connect.followed_table AS f LEFT JOIN pg_class AS c ON c.oid = f.relation
    CROSS JOIN (VALUES ('connect_follow'), ('connect_follow_truncate')) AS n (name)
    LEFT JOIN pg_trigger AS t ON t.tgrelid = f.relation AND t.tgname = n.name
        AND t.tgfoid = 'connect.follow_organization()'::regprocedure)
SELECT DISTINCT 'trigger_missing', 'error',
    format('Table %s is not followed any more: it, or a trigger on it, was dropped.', relation),
    format('SELECT connect.unfollow_organizations(%L);', relation)
    || CASE WHEN relowner IS NULL THEN '' ELSE format(
        ' SELECT connect.follow_organizations(%L, %L, %L);', relation, id_column, name_column) END
FROM followed WHERE tgname IS NULL
UNION ALL SELECT 'trigger_disabled', 'error',
    format('Trigger %I on %s does not fire for ordinary writers.', tgname, relation),
    format('ALTER TABLE %s ENABLE TRIGGER %I;', relation, tgname)
FROM followed WHERE tgenabled NOT IN ('O', 'A')
UNION ALL SELECT 'followed_owner', 'warning',
    format('Table %s, whose rows are organizations, has a new owner %I.', relation,
        pg_get_userbyid(relowner)),
    format('SELECT connect.unfollow_organizations(%1$L);'
        ' SELECT connect.follow_organizations(%1$L, %2$L, %3$L);', relation, id_column, name_column)
FROM followed
WHERE tgname = 'connect_follow' AND former_owner IS DISTINCT FROM pg_get_userbyid(relowner)
$findings$;
REVOKE ALL ON FUNCTION connect.followed_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.followed_findings() IS
'Lists tables of the application that are followed no more, or are another owner''s by now.
Codes: trigger_missing, trigger_disabled, followed_owner. Raises 42501 for who may not read '
'connect.followed_table.';
