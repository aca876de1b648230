-- update_connection(): the source renames and narrows; widening takes consent anew.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_p', 'pending', 'P');
CALL test.add('cxn_a', 'active', 'A', source => 'org_ABC123', destination => 'org_GHI789');
CALL test.add('cxn_i', 'inactive', 'I', source => 'org_ABC123', destination => 'org_ABC123');

SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.update_connection('cxn_p', 'Mine');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.update_connection('cxn_p');  -- fails, though it would change nothing
SELECT connect.update_connection('cxn_a', 'Mine');  -- fails: a third party
\echo :LAST_ERROR_SQLSTATE

SET SESSION AUTHORIZATION regress_connect_source;
-- what changes nothing succeeds, without an event
SELECT test.line(connect.update_connection('cxn_p'));
SELECT test.line(connect.update_connection('cxn_p', 'P', '{inquiry.read,account.read,account.read}'));
SELECT * FROM test.rows() WHERE touched;
SELECT * FROM test.events();

-- update: any state stays as it is
SELECT test.line(connect.update_connection('cxn_p', 'P2'));
SELECT test.line(connect.update_connection('cxn_p', scopes => '{inquiry.read}'));
SELECT test.line(connect.update_connection('cxn_p', ''));
SELECT test.line(connect.update_connection('cxn_a', 'A2', '{inquiry.read}'));
SELECT test.line(connect.update_connection('cxn_i', 'I2', '{account.read}'));
-- widen: an active one is pending again, also when a scope goes in exchange
SELECT test.line(connect.update_connection('cxn_p', 'P3', '{verification.read}'));
SELECT test.line(connect.update_connection('cxn_i', scopes => '{account.read,verification.read}'));
SELECT test.line(connect.update_connection('cxn_a', scopes => '{verification.read}'));

SELECT connect.update_connection('cxn_p', repeat('n', 256));  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.update_connection('cxn_p', scopes => '{}');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.update_connection('cxn_p', scopes => '{nosuch}');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.update_connection('cxn_p', scopes => '{NULL}');  -- fails
SELECT connect.update_connection(NULL, 'x');  -- fails
SELECT connect.update_connection('cxn_nosuch', 'x');  -- fails
SELECT connect.update_connection('cxn_nosuch', 'x', '{NULL}');  -- fails: malformed first
-- a name may stay too long as long as nobody changes it
RESET SESSION AUTHORIZATION;
CALL test.add('cxn_long', 'active', repeat('n', 300), source => 'org_DEF456', destination => 'org_ABC123');
CALL test.add('cxn_mess', 'active', scopes => '{inquiry.read,account.read,inquiry.read}', source => 'org_DEF456', destination => 'org_GHI789');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT length(connect.update_connection('cxn_long', scopes => '{account.read}') #>> '{data,attributes,name}');
-- an import's disorder is no change of scopes
SELECT test.line(connect.update_connection('cxn_mess', scopes => '{account.read,inquiry.read}'));
SELECT test.line(connect.update_connection('cxn_mess', 'Tidy'));

SELECT source, destination, status, left(name, 10) AS name, scopes, touched FROM test.rows();
SELECT action, "from", "to", left(name, 10) AS name, scopes, actor FROM test.events();
RESET SESSION AUTHORIZATION;
