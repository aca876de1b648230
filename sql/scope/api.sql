-- The catalogue of scopes, in SQL.

CREATE FUNCTION connect.list_scopes() RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_list_scopes'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.list_scopes() FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.list_scopes() IS
'Lists the catalogue of scopes by name.
Returns a document of one page. Raises not_authenticated (PT401), permission_missing (42501), '
'store_missing (55000).';
