-- create_connection(): a source offers.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();

SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.doc(connect.create_connection('org_DEF456', 'Partner Connection'));
-- scopes are sorted, duplicates vanish; an empty name is none
SELECT test.line(connect.create_connection('org_GHI789', '',
    '{verification.read,account.read,verification.read}'));
-- to oneself: both parties at once
SELECT test.line(connect.create_connection('org_ABC123', scopes => '{inquiry.read}'));

-- one for each ordered pair, for ever, whatever the state
\set VERBOSITY terse
SELECT connect.create_connection('org_DEF456');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_connection('org_DEF456', 'Other', '{inquiry.read}');  -- fails
SELECT connect.create_connection('org_ABC123');  -- fails
\set VERBOSITY default
-- the opposite direction is another one
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.line(connect.create_connection('org_ABC123', 'Back'));

-- refusals, in their order
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.create_connection(NULL);  -- fails: nobody, before anything else
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.create_connection(NULL);  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_connection('');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_connection('org with blanks');  -- fails
SELECT connect.create_connection('org_ABC123', NULL, '{account.read,NULL}');  -- fails
SELECT connect.create_connection('org_ABC123', NULL, '{{account.read,inquiry.read}}');  -- fails
SELECT connect.create_connection('org_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_connection('org_ABC123', repeat('n', 256));  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_connection('org_ABC123', NULL, '{}');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_connection('org_ABC123', NULL, '{account.read,"no such"}');  -- fails
\echo :LAST_ERROR_SQLSTATE
-- an inactive one is reactivated, not created again
RESET SESSION AUTHORIZATION;
CALL test.add('cxn_old', 'inactive', source => 'org_GHI789', destination => 'org_ABC123');
SET SESSION AUTHORIZATION regress_connect_third;
-- conflict comes before what is not acceptable
SELECT connect.create_connection('org_ABC123', repeat('n', 256), '{}');  -- fails

-- refusals left nothing behind
SELECT * FROM test.rows();
SELECT * FROM test.events();
RESET SESSION AUTHORIZATION;
-- a new id is a TypeID
SELECT count(*) FROM connect.connection WHERE id ~ '^cxn_[0-7][0-9a-hjkmnp-tv-z]{25}$';
SELECT count(*) FROM connect.event WHERE id ~ '^evt_[0-7][0-9a-hjkmnp-tv-z]{25}$';
