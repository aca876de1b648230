-- Grants by purpose. Each also gives USAGE on the schema, and is run by whoever may GRANT.

CREATE FUNCTION connect.grant_check(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_check'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_check(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_check(name) IS
'Grants what row security needs: current_organization_id(), is_allowed(), allowed_sources().
For roles that read tables under such policies. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

CREATE FUNCTION connect.grant_read(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_read'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_read(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_read(name) IS
'Grants grant_check(), get_..., list_... and transition_rules().
For roles that look but change nothing. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

CREATE FUNCTION connect.grant_usage(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_usage'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_usage(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_usage(name) IS
'Grants grant_read() and create_, activate_, deactivate_, reactivate_ and update_connection().
For roles that act for organizations. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

CREATE FUNCTION connect.grant_share(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_share'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_share(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_share(name) IS
'Grants grant_check(), explain_access() and require_allowed().
For trusted back ends that hand out data. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

CREATE FUNCTION connect.grant_http(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_http'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_http(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_http(name) IS
'Grants the HTTP handlers of schema connect_api.
For the role that PostgREST takes for its requests. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

