-- Times as requests write them, in a body and in a filter: what each means to the microsecond, and what is none.
\ir setup.psql

SELECT connect.grant_http('regress_connect_source') \g /dev/null
SELECT pg_temp.import('cxn_1', 'org_source', 'org_destination', 'active') \g /dev/null

CREATE TEMPORARY TABLE given (written text, meant timestamptz);
INSERT INTO given VALUES
    ('2950-02-28T23:59:59Z', '2950-02-28 23:59:59+00'),
    ('2950-02-28t23:59:59z', '2950-02-28 23:59:59+00'),
    ('2950-02-28T00:00:00+00:00', '2950-02-28 00:00:00+00'),
    ('2950-02-28T00:00:00-00:00', '2950-02-28 00:00:00+00'),
    ('2950-02-28T00:00:00+05:30', '2950-02-27 18:30:00+00'),
    ('2950-02-28T00:00:00-05:30', '2950-02-28 05:30:00+00'),
    ('2950-02-28T00:00:00+23:59', '2950-02-27 00:01:00+00'),
    ('2950-02-28T00:00:00.5Z', '2950-02-28 00:00:00.5+00'),
    ('2950-02-28T00:00:00.000001Z', '2950-02-28 00:00:00.000001+00'),
    ('2950-02-28T00:00:00.1234567899Z', '2950-02-28 00:00:00.123456+00'),
    ('2950-02-28T00:00:00.25-01:00', '2950-02-28 01:00:00.25+00'),
    ('2952-02-29T00:00:00Z', '2952-02-29 00:00:00+00'),
    ('2800-02-29T00:00:00Z', '2800-02-29 00:00:00+00'),
    ('2950-12-31T00:00:00Z', '2950-12-31 00:00:00+00'),
    ('9999-12-31T23:59:59.999999Z', '9999-12-31 23:59:59.999999+00');
-- Each is one of those, with one thing wrong.
INSERT INTO given (written) VALUES
    ('now'), ('infinity'), ('2950'), ('2950-02-28'), ('2950-02-28T'), ('2950-02-28 00:00:00Z'), ('2950-02-28T00:00Z'),
    ('295-02-28T00:00:00Z'), ('29500-02-28T00:00:00Z'), ('295o-02-28T00:00:00Z'), ('+950-02-28T00:00:00Z'), ('0000-02-28T00:00:00Z'),
    ('2950/02-28T00:00:00Z'), ('2950-02/28T00:00:00Z'), ('2950-2-28T00:00:00Z'), ('2950-02-8T00:00:00Z'),
    ('2950-00-28T00:00:00Z'), ('2950-13-28T00:00:00Z'), ('2950-02-00T00:00:00Z'), ('2950-01-32T00:00:00Z'), ('2950-04-31T00:00:00Z'),
    ('2950-02-29T00:00:00Z'), ('2900-02-29T00:00:00Z'), ('2950-02-28T24:00:00Z'), ('2950-02-28T00:60:00Z'), ('2950-02-28T00:00:60Z'),
    ('2950-02-28T0:00:00Z'), ('2950-02-28T00.00:00Z'), ('2950-02-28T00:00.00Z'), ('2950-02-28T00:00:0Z'),
    ('2950-02-28T00:00:00'), ('2950-02-28T00:00:00.Z'), ('2950-02-28T00:00:00,5Z'), ('2950-02-28T00:00:00.5'), ('2950-02-28T00:00:00.x'),
    ('2950-02-28T00:00:00UTC'), ('2950-02-28T00:00:00ZZ'), ('2950-02-28T00:00:00Z '), (' 2950-02-28T00:00:00Z'),
    ('2950-02-28T00:00:00*01:00'), ('2950-02-28T00:00:00+1:00'), ('2950-02-28T00:00:00+01'), ('2950-02-28T00:00:00+0100'),
    ('2950-02-28T00:00:00+24:00'), ('2950-02-28T00:00:00+01:60'), ('2950-02-28T00:00:00+01:0'), ('2950-02-28T00:00:00+01:00Z');

-- Asks as the source: what a function of connect_api returns.
CREATE FUNCTION pg_temp.ask(function text, headers jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    PERFORM set_config('request.headers', headers::text, true);
    SET LOCAL ROLE regress_connect_source;
    EXECUTE 'SELECT connect_api.' || function INTO answer;
    RESET ROLE;
    RETURN answer;
END
$$;
-- What the row says after an update; or the error, and what it blames.
CREATE FUNCTION pg_temp.by_body(written text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb := pg_temp.ask(format('update_connection(%L)', jsonb_build_object('data', jsonb_build_object('attributes',
        jsonb_build_object('expires-at', written)))::text), '{"x-connect-id": "cxn_1"}');
BEGIN
    RETURN coalesce((SELECT concat_ws(' ', e ->> 'code', e #>> '{source,pointer}') FROM jsonb_array_elements(answer -> 'errors') AS e),
        (SELECT expires_at::text FROM connect.connection));
END
$$;
-- Does a filter find the Connection a microsecond later only? Or the error.
CREATE FUNCTION pg_temp.by_filter(written text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb := pg_temp.ask('list_connections()', jsonb_build_object('x-connect-query',
        'filter[expires-before]=' || replace(replace(written, '+', '%2B'), ' ', '%20')));
BEGIN
    RETURN coalesce((SELECT concat_ws(' ', e ->> 'code', e #>> '{source,parameter}') FROM jsonb_array_elements(answer -> 'errors') AS e),
        (SELECT count(*)::text FROM jsonb_array_elements(answer -> 'data')));
END
$$;
-- Lets the Connection end at a time, as an import would.
CREATE FUNCTION pg_temp.ends(at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL session_replication_role = replica;
    UPDATE connect.connection SET expires_at = at;
    SET LOCAL session_replication_role = origin;
END
$$;

SELECT plan((3 * count(meant) + 2 * count(*) FILTER (WHERE meant IS NULL))::int) FROM given;
SELECT is(pg_temp.by_body(written), meant::text, written || ' in a body') FROM given WHERE meant IS NOT NULL;
SELECT is(pg_temp.by_body(written), 'parameter_invalid /data/attributes/expires-at', written || ' in a body is none') FROM given WHERE meant IS NULL;
SELECT is(pg_temp.by_filter(written), '0', written || ' as a filter is not before itself')
FROM given, LATERAL pg_temp.ends(meant) WHERE meant IS NOT NULL;
SELECT is(pg_temp.by_filter(written), '1', written || ' as a filter is a microsecond later')
FROM given, LATERAL pg_temp.ends(meant - interval '1 microsecond') WHERE meant IS NOT NULL;
SELECT is(pg_temp.by_filter(written), 'parameter_invalid filter[expires-before]', written || ' as a filter is none') FROM given WHERE meant IS NULL;
SELECT * FROM finish();
ROLLBACK;
