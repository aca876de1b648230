-- The trigger functions of the narrow tables: connect.open_connection, connect.open_term and
-- connect.open_share_token. create_store() puts them on the tables.

CREATE FUNCTION connect.keep_open() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_keep_open'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.keep_open() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.keep_open() IS
'Keeps the rows of connect.open_connection, open_term and open_share_token for replicated rows.
record_event() and record_share_token() do so for all others. Refuses nothing. Raises '
'store_missing (55000).';

CREATE FUNCTION connect.guard_open() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_open'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.guard_open() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.guard_open() IS
'Lets connect.open_connection, open_term and open_share_token follow other rows, and no other write.
Replicated rows are passed by. Raises open_changed (23001).';

CREATE FUNCTION connect.collect_open() RETURNS void
AS 'MODULE_PATHNAME', 'connect_collect_open'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.collect_open() FROM PUBLIC;  -- upgrade_store() calls it
COMMENT ON FUNCTION connect.collect_open() IS
'Makes connect.open_connection, open_term and open_share_token right for what no trigger has seen.
The caller keeps others from writing to the tables that they follow, as upgrade_store() does. '
'Raises store_missing (55000).';
