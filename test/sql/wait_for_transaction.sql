-- wait_for_transaction(): on a primary it only looks. test/http/deployments.test.mjs has a replica.
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.wait_for_transaction('3');
BEGIN;
SELECT connect.wait_for_transaction(pg_current_xact_id()) AS own;
COMMIT;
SELECT connect.wait_for_transaction(pg_current_xact_id(), '0');
SELECT connect.wait_for_transaction(NULL);  -- fails
SELECT connect.wait_for_transaction('3', NULL);  -- fails
SELECT connect.wait_for_transaction('3', '60 s'), connect.wait_for_transaction('3', '1 minute');
SELECT connect.wait_for_transaction('3', '60.1 s');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.wait_for_transaction('3', '-1 s');  -- fails
SELECT connect.wait_for_transaction('3', '1 day');  -- fails
SELECT connect.wait_for_transaction('18446744073709551615');  -- fails
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT connect.wait_for_transaction('3');  -- fails
\echo :LAST_ERROR_SQLSTATE
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT connect.wait_for_transaction('3');  -- fails
ROLLBACK;
SET SESSION AUTHORIZATION regress_connect_stranger;
SELECT connect.wait_for_transaction('3');  -- fails: EXECUTE
