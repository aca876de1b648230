-- The store: making it, bringing it up to date, checking it.

CREATE FUNCTION connect.create_store() RETURNS void
AS 'MODULE_PATHNAME', 'connect_create_store'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.create_store() FROM PUBLIC;  -- whoever calls it owns the store
COMMENT ON FUNCTION connect.create_store() IS
'Makes the store''s tables in schema connect, owned by the caller.
To be run once, best as a NOLOGIN role with USAGE and CREATE on schema connect. Raises 42P07 if there is a store, 55000 inside another extension''s script, 0A000 unless the database''s encoding is UTF8, 42501.';

CREATE FUNCTION connect.upgrade_store() RETURNS void
AS 'MODULE_PATHNAME', 'connect_upgrade_store'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.upgrade_store() FROM PUBLIC;  -- for the store's owner
COMMENT ON FUNCTION connect.upgrade_store() IS
'Brings the store up to date after ALTER EXTENSION connect UPDATE; may be repeated.
Makes the tables, constraints and triggers that the present definition has and the store lacks, and replaces what has changed. The caller must own the tables. Raises store_missing (55000), 42501.';

CREATE FUNCTION connect.check_setup()
RETURNS TABLE (code text, severity text, finding text, remedy text)
AS 'MODULE_PATHNAME', 'connect_check_setup'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.check_setup() FROM PUBLIC;  -- it tells of roles and settings
COMMENT ON FUNCTION connect.check_setup() IS
'Looks for mistakes in the setup; no rows when it is sound.
Severity is error or warning; remedy is a statement or a sentence. Codes: store_missing, trigger_disabled, trigger_missing, row_security_disabled, public_grant, trigger_privilege, truncate_privilege, owner_member, owner_login, bypassrls_role, gateway_superuser, execute_public, logs_parameters, not_preloaded. Raises nothing.';
