-- Lists of share tokens: each filter with each other, for each party, from SQL and over HTTP, against a model of what
-- each token is by now; and what is no filter, or no value of one.
\ir setup.psql

CREATE SCHEMA shop;
CREATE TABLE shop.account (id text PRIMARY KEY, organization_id text);
SELECT connect.share_rows('account', 'shop.account', 'organization_id', 'id', 'account.read', 'act') \g /dev/null
SELECT connect.grant_http(('regress_connect_' || party)::name)
FROM (VALUES ('source'), ('destination'), ('both'), ('third')) AS p (party) \g /dev/null
SELECT pg_temp.import('cxn_1', 'org_source', 'org_destination', 'active'),
       pg_temp.import('cxn_2', 'org_both', 'org_both', 'inactive'),
       pg_temp.import('cxn_3', 'org_destination', 'org_source', 'active') \g /dev/null

-- What a row says, and what it is by the clock: each state twice, and two whose time has passed.
CREATE TEMPORARY TABLE state (stored text, expires_in interval, pending_for interval, now text);
INSERT INTO state VALUES
    ('created', '1 hour', NULL, 'created'), ('created', '1 day', NULL, 'created'), ('created', '-1 hour', NULL, 'expired'),
    ('pending', '1 hour', '1 hour', 'pending'), ('pending', '-1 hour', '23 hours', 'pending'), ('pending', '1 hour', '25 hours', 'failed'),
    ('redeemed', '1 hour', '1 hour', 'redeemed'), ('redeemed', '-1 hour', '25 hours', 'redeemed'),
    ('expired', '-1 hour', NULL, 'expired'), ('failed', '1 hour', '25 hours', 'failed');
CREATE TEMPORARY TABLE token AS
SELECT format('cnst_%s_%s', right(c.id, 1), row_number() OVER (PARTITION BY c.id)) AS id, c.id AS connection, s.*,
    split_part(c.source_organization_id, '_', 2) AS source, split_part(c.destination_organization_id, '_', 2) AS destination
FROM connect.connection AS c CROSS JOIN state AS s;
SET LOCAL session_replication_role = replica;
INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id,
        status, expires_at, pending_at, created_at, updated_at)
    SELECT id, connection, 'org_' || source, 'org_' || destination, 'account', 'act_1', stored::connect.share_token_status,
        now() + expires_in, now() - pending_for, now() - interval '2 days', now() - interval '2 days'
    FROM token;
RESET session_replication_role;

CREATE TEMPORARY TABLE list AS
SELECT * FROM (VALUES ('source'), ('destination'), ('both'), ('third')) AS p (party)
CROSS JOIN (VALUES (NULL), ('created'), ('pending'), ('redeemed'), ('expired'), ('failed')) AS s (status)
CROSS JOIN (VALUES (NULL), ('inbound'), ('outbound')) AS d (direction)
CROSS JOIN (VALUES (NULL), ('cxn_1'), ('cxn_2'), ('cxn_3'), ('cxn_nosuch')) AS c (connection);

CREATE FUNCTION pg_temp.expected(l list) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(t.id ORDER BY t.id COLLATE "C" DESC) FROM token AS t
    WHERE (l.status IS NULL OR t.now = l.status) AND (l.connection IS NULL OR t.connection = l.connection)
    AND (t.source = l.party AND l.direction IS DISTINCT FROM 'inbound' OR t.destination = l.party AND l.direction IS DISTINCT FROM 'outbound')
$$;
CREATE FUNCTION pg_temp.ids(document jsonb) RETURNS text[] LANGUAGE sql AS $$
    SELECT array_agg(d ->> 'id' ORDER BY place) FROM jsonb_array_elements(document -> 'data') WITH ORDINALITY AS d (d, place)
$$;
-- Runs a statement that returns a document as a party: what it returns, or its error.
CREATE FUNCTION pg_temp.answer(party text, statement text, query text = NULL) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    result jsonb;
    refused text;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', 'regress_connect_' || party);
    PERFORM set_config('request.headers', jsonb_build_object('x-connect-query', query)::text, true);
    BEGIN
        EXECUTE 'SELECT ' || statement INTO result;
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
        result := to_jsonb(concat_ws(' ', SQLSTATE, NULLIF(refused, '')));
    END;
    PERFORM set_config('request.headers', '', true);
    RESET ROLE;
    RETURN result;
END $$;
CREATE FUNCTION pg_temp.by_sql(l list) RETURNS text[] LANGUAGE sql AS $$
    SELECT pg_temp.ids(pg_temp.answer(l.party, format('connect.list_share_tokens(status => %L, direction => %L, connection_id => %L, page_size => 100)',
        l.status, l.direction, l.connection)))
