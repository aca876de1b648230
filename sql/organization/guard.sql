-- The trigger functions by which organizations are retired. create_store() puts the first two on
-- tables of the store, follow_organizations() the last one on a table of the application.

CREATE FUNCTION connect.guard_organization() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_organization'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.guard_organization() FROM PUBLIC;
COMMENT ON FUNCTION connect.guard_organization() IS
'Retires an organization whose retired_at is set, and takes it back when that becomes null.
Locks it, marks its API keys and roles, and ends its Connections, each of which leaves its event. '
'Raises store_not_owned (42501), 40001, and what deactivate_connection() raises.';

CREATE FUNCTION connect.guard_credential() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_credential'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.guard_credential() FROM PUBLIC;
COMMENT ON FUNCTION connect.guard_credential() IS
'Refuses an API key or a mapped role that would act for a retired organization.
Raises organization_retired (PT422).';

CREATE FUNCTION connect.follow_organization() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_follow_organization'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.follow_organization() FROM PUBLIC;
COMMENT ON FUNCTION connect.follow_organization() IS
'Registers, renames and retires the organizations that the rows of a followed table are.
Raises organization_exists (23505), organization_key_changed and followed_truncate (23001), '
'parameter_missing and parameter_invalid (22023), name_too_long (PT422), column_unknown (42703), '
'and 39P01 on a table that connect.followed_table does not list.';
