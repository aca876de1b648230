-- API keys.

CREATE FUNCTION connect.create_api_key(organization_id text, name text,
    permissions text[] = '{read,write}',
    expires_at timestamptz = NULL)
RETURNS TABLE (id text, secret text)
AS 'MODULE_PATHNAME', 'connect_create_api_key'
LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1;
-- For the DBA.
REVOKE ALL ON FUNCTION connect.create_api_key(text, text, text[], timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION connect.create_api_key(text, text, text[], timestamptz) IS
'Makes an API key for an organization and returns its id and its secret.
The secret is shown this once; only its SHA-256 is kept. permissions is a non-empty subset of '
'{read,write}; expires_at null means never. Raises parameter_missing and parameter_invalid '
'(22023), organization_unknown and name_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.revoke_api_key(id text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_revoke_api_key'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.revoke_api_key(text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.revoke_api_key(text) IS
'Revokes an API key: whoever presents it from the next statement on is nobody.
Revoking it again changes nothing. Raises parameter_missing and parameter_invalid (22023; also '
'for an id that does not exist), store_missing (55000).';
