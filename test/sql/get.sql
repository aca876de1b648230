-- get_connection(), get_organization() and list_scopes(): looking at one thing.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'active', 'One');
CALL test.add('cxn_2', 'pending', source => 'org_ABC123', destination => 'org_ABC123');

SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.line(connect.get_connection('cxn_1'));
SELECT test.line(connect.get_connection('cxn_2'));
SELECT connect.get_connection('CXN_1');  -- fails: ids are compared byte for byte
SELECT connect.get_connection(' cxn_1');  -- fails
SELECT connect.get_connection('');  -- fails
SELECT connect.get_connection(repeat('é', 100));  -- fails
SELECT connect.get_connection(NULL);  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT test.doc(connect.get_organization());
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.line(connect.get_connection('cxn_1'));
-- not to be told from an id that does not exist
SELECT connect.get_connection('cxn_2');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.get_connection('cxn_9');  -- fails
\echo :LAST_ERROR_SQLSTATE

SELECT test.doc(connect.list_scopes());
RESET SESSION AUTHORIZATION;
INSERT INTO connect.scope (name, description) VALUES ('Zeta', 'A "quoted" \ word'), ('a:b-c_1', '');
SET SESSION AUTHORIZATION regress_connect_third;
SELECT x #>> '{id}' AS id, x #>> '{attributes,description}' AS description, x #>> '{attributes,default}' AS "default"
FROM jsonb_array_elements(connect.list_scopes() -> 'data') WITH ORDINALITY AS t (x, n) ORDER BY n;
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.get_connection('cxn_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.get_organization();  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.list_scopes();  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
