-- Who fulfils share tokens.

CREATE FUNCTION connect.grant_fulfil(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_fulfil'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_fulfil(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_fulfil(name) IS
'Grants complete_share_token() and fail_share_token().
For the application''s worker, which acts for no organization. Raises 42704 for an unknown role, '
'parameter_missing (22023), 42501.';
