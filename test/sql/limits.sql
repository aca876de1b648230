-- Sizes, characters and nulls at and beyond their limits: a clear error or the right answer.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'pending', 'One');
SET SESSION AUTHORIZATION regress_connect_source;
-- names count characters, of every width in UTF-8
SELECT length(connect.update_connection('cxn_1', repeat(c, 255)) #>> '{data,attributes,name}') AS chars,
    octet_length(connect.get_connection('cxn_1') #>> '{data,attributes,name}') IS NOT NULL AS shown
FROM unnest(ARRAY['n', 'é', '漢', '😀']) AS c;
SELECT length(name), octet_length(name) FROM test.rows();
SELECT connect.update_connection('cxn_1', repeat('n', 256));  -- fails
SELECT connect.update_connection('cxn_1', repeat('😀', 256));  -- fails
SELECT connect.update_connection('cxn_1', repeat('x', 10000000));  -- fails
\echo :LAST_ERROR_SQLSTATE
-- what comes in comes out, control characters and all that JSON escapes
SELECT name, connect.update_connection('cxn_1', name) #>> '{data,attributes,name}' = name AS same
FROM unnest(ARRAY[' ', '"', E'\\', '/', '</script>', '\u0041', U&'\2028', U&'\FEFF', U&'\+01F468\200D\+01F469']) AS name;
SELECT connect.update_connection('cxn_1', (SELECT string_agg(chr(i), '' ORDER BY i) FROM generate_series(1, 127) AS i)) #>> '{data,attributes,name}'
    = (SELECT string_agg(chr(i), '' ORDER BY i) FROM generate_series(1, 127) AS i) AS same;
SELECT test.line(connect.update_connection('cxn_1', 'One'));
-- reasons
SELECT test.line(connect.deactivate_connection('cxn_1', repeat('😀', 1000)));
SELECT connect.reactivate_connection('cxn_1', repeat('r', 1001));  -- fails
SELECT connect.reactivate_connection('cxn_1', repeat('r', 10000000));  -- fails
SELECT connect.list_events('cxn_1') #>> '{data,0,attributes,reason}' = repeat('😀', 1000) AS same;
-- ids: 64 characters of the pattern, nothing else
RESET SESSION AUTHORIZATION;
SELECT connect.register_organization(repeat('A', 64), 'Longest');
SELECT connect.register_organization('-', '_');
SELECT connect.register_organization(repeat('A', 65), 'x');  -- fails
SELECT connect.register_organization('', 'x');  -- fails
SELECT connect.register_organization('é', 'x');  -- fails
SELECT connect.register_organization(E'org\n', 'x');  -- fails
SELECT connect.register_organization('org.a', 'x');  -- fails
SELECT connect.register_organization('org_x', repeat('n', 256));  -- fails
SELECT connect.register_organization('org_x', '');  -- fails
SELECT connect.register_organization('org_x', NULL);  -- fails
SELECT connect.register_organization(NULL, 'x');  -- fails
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.line(connect.create_connection(repeat('A', 64)));
SELECT test.line(connect.create_connection('-'));
SELECT connect.create_connection(repeat('A', 65));  -- fails
SELECT connect.create_connection(repeat('é', 1000000));  -- fails
SELECT connect.create_connection('%s%n%d');  -- fails
SELECT connect.get_connection('%s%n%d');  -- fails
SELECT connect.get_connection(repeat('漢', 1000000));  -- fails
-- scopes
SELECT connect.create_connection('org_GHI789', scopes => (SELECT array_agg('scope.' || i) FROM generate_series(1, 10000) AS i));  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT test.line(connect.create_connection('org_GHI789', scopes => array_fill('inquiry.read'::text, ARRAY[10000])));
SELECT connect.update_connection('cxn_1', scopes => ARRAY['']);  -- fails
SELECT connect.update_connection('cxn_1', scopes => ARRAY[repeat('s', 100000)]);  -- fails
SELECT connect.update_connection('cxn_1', scopes => ARRAY['Inquiry.Read']);  -- fails
SELECT connect.update_connection('cxn_1', scopes => ARRAY[NULL, NULL]::text[]);  -- fails
SELECT connect.update_connection('cxn_1', scopes => '[5:6]={inquiry.read,account.read}') #>> '{data,attributes,scopes}' AS scopes;
SELECT test.line(connect.update_connection('cxn_1', scopes => '[7:7]={inquiry.read}'));
RESET SESSION AUTHORIZATION;
-- 10,000 that do exist
INSERT INTO connect.scope (name, description) SELECT 'scope.' || i, '' FROM generate_series(1, 10000) AS i;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT jsonb_array_length(connect.update_connection('cxn_1', scopes => (SELECT array_agg('scope.' || i) FROM generate_series(1, 10000) AS i)) #> '{data,attributes,scopes}') AS n;
SELECT jsonb_array_length(connect.list_scopes() -> 'data') AS n;
SELECT test.line(connect.update_connection('cxn_1', scopes => '{scope.7}'));
RESET SESSION AUTHORIZATION;
-- times: the store holds years 1 to 9999
SET ROLE regress_connect_owner;
\set VERBOSITY terse
INSERT INTO connect.connection (source_organization_id, destination_organization_id, created_at) VALUES ('-', '-', 'infinity');  -- fails
INSERT INTO connect.connection (source_organization_id, destination_organization_id, created_at) VALUES ('-', '-', '0001-01-01 BC');  -- fails
INSERT INTO connect.connection (source_organization_id, destination_organization_id, created_at) VALUES ('-', '-', '10000-01-01');  -- fails
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, created_at, updated_at) VALUES ('cxn_t', '-', 'org_ABC123', '0001-01-01 00:00:00+00', '9999-12-31 00:00:00+00');
RESET ROLE;
-- for rows that no trigger sees, too: replicated ones, and those of a restore with triggers off
BEGIN;
SET LOCAL session_replication_role = replica;
SAVEPOINT s;
CALL test.add('cxn 1');  -- fails
ROLLBACK TO s;
CALL test.add('');  -- fails
ROLLBACK TO s;
CALL test.add(repeat('x', 65));  -- fails
ROLLBACK TO s;
UPDATE connect.connection SET updated_at = 'infinity' WHERE id = 'cxn_t';  -- fails
ROLLBACK TO s;
UPDATE connect.connection SET created_at = '0001-12-31 23:59:59.999999+00 BC' WHERE id = 'cxn_t';  -- fails
ROLLBACK TO s;
ALTER TABLE connect.connection DISABLE TRIGGER ALL;
UPDATE connect.connection SET updated_at = '9999-12-31 00:00:00.000001+00' WHERE id = 'cxn_t';  -- fails
ROLLBACK;
SELECT string_agg(chr(n), '' ORDER BY n) FROM generate_series(1, 255) AS n WHERE connect.has_valid_id_and_times('a' || chr(n), now(), now());
SELECT connect.has_valid_id_and_times(repeat('x', 64), now(), now()), connect.has_valid_id_and_times(repeat('x', 65), now(), now()), connect.has_valid_id_and_times('', now(), now()),
    connect.has_valid_id_and_times('x', NULL, now()) IS NULL AS unknown;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.get_connection('cxn_t') #>> '{data,attributes,created-at}' AS created, connect.get_connection('cxn_t') #>> '{data,attributes,updated-at}' AS updated;
RESET SESSION AUTHORIZATION;
-- the id of a request, which nginx makes but others may send: 255 bytes
SELECT connect.grant_http('regress_connect_source');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT set_config('request.headers', json_build_object('x-connect-id', 'cxn_1', 'x-connect-request-id', repeat('r', n))::text, false) <> '' AS set,
    connect_api.update_connection('{"data": {"attributes": {"name": "By request"}}}') #>> '{errors,0,code}' AS refused
FROM (VALUES (255), (256)) AS v (n) ORDER BY n DESC;
RESET request.headers;
SELECT DISTINCT length(e #>> '{attributes,request-id}') AS length FROM jsonb_array_elements(connect.list_events() -> 'data') AS e
WHERE e #>> '{attributes,request-id}' IS NOT NULL;
RESET SESSION AUTHORIZATION;
