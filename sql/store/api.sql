-- The store: making it, bringing it up to date, checking it.

CREATE FUNCTION connect.create_store() RETURNS void
AS 'MODULE_PATHNAME', 'connect_create_store'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.create_store() FROM PUBLIC;  -- whoever calls it owns the store
COMMENT ON FUNCTION connect.create_store() IS
'Makes the store''s tables in schema connect, owned by the caller.
To be run once, best as a NOLOGIN role with USAGE and CREATE on schema connect. Raises 42P07 if '
'there is a store, 55000 inside another extension''s script, 0A000 unless the database''s '
'encoding is UTF8, 42501.';

CREATE FUNCTION connect.create_store(owner name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_create_store'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.create_store(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.create_store(name) IS
'Makes the store''s tables in schema connect, owned by a role that was made before.
Best a NOLOGIN role. The caller must be able to SET ROLE to it, and needs CREATE on schema connect '
'unless that role has it; null stands for the caller. Raises 42704 for an unknown role, 42501, and '
'what create_store() raises.';

CREATE FUNCTION connect.upgrade_store() RETURNS void
AS 'MODULE_PATHNAME', 'connect_upgrade_store'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.upgrade_store() FROM PUBLIC;  -- for the store's owner
COMMENT ON FUNCTION connect.upgrade_store() IS
'Brings the store up to date after ALTER EXTENSION connect UPDATE; may be repeated.
Makes what store_definition() lists and the store lacks, and replaces what is another, in the '
'order of the list; what it does not list stays as it is. Grants the store''s owner what it needs. '
'Events of before get their seals, which takes a while where there are many. First it locks '
'connect.connection and then connect.share_token to the end of the transaction: against those who '
'write (SHARE ROW EXCLUSIVE), and against all where the table is to be altered (ACCESS EXCLUSIVE). '
'The caller must own the tables. Raises store_missing (55000), store_in_use (2BP01) with the names '
'of views and the like that depend on a column to be altered, before anything is changed, 42501, '
'and what PostgreSQL raises where the rows do not allow a change.';

CREATE FUNCTION connect.check_setup()
RETURNS TABLE (code text, severity text, finding text, remedy text)
AS 'MODULE_PATHNAME', 'connect_check_setup'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.check_setup() FROM PUBLIC;  -- it tells of roles and settings
COMMENT ON FUNCTION connect.check_setup() IS
'Looks for mistakes in the setup; no rows when it is sound.
Severity is error or warning; remedy is a statement or a sentence. Codes of the store: '
'store_missing, table_missing, column_missing, constraint_missing, index_missing, option_missing, '
'policy_missing, trigger_missing, trigger_disabled, row_security_disabled, owner_differs, '
'option_differs, comment_differs, definition_differs, positions_foreign. Codes of privileges: '
'owner_privilege, public_grant, trigger_privilege, truncate_privilege, owner_member, owner_login, '
'bypassrls_role, execute_public, execute_granted. Codes of gateways: gateway_superuser, '
'gateway_mapped, logs_parameters. Codes of sharing: scope_unknown, scopes_missing, '
'share_bypassed, outbox_held. Of tables that are followed: trigger_missing, trigger_disabled, '
'followed_owner. Also not_preloaded; '
'extension_outdated where the library is newer than the SQL; check_failed where something could '
'not be looked at. Raises nothing.';
