-- deactivate_connection(): either party ends it, pending or active.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'pending');
CALL test.add('cxn_2', 'active', source => 'org_DEF456', destination => 'org_ABC123');
CALL test.add('cxn_3', 'active', source => 'org_GHI789');
CALL test.add('cxn_4', 'pending', source => 'org_DEF456', destination => 'org_GHI789');
CALL test.add('cxn_5', 'inactive', source => 'org_ABC123', destination => 'org_ABC123');

SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.line(connect.deactivate_connection('cxn_1'));                      -- source, pending
SELECT test.line(connect.deactivate_connection('cxn_2', ''));                  -- destination, active
SELECT connect.deactivate_connection('cxn_3');  -- fails: a third party
\echo :LAST_ERROR_SQLSTATE
SELECT connect.deactivate_connection('cxn_5');  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.deactivate_connection('cxn_3', repeat('r', 1001));  -- fails
SELECT test.line(connect.deactivate_connection('cxn_3', repeat('é', 1000)));  -- source, active
SELECT test.line(connect.deactivate_connection('cxn_4', 'Not us.'));          -- destination, pending
SELECT connect.deactivate_connection('cxn_4');  -- fails: a repeated action
SELECT connect.deactivate_connection('cxn_nosuch');  -- fails
SELECT connect.deactivate_connection(NULL);  -- fails
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.deactivate_connection('cxn_3');  -- fails

SELECT * FROM test.rows();
SELECT action, "from", "to", actor, actor_id, actor_type, length(reason), left(reason, 8) FROM test.events();
RESET SESSION AUTHORIZATION;
