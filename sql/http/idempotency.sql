-- The stored answers to requests with an Idempotency-Key.

CREATE FUNCTION connect.prune_idempotency(older_than interval = '24 hours') RETURNS bigint
AS 'MODULE_PATHNAME', 'connect_prune_idempotency'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.prune_idempotency(interval) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.prune_idempotency(interval) IS
'Deletes stored answers to requests with an Idempotency-Key and returns how many.
Clients are promised 24 hours. Raises parameter_missing and parameter_invalid (22023), '
'store_missing (55000).';
