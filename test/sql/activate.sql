-- activate_connection(): the destination accepts a pending offer.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_pending', 'pending');
CALL test.add('cxn_active', 'active', source => 'org_GHI789');
CALL test.add('cxn_inactive', 'inactive', source => 'org_DEF456', destination => 'org_DEF456');
CALL test.add('cxn_self', source => 'org_ABC123', destination => 'org_ABC123');

-- the source cannot accept its own offer
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.activate_connection('cxn_pending');  -- fails
\echo :LAST_ERROR_SQLSTATE
-- unless it is both parties
SELECT test.line(connect.activate_connection('cxn_self'));

-- a third party, and everybody for an id that does not exist, learns the same
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.activate_connection('cxn_pending');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.activate_connection('cxn_nosuch');  -- fails
SELECT connect.activate_connection('');  -- fails
SELECT connect.activate_connection('not even an id''"');  -- fails
SELECT connect.activate_connection(NULL);  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.activate_connection(NULL);  -- fails
\echo :LAST_ERROR_SQLSTATE

SET SESSION AUTHORIZATION regress_connect_destination;
-- the scopes looked at must be the row's
SELECT connect.activate_connection('cxn_pending', scopes => '{inquiry.read}');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.activate_connection('cxn_pending', scopes => '{}');  -- fails
SELECT connect.activate_connection('cxn_pending', scopes => '{NULL}');  -- fails
SELECT connect.activate_connection('cxn_pending', repeat('r', 1001));  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT test.line(connect.activate_connection('cxn_pending', 'Signed.', '{inquiry.read,account.read,inquiry.read}'));

-- wrong states, also a repeated action
SELECT connect.activate_connection('cxn_pending');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.activate_connection('cxn_active', repeat('r', 1001), '{}');  -- fails: the state first
SELECT connect.activate_connection('cxn_inactive');  -- fails
-- wrong part comes before wrong state
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.activate_connection('cxn_active');  -- fails

SELECT * FROM test.rows();
SELECT * FROM test.events();
RESET SESSION AUTHORIZATION;
