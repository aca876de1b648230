-- Reading one's own writes on a replica.

CREATE FUNCTION connect.wait_for_transaction(transaction_id xid8, timeout interval = '5 s')
RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_wait_for_transaction'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.wait_for_transaction(xid8, interval) FROM PUBLIC;  -- grant_read()
COMMENT ON FUNCTION connect.wait_for_transaction(xid8, interval) IS
'Waits, on a replica, until a transaction of the primary is visible; false if it is not in time.
transaction_id is what pg_current_xact_id() said there, or Connect-Transaction over HTTP; timeout '
'is at most 60 seconds. The next statement sees the transaction. A primary only looks. Raises '
'parameter_missing and parameter_invalid (22023; on a primary also for an id that is not given '
'yet), snapshot_fixed (25001) under REPEATABLE READ and SERIALIZABLE.';
