-- The history as a whole: bringing it up to date.

CREATE FUNCTION connect.seal_history() RETURNS void
AS 'MODULE_PATHNAME', 'connect_seal_history'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.seal_history() FROM PUBLIC;  -- upgrade_store() calls it
COMMENT ON FUNCTION connect.seal_history() IS
'Gives events of an older store their subject, position and seal, as upgrade_store() does.
An event that is sealed stays as it is, but for a position that is another cluster''s: it becomes '
'0. Raises store_missing, store_altered (55000).';
