-- Requests as PostgREST hands them over, put to the functions of connect_api: queries, headers and bodies that are
-- just right or just wrong, and which part of the request the answer blames.
\ir setup.psql

SELECT connect.grant_http(('regress_connect_' || party)::name) FROM (VALUES ('source'), ('destination')) AS p (party) \g /dev/null
SELECT pg_temp.import('cxn_1', 'org_source', 'org_destination', 'active'),
       pg_temp.import('cxn_2', 'org_source', 'org_both', 'pending') \g /dev/null
SET LOCAL session_replication_role = replica;
UPDATE connect.connection SET creator_id = NULL, creator_type = NULL WHERE id = 'cxn_2';
RESET session_replication_role;

-- Puts a request as the source; returns "status", then code and what is blamed for each error, or how many
-- Connections there are in the list.
CREATE FUNCTION pg_temp.put(call text, headers jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    PERFORM set_config('request.headers', headers::text, true), set_config('response.status', '', true);
    SET LOCAL ROLE regress_connect_source;
    EXECUTE 'SELECT connect_api.' || call INTO answer;
    RESET ROLE;
    RETURN concat_ws(' ', coalesce(nullif(current_setting('response.status'), ''), '200'),
        (SELECT string_agg(concat_ws(' ', e ->> 'code', coalesce(e #>> '{source,pointer}', e #>> '{source,parameter}', e #>> '{source,header}')), ', ')
            FROM jsonb_array_elements(answer -> 'errors') AS e),
        CASE jsonb_typeof(answer -> 'data') WHEN 'array' THEN jsonb_array_length(answer -> 'data') END);
END
$$;
CREATE FUNCTION pg_temp.list(query text) RETURNS text LANGUAGE sql AS
$$SELECT pg_temp.put('list_connections()', jsonb_build_object('x-connect-query', query))$$;
CREATE FUNCTION pg_temp.change(id text, body text, headers jsonb = '{}') RETURNS text LANGUAGE sql AS
$$SELECT pg_temp.put(format('update_connection(convert_to(%L, ''UTF8''))', body), headers || jsonb_build_object('x-connect-id', id))$$;
CREATE FUNCTION pg_temp.attributes(attributes text) RETURNS text LANGUAGE sql AS
$$SELECT format('{"data": {"attributes": {%s}}}', attributes)$$;

CREATE TEMPORARY TABLE query (written text, answer text);
INSERT INTO query VALUES
    ('', '200 2'), ('&&', '200 2'), ('filter[status]=active', '200 1'), ('&filter[status]=active&', '200 1'),
    ('filter%5Bstatus%5D=active', '200 1'), ('filter%5bstatus%5d=%61ctive', '200 1'), ('%66ilter[status]=%41ctive', '400 parameter_invalid filter[status]'),
    ('filter[status]', '400 parameter_invalid filter[status]'), ('filter[status]=', '400 parameter_invalid filter[status]'),
    ('filter[partner]=the+', '200 2'), ('filter[partner]=the%20d', '200 1'), ('filter[partner]=the%2Bd', '200 0'),
    ('filter[partner]=%', '400 parameter_invalid filter[partner]'), ('filter[partner]=%4', '400 parameter_invalid filter[partner]'),
    ('filter[partner]=x%', '400 parameter_invalid filter[partner]'), ('filter[partner]=%4g', '400 parameter_invalid filter[partner]'),
    ('filter[partner]=%g4', '400 parameter_invalid filter[partner]'), ('filter[partner]=%/4', '400 parameter_invalid filter[partner]'),
    ('filter[partner]=%:4', '400 parameter_invalid filter[partner]'), ('filter[partner]=%@4', '400 parameter_invalid filter[partner]'),
    ('filter[partner]=%`4', '400 parameter_invalid filter[partner]'), ('filter[partner]=%4G', '400 parameter_invalid filter[partner]'),
    ('filter[partner]=%00', '400 parameter_invalid filter[partner]'), ('filter[partner]=%FF', '400 parameter_invalid filter[partner]'),
    ('filter[partner]=%c3%A9', '200 0'), ('%FF=1', '400 parameter_invalid %FF'), ('Filter[status]=active', '400 parameter_invalid Filter[status]'),
    ('page[size]=1', '200 1'), ('page[size]=1x', '400 parameter_invalid page[size]'), ('page[size]=1&page[size]=1', '400 parameter_invalid page[size]'),
    ('fields[connect/connection]=,name,,status,', '200 2'), ('fields[connect/connection]=', '200 2'), ('fields[connect/connection]=nosuch', '400 parameter_invalid fields[connect/connection]');

CREATE TEMPORARY TABLE key (written text, answer text);
INSERT INTO key VALUES
    ('', '400 parameter_invalid Idempotency-Key'), (repeat('k', 255), '200'), (repeat('k', 256), '400 parameter_invalid Idempotency-Key'),
    (' ~', '200'), (E'a\tb', '400 parameter_invalid Idempotency-Key'), (E'a\x7f', '400 parameter_invalid Idempotency-Key'),
    ('clé', '400 parameter_invalid Idempotency-Key');

-- %s is the tag of the Connection as it is.
CREATE TEMPORARY TABLE tag (written text, matches boolean);
INSERT INTO tag VALUES
    ('*', true), ('%s', true), (' %s', true), (E'\t,, %s ,', true), ('"", %s', true), ('"x",%s', true), ('%s,"x"', true), ('W/"x", %s', true),
    ('%s%s', true), ('W/%s', false), ('W/%s, "x"', false), ('""', false), ('"x"', false), (',', false), ('x', false), ('"x', false), ('x, %s', false),
    ('"%s"', false), ('"00000000000000000000000000000000"', false), ('w/"x", %s', false);

-- What a PATCH may repeat of a document: what it is, in any inflection, and nothing else.
CREATE TEMPORARY TABLE repeated (id text, body text, answer text);
INSERT INTO repeated VALUES
    ('cxn_1', pg_temp.attributes('"status": "active", "createdAt": "2020-01-01T00:00:00.000Z"'), '200'),
    ('cxn_1', pg_temp.attributes('"source_organization_id": "org_source", "creator-id": "somebody"'), '200'),
    ('cxn_1', pg_temp.attributes('"status": "inactive"'), '422 attribute_read_only /data/attributes/status'),
    ('cxn_1', pg_temp.attributes('"status": null'), '422 attribute_read_only /data/attributes/status'),
    ('cxn_1', pg_temp.attributes('"status": ["active"]'), '422 attribute_read_only /data/attributes/status'),
    ('cxn_1', pg_temp.attributes('"status": 1'), '422 attribute_read_only /data/attributes/status'),
    ('cxn_1', pg_temp.attributes('"createdAt": true'), '422 attribute_read_only /data/attributes/createdAt'),
    ('cxn_1', pg_temp.attributes('"creator-id": null'), '422 attribute_read_only /data/attributes/creator-id'),
    ('cxn_1', pg_temp.attributes('"status": "active", "no/such~one": "x"'), '422 attribute_unknown /data/attributes/no~1such~0one'),
    ('cxn_1', pg_temp.attributes('"respond-by": null, "respondBy": null'), '400 body_invalid /data/attributes/respondBy'),
    ('cxn_2', pg_temp.attributes('"creator-id": null, "creatorType": null'), '200'),
    ('cxn_2', pg_temp.attributes('"creator-id": "somebody"'), '422 attribute_read_only /data/attributes/creator-id'),
    ('cxn_1', '{"data": {"relationships": {"creator": {"data": {"type": "user", "id": "somebody"}}}, "attributes": {}}}', '200'),
    ('cxn_1', '{"data": {"relationships": {"creator": {"data": {"id": "somebody", "type": "user"}}}}}', '200'),
    ('cxn_1', '{"data": {"relationships": {}}}', '200'),
    ('cxn_1', '{"data": {"relationships": {"creator": {"data": {"type": "user", "id": "another"}}}}}', '422 relationships_not_allowed /data/relationships/creator'),
    ('cxn_1', '{"data": {"relationships": {"creator": {"data": {"type": "user", "name": "somebody"}}}}}', '422 relationships_not_allowed /data/relationships/creator'),
    ('cxn_1', '{"data": {"relationships": {"creator": {"data": {"type": "user", "id": "somebody", "more": 1}}}}}', '422 relationships_not_allowed /data/relationships/creator'),
    ('cxn_1', '{"data": {"relationships": {"creator": {"data": {"type": "user"}}}}}', '422 relationships_not_allowed /data/relationships/creator'),
    ('cxn_1', '{"data": {"relationships": {"creator": {"data": {"type": "user", "id": false}}}}}', '422 relationships_not_allowed /data/relationships/creator'),
    ('cxn_1', '{"data": {"relationships": {"creator": {"data": null}}}}', '422 relationships_not_allowed /data/relationships/creator'),
    ('cxn_1', '{"data": {"relationships": {"creator": []}}}', '422 relationships_not_allowed /data/relationships/creator'),
    ('cxn_1', '{"data": {"relationships": {"made/up": {}}}}', '422 relationships_not_allowed /data/relationships/made~1up'),
    ('cxn_2', '{"data": {"relationships": {"creator": {"data": {"type": "user", "id": "somebody"}}}}}', '422 relationships_not_allowed /data/relationships/creator'),
    ('cxn_1', '{"data": {"relationships": []}}', '400 parameter_invalid /data/relationships'),
    ('cxn_1', '{"data": {"type": "connect/connection", "id": "cxn_1", "attributes": {"name": "Old name"}}}', '200'),
    ('cxn_1', '{"data": {"type": "connection", "attributes": {}}}', '409 type_mismatch /data/type'),
    ('cxn_1', '{"data": {"id": "cxn_2", "attributes": {}}}', '409 id_mismatch /data/id'),
    ('cxn_1', '{"data": {"id": 1}}', '400 parameter_invalid /data/id'),
    ('cxn_1', '{"data": []}', '400 parameter_invalid /data'),
    ('cxn_1', '{}', '400 parameter_missing /data'),
    ('cxn_1', '', '400 body_invalid');

SELECT plan((SELECT count(*) FROM query)::int + (SELECT count(*) FROM key)::int + (SELECT count(*) FROM tag)::int
    + (SELECT count(*) FROM repeated)::int);
SELECT is(pg_temp.list(written), answer, 'the query ' || quote_literal(written)) FROM query;
SELECT is(pg_temp.change('cxn_1', pg_temp.attributes(''), jsonb_build_object('idempotency-key', written)), answer,
    format('an Idempotency-Key of %s characters, %s', length(written), quote_literal(left(written, 5)))) FROM key;
SELECT pg_temp.put('get_connection()', '{"x-connect-id": "cxn_1"}') \g /dev/null
SELECT h ->> 'ETag' AS etag FROM jsonb_array_elements(current_setting('response.headers')::jsonb) AS h WHERE h ? 'ETag' \gset
SELECT is(pg_temp.change('cxn_1', pg_temp.attributes(''), jsonb_build_object('if-match', replace(written, '%s', :'etag'))),
    CASE WHEN matches THEN '200' ELSE '412 precondition_failed If-Match' END, 'If-Match: ' || written) FROM tag;
SELECT is(pg_temp.change(id, body), answer, 'the body ' || body) FROM repeated;
SELECT * FROM finish();
ROLLBACK;