$$;
CREATE FUNCTION pg_temp.by_http(l list) RETURNS text[] LANGUAGE sql AS $$
    SELECT pg_temp.ids(pg_temp.answer(l.party, 'connect_api.list_share_tokens()', 'page[size]=100' || coalesce('&filter[status]=' || l.status, '')
        || coalesce('&filter[direction]=' || l.direction, '') || coalesce('&filter[connection-id]=' || l.connection, '')))
$$;

CREATE TEMPORARY TABLE refusal (statement text, query text, answer text);
INSERT INTO refusal VALUES
    ('connect.list_share_tokens(kind => ''account'')', NULL, '42883'),
    ('connect.list_share_tokens(source_organization_id => ''org_source'')', NULL, '42883'),
    ('connect.list_share_tokens(status => 1)', NULL, '42883'),
    ('connect.list_share_tokens(page_size => ''ten''::text)', NULL, '42883'),
    ('connect.list_share_tokens(status => ''open'')', NULL, '22P02'),
    ('connect.list_share_tokens(status => ''inactive'')', NULL, '22P02'),
    ('connect.list_share_tokens(direction => ''sideways'')', NULL, '22023 parameter_invalid'),
    ('connect.list_share_tokens(direction => '''')', NULL, '22023 parameter_invalid'),
    ('connect.list_share_tokens(status => ''created'', direction => ''Inbound'')', NULL, '22023 parameter_invalid'),
    ('connect.list_share_tokens(connection_id => ''no id'')', NULL, '22023 parameter_invalid'),
    ('connect.list_share_tokens(page_size => 101)', NULL, '22023 parameter_invalid'),
    ('connect.list_share_tokens(page_after => ''cnst_2_1'')', NULL, '22023 parameter_invalid'),
    ('connect.list_share_tokens(page_after => ''cnst_1_1'', page_before => ''cnst_1_1'')', NULL, '22023 parameter_invalid'),
    ('connect_api.list_share_tokens()', 'filter[kind]=account', '400 parameter_invalid filter[kind]'),
    ('connect_api.list_share_tokens()', 'filter[connection]=cxn_1', '400 parameter_invalid filter[connection]'),
    ('connect_api.list_share_tokens()', 'filter[expires-before]=2999-01-01T00:00:00Z', '400 parameter_invalid filter[expires-before]'),
    ('connect_api.list_share_tokens()', 'status=created', '400 parameter_invalid status'),
    ('connect_api.list_share_tokens()', 'filter[status]=open', '400 parameter_invalid filter[status]'),
    ('connect_api.list_share_tokens()', 'filter[status]=', '400 parameter_invalid filter[status]'),
    ('connect_api.list_share_tokens()', 'filter[status]=created&filter[direction]=sideways', '400 parameter_invalid filter[direction]'),
    ('connect_api.list_share_tokens()', 'filter[connection-id]=no%20id', '400 parameter_invalid filter[connection-id]'),
    ('connect_api.list_share_tokens()', 'page[size]=0', '400 parameter_invalid page[size]');

SELECT plan((3 + 2 * 4 + count(*))::int) FROM refusal;

SELECT is((SELECT count(*) FROM list), 360::bigint, 'the list has every party x status x direction x connection');
SELECT cmp_ok((SELECT count(*) FROM list AS l WHERE cardinality(pg_temp.expected(l)) > 0), '>', 100::bigint, 'many of them show something');
SELECT set_eq('SELECT DISTINCT now FROM token', 'SELECT unnest(enum_range(NULL::connect.share_token_status))::text', 'there is a token of each status');
SELECT is_empty(format('SELECT l.*, pg_temp.expected(l), pg_temp.by_sql(l) FROM list AS l WHERE party = %L
    AND pg_temp.expected(l) IS DISTINCT FROM pg_temp.by_sql(l)', party), party || ' lists by SQL what there is')
FROM (SELECT DISTINCT party FROM list) AS p ORDER BY party;
SELECT is_empty(format('SELECT l.*, pg_temp.expected(l), pg_temp.by_http(l) FROM list AS l WHERE party = %L
    AND pg_temp.expected(l) IS DISTINCT FROM pg_temp.by_http(l)', party), party || ' lists over HTTP what there is')
FROM (SELECT DISTINCT party FROM list) AS p ORDER BY party;
SELECT is(CASE jsonb_typeof(a) WHEN 'string' THEN a #>> '{}'
    ELSE concat_ws(' ', a #>> '{errors,0,status}', a #>> '{errors,0,code}', a #>> '{errors,0,source,parameter}') END,
    answer, concat_ws(' ', statement, query))
FROM refusal CROSS JOIN LATERAL pg_temp.answer('source', statement, query) AS a;

SELECT * FROM finish();
ROLLBACK;
