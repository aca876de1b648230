-- reactivate_connection(): the source offers again; the destination must accept again.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'inactive', 'Kept');
CALL test.add('cxn_2', 'active', source => 'org_ABC123', destination => 'org_GHI789');

SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.reactivate_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.reactivate_connection('cxn_2');  -- fails: a third party
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.reactivate_connection('cxn_2');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.reactivate_connection('cxn_1', repeat('r', 1001));  -- fails
SELECT connect.reactivate_connection(NULL);  -- fails
SELECT connect.reactivate_connection('cxn_nosuch');  -- fails
SELECT test.line(connect.reactivate_connection('cxn_1', 'Please.'));
SELECT connect.reactivate_connection('cxn_1');  -- fails: a repeated action
SELECT connect.activate_connection('cxn_1');  -- fails: not the source's part
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.line(connect.activate_connection('cxn_1'));
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.reactivate_connection('cxn_1');  -- fails

SELECT * FROM test.rows();
SELECT * FROM test.events();
RESET SESSION AUTHORIZATION;
