-- The documents of the design's section 5, for each reader.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CALL test.add('cxn_1', 'active', 'A "quoted" \ name' || E'\n\t\u0001é漢😀</script>', '{account.read}');
CALL test.add('cxn_2', 'pending', source => 'org_ABC123', destination => 'org_ABC123');

-- the source sees everything
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.doc(connect.get_connection('cxn_1'));
-- oneself is outbound, with both parties' actions
SELECT test.line(connect.get_connection('cxn_2'));
-- every nullable attribute is there as null; without a creator no relationships
RESET SESSION AUTHORIZATION;
SET session_replication_role = replica;
UPDATE connect.connection SET creator_id = NULL, creator_type = NULL WHERE id = 'cxn_2';
RESET session_replication_role;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.doc(connect.get_connection('cxn_2'));
-- the destination does not learn who created it
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.doc(connect.get_connection('cxn_1'));
SELECT connect.get_connection('cxn_1') #>> '{data,attributes,name}';

-- lists hold the same resource objects, and the answer to a change is what get says afterwards
SELECT connect.list_connections() #> '{data,0}' = connect.get_connection('cxn_1') -> 'data' AS same;
SELECT connect.deactivate_connection('cxn_1') AS answer \gset
SELECT :'answer'::jsonb = connect.get_connection('cxn_1') AS same;

-- what each party may do in each state
RESET SESSION AUTHORIZATION;
CALL test.add('cxn_p', 'pending', source => 'org_GHI789', destination => 'org_DEF456');
CALL test.add('cxn_a', 'active', source => 'org_GHI789', destination => 'org_ABC123');
CALL test.add('cxn_i', 'inactive', source => 'org_GHI789', destination => 'org_GHI789');
CALL test.add('cxn_j', 'inactive', source => 'org_DEF456', destination => 'org_ABC123');
CREATE FUNCTION pg_temp.actions() RETURNS TABLE (id text, status text, direction text, actions text) LANGUAGE sql AS $$
    SELECT x ->> 'id', x #>> '{attributes,status}', x #>> '{meta,direction}', x #>> '{meta,allowed-actions}'
    FROM jsonb_array_elements(connect.list_connections() -> 'data') WITH ORDINALITY AS t (x, n) ORDER BY n
$$;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT * FROM pg_temp.actions();
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT * FROM pg_temp.actions();
SET SESSION AUTHORIZATION regress_connect_third;
SELECT * FROM pg_temp.actions();
-- times are UTC whatever the session's time zone and style
SET timezone = 'Asia/Kathmandu';
SET datestyle = 'SQL, DMY';
SELECT connect.get_organization() #>> '{data,attributes,created-at}';
RESET timezone;
RESET datestyle;
-- and null where ISO 8601 has no words for them
RESET SESSION AUTHORIZATION;
BEGIN;
UPDATE connect.organization SET created_at = v.created_at
FROM (VALUES ('org_ABC123', 'infinity'::timestamptz), ('org_DEF456', '-infinity'), ('org_GHI789', '0044-03-15 BC')) AS v (id, created_at)
WHERE organization.id = v.id;
SET ROLE regress_connect_source;
SELECT connect.get_organization() #> '{data,attributes,created-at}' AS infinite;
SET ROLE regress_connect_destination;
SELECT connect.get_organization() #> '{data,attributes,created-at}' AS minus_infinite;
SET ROLE regress_connect_third;
SELECT connect.get_organization() #> '{data,attributes,created-at}' AS before_christ;
ROLLBACK;
-- and right at both ends of the years it has words for, about the epochs and in leap years
BEGIN;
CREATE FUNCTION pg_temp.created_at(t timestamptz) RETURNS text LANGUAGE sql AS $$
    UPDATE connect.organization SET created_at = t WHERE id = 'org_ABC123';
    SELECT set_config('role', 'regress_connect_source', true);
    SELECT set_config('connect_test.answer', connect.get_organization() #>> '{data,attributes,created-at}', true);
    SELECT set_config('role', 'none', true);
    SELECT current_setting('connect_test.answer')
$$;
SET timezone = 'UTC';
SELECT count(*) AS times, count(*) FILTER (WHERE pg_temp.created_at(t) = to_char(t, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) AS right
FROM (SELECT '0001-01-01 00:00:00+00'::timestamptz UNION ALL SELECT '9999-12-31 23:59:59.999'
    UNION ALL SELECT d + s FROM unnest('{1582-10-15,1599-12-31,1600-02-29,1900-02-28,1969-12-31,1970-01-01,1999-12-31,2000-01-01,2000-02-29,2024-12-31,2100-03-01}'::timestamptz[]) AS d,
        unnest('{0 s,1 ms,0.999 s,59.999 s,1 h,23:59:59.999}'::interval[]) AS s) AS v (t);
SELECT pg_temp.created_at('2026-11-23 07:29:53.043999+00') AS cut;
ROLLBACK;
-- a key without write may do nothing
RESET SESSION AUTHORIZATION;
SELECT secret FROM connect.create_api_key('org_GHI789', 'reader', '{read}') \gset
SELECT json_build_object('x-connect-api-key', :'secret') AS headers \gset
SET request.headers = :'headers';
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT * FROM pg_temp.actions();
RESET request.headers;
RESET SESSION AUTHORIZATION;

-- text says what jsonb says, wherever in a name a character stands that JSON must escape, or nearly
SELECT connect.grant_http('regress_connect_source');
SET SESSION AUTHORIZATION regress_connect_source;
SET request.headers = '{"x-connect-id": "cxn_1"}';
CREATE FUNCTION pg_temp.as_text(name text) RETURNS json LANGUAGE sql AS $$
    SELECT connect.update_connection('cxn_1', name);
    SELECT connect_api.get_connection()::text::json
$$;
SELECT count(*) AS names, count(*) FILTER (WHERE pg_temp.as_text(name) #>> '{data,attributes,name}' = name) AS same
FROM generate_series(0, 9) AS before, generate_series(0, 9) AS after,
    unnest(ARRAY['"', '\', U&'\0001', U&'\001F', U&'\0020', '!', '#', '[', ']', U&'\007F', U&'\00A0', 'é', '漢', '"\', '""']) AS special,
    concat(repeat('a', before), special, repeat('b', after)) AS name;
SELECT connect_api.get_connection()::text LIKE '%"name":"' || repeat('a', 9) || '\\"\\"' || repeat('b', 9) || '"%' AS escaped
FROM pg_temp.as_text(repeat('a', 9) || '""' || repeat('b', 9));
RESET request.headers;
RESET SESSION AUTHORIZATION;
