-- Organizations, in SQL.

CREATE FUNCTION connect.register_organization(id text, name text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_register_organization'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.register_organization(text, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.register_organization(text, text) IS
'Registers an organization, or renames it.
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
