-- What the DBA keeps: organizations, API keys, and what may be thrown away.

CREATE FUNCTION connect.register_organization(id text, name text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_register_organization'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.register_organization(text, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.register_organization(text, text) IS
'Registers an organization, or renames it.
id matches ^[A-Za-z0-9_-]{1,64}$, name has 1 to 255 characters. Raises parameter_missing and parameter_invalid (22023), name_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.create_api_key(organization_id text, name text, permissions text[] = '{read,write}',
    expires_at timestamptz = NULL)
RETURNS TABLE (id text, secret text)
AS 'MODULE_PATHNAME', 'connect_create_api_key'
LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1;
REVOKE ALL ON FUNCTION connect.create_api_key(text, text, text[], timestamptz) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.create_api_key(text, text, text[], timestamptz) IS
'Makes an API key for an organization and returns its id and its secret.
The secret is shown this once; only its SHA-256 is kept. permissions is a non-empty subset of {read,write}; expires_at null means never. Raises parameter_missing and parameter_invalid (22023), organization_unknown and name_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.revoke_api_key(id text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_revoke_api_key'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.revoke_api_key(text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.revoke_api_key(text) IS
'Revokes an API key: whoever presents it from the next statement on is nobody.
Revoking it again changes nothing. Raises parameter_missing and parameter_invalid (22023; also for an id that does not exist), store_missing (55000).';

CREATE FUNCTION connect.prune_idempotency(older_than interval = '24 hours') RETURNS bigint
AS 'MODULE_PATHNAME', 'connect_prune_idempotency'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.prune_idempotency(interval) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.prune_idempotency(interval) IS
'Deletes stored answers to requests with an Idempotency-Key and returns how many.
Clients are promised 24 hours. Raises parameter_missing and parameter_invalid (22023), store_missing (55000).';
