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
'organization_column is text or varchar. Raises parameter_missing (22023), scope_unknown (PT422), '
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
