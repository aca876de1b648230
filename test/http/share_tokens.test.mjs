// Share tokens over HTTP: made, listed, looked at, ended and redeemed, in both parties' views
// and in the closed shape; exactly once, however many ask.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, createActive, errorOf, organization } from './connections.mjs';
import { sql } from './stack.mjs';

const root = '/api/v1/connect/share-tokens';
const persona = { 'Persona-Version': '2026-09-29' };
const [source, destination, stranger] = await Promise.all([organization(), organization(), organization()]);
const connection = await createActive(source, destination);

sql(`CREATE SCHEMA IF NOT EXISTS http_shop;
  CREATE TABLE IF NOT EXISTS http_shop.note (id text PRIMARY KEY, organization_id text NOT NULL, words text);
  CREATE TABLE IF NOT EXISTS http_shop.slow (id text PRIMARY KEY, organization_id text NOT NULL);
  CREATE OR REPLACE FUNCTION http_shop.redeem(source_id text, source_organization_id text, destination_organization_id text,
    destination_id text, options jsonb) RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO http_shop.note SELECT coalesce($4, 'note_' || gen_random_uuid()), $3, words || coalesce($5::text, '')
    FROM http_shop.note WHERE id = $1 RETURNING id $$;
  INSERT INTO http_shop.note VALUES ('note_1', '${source.id}', 'Hello');
  INSERT INTO http_shop.slow VALUES ('slow_1', '${source.id}');
  SELECT connect.share_rows('note', 'http_shop.note', 'organization_id', 'id', 'inquiry.read', 'note', 'http_shop.redeem(text,text,text,text,jsonb)');
  SELECT connect.share_rows('slow', 'http_shop.slow', 'organization_id', 'id', 'inquiry.read', 'slow')`);

const create = async (attributes = {}, options = {}) => call('POST', root, {
  key: source.key,
  body: { data: { type: 'connect/share-token', attributes: { 'connection-id': connection.id, 'source-id': 'note_1', ...attributes } } },
  ...options,
});
const act = (id, action, who = destination, options = {}) => call('POST', `${root}/${id}/${action}`, { key: who.key, ...options });
const copies = () => Number(sql(`SELECT count(*) FROM http_shop.note WHERE organization_id = '${destination.id}'`));

test('create answers 201 with the source\'s view; each party sees its own', async () => {
  const answer = await create({ 'expires-in-seconds': 3600 });
  assert.equal(answer.status, 201);
  const { data } = answer.json;
  assert.match(data.id, /^cnst_[0-9a-z]{26}$/);
  assert.equal(answer.headers.get('location'), data.links.self);
  assert.deepEqual(Object.keys(data.relationships), ['connection', 'creator', 'source']);
  assert.deepEqual(data.relationships.source.data, { type: 'note', id: 'note_1' });
  assert.equal(Date.parse(data.attributes['expires-at']) - Date.parse(data.attributes['created-at']), 3600_000);
  assert.deepEqual(data.meta['allowed-actions'], ['expire']);

  const seen = await call('GET', data.links.self, { key: destination.key });
  assert.equal(seen.status, 200);
  assert.equal(seen.json.data.attributes.direction, 'inbound');
  assert.deepEqual(seen.json.data.relationships, {
    connection: { data: { type: 'connect/connection', id: connection.id } }, destination: { data: null },
  });
  assert.deepEqual(seen.json.data.meta['allowed-actions'], ['expire', 'redeem']);
  assert.ok(!seen.text.includes('note_1'));
  assert.equal(errorOf(await call('GET', data.links.self, { key: stranger.key })), '404 share_token_not_found');
});

test('create refuses in order, and blames what is wrong', async () => {
  const refusal = async (attributes, options) => {
    const answer = await create(attributes, options);
    return `${errorOf(answer)} ${answer.json.errors[0].source?.pointer ?? ''}`.trim();
  };
  assert.equal(await refusal({ 'source-id': undefined }), '400 parameter_missing /data/attributes/source-id');
  assert.equal(await refusal({ 'expires-in-seconds': '3600' }), '400 parameter_invalid /data/attributes/expires-in-seconds');
  assert.equal(await refusal({ 'expires-in-seconds': 1.5 }), '400 parameter_invalid /data/attributes/expires-in-seconds');
  assert.equal(await refusal({ 'connection-id': 'cxn_nosuch' }), '404 not_found /data/attributes/connection-id');
  assert.equal(await refusal({}, { key: destination.key }), '403 wrong_party');
  assert.equal(await refusal({ 'source-id': 'what_1' }), '422 kind_unknown /data/attributes/source-id');
  assert.equal(await refusal({ kind: 'what' }), '422 kind_unknown /data/attributes/kind');
  assert.equal(await refusal({ 'source-id': 'note_2' }), '404 source_not_found /data/attributes/source-id');
  assert.equal(await refusal({ 'expires-in-seconds': 59 }), '422 expires_in_invalid /data/attributes/expires-in-seconds');
  assert.equal(await refusal({ 'expires-in-seconds': 1814401 }), '422 expires_in_invalid /data/attributes/expires-in-seconds');
  assert.equal(await refusal({ 'expires-in-seconds': 9223372036854775807n.toString().length * 1e17 }), '422 expires_in_invalid /data/attributes/expires-in-seconds');
  assert.equal(await refusal({ colour: 'red' }), '422 attribute_unknown /data/attributes/colour');
});

test('redeem gives a copy once, in the destination\'s view; a GET never does', async () => {
  const { json: { data: { id } } } = await create();
  const before = copies();
  await call('GET', `${root}/${id}`, { key: destination.key });
  assert.equal(copies(), before);
  assert.equal(errorOf(await act(id, 'redeem', source)), '403 wrong_party');
  assert.equal(errorOf(await act(id, 'redeem', stranger)), '404 share_token_not_found');
  const answer = await act(id, 'redeem');
  assert.equal(answer.status, 200);
  const { attributes, relationships } = answer.json.data;
  assert.equal(attributes.status, 'redeemed');
  assert.equal(attributes['pending-at'], attributes['redeemed-at']);
  assert.match(relationships.destination.data.id, /^note_/);
  assert.equal(copies(), before + 1);
  assert.equal(errorOf(await act(id, 'redeem')), '409 share_token_not_created');
  assert.equal(errorOf(await act(id, 'expire')), '409 share_token_not_created');
  assert.equal(sql(`SELECT string_agg(action, ' ' ORDER BY position, id) FROM connect.event WHERE subject_id = '${id}'`), 'create redeem complete');
});

test('eight at once get one copy and seven conflicts', async () => {
  const { json: { data: { id } } } = await create();
  const before = copies();
  const answers = await Promise.all(Array.from({ length: 8 }, () => act(id, 'redeem')));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409, 409, 409, 409, 409, 409]);
  assert.equal(copies(), before + 1);
});

test('with one Idempotency-Key all get the first answer', async () => {
  const { json: { data: { id } } } = await create();
  const before = copies();
  const headers = { 'Idempotency-Key': `redeem-${id}` };
  const answers = await Promise.all(Array.from({ length: 4 }, () => act(id, 'redeem', destination, { headers })));
  assert.deepEqual(new Set(answers.map((answer) => `${answer.status} ${answer.text}`)).size, 1);
  assert.equal(answers.filter((answer) => answer.headers.get('idempotency-replayed') === 'true').length, 3);
  assert.equal(copies(), before + 1);
});

test('a kind without a function is accepted, and done later', async () => {
  const { json: { data: { id } } } = await create({ 'source-id': 'slow_1' });
  const answer = await act(id, 'redeem', destination, { body: { data: { attributes: { 'destination-id': 'slow_mine' } } } });
  assert.equal(answer.status, 202);
  assert.equal(answer.json.data.attributes.status, 'pending');
  assert.equal(answer.json.data.attributes['redeem-mode'], 'hydrate');
  sql(`SELECT connect.complete_share_token('${id}', 'slow_mine')`);
  const done = await call('GET', `${root}/${id}`, { key: destination.key });
  assert.equal(done.json.data.attributes.status, 'redeemed');
});

test('field mappings reach the function, and nothing else does', async () => {
  const { json: { data: { id } } } = await create();
  const body = (mappings) => ({ body: { meta: { fieldMappings: mappings } } });
  for (const bad of ['x', [1], [{}], [{ 'source-field-name': 'a' }], [{ 'source-field-name': 'a', 'destination-field-name': 1 }],
    [{ 'source-field-name': 'a', 'destination-field-name': 'b', more: 1 }]]) {
    assert.equal(errorOf(await act(id, 'redeem', destination, body(bad))), '400 parameter_invalid');
  }
  const answer = await act(id, 'redeem', destination, body([{ source_field_name: 'a', destinationFieldName: 'b' }]));
  assert.equal(answer.status, 200);
  assert.equal(
    sql(`SELECT words FROM http_shop.note WHERE id = '${answer.json.data.relationships.destination.data.id}'`),
    'Hello{"field-mappings": [{"source-field-name": "a", "destination-field-name": "b"}]}',
  );
});

test('what the Connection grants no more is 403, and can be redeemed again when it does', async () => {
  const [owner, other] = await Promise.all([organization(), organization()]);
  sql(`INSERT INTO http_shop.note VALUES ('note_narrow', '${owner.id}', 'Hello')`);
  const narrow = await createActive(owner, other);
  const { json: { data: { id } } } = await create({ 'connection-id': narrow.id, 'source-id': 'note_narrow' }, { key: owner.key });
  const setScopes = (scopes) => call('PATCH', `/api/v1/connect/connections/${narrow.id}`, {
    key: owner.key, body: { data: { type: 'connect/connection', id: narrow.id, attributes: { scopes } } },
  });
  await setScopes(['account.read']);
  assert.equal(errorOf(await act(id, 'redeem', other)), '403 sharing_not_allowed');
  await setScopes(narrow.attributes.scopes);
  await call('POST', `/api/v1/connect/connections/${narrow.id}/activate`, { key: other.key });
  assert.equal((await act(id, 'redeem', other)).status, 200);
});

test('either party ends a token; lists filter by the state by now', async () => {
  const { json: { data: { id } } } = await create();
  const ended = await act(id, 'expire', source, { body: { meta: { reason: 'sold' } } });
  assert.equal(ended.status, 200);
  assert.equal(ended.json.data.attributes.status, 'expired');
  assert.equal(ended.json.data.attributes['expires-at'], ended.json.data.attributes['updated-at']);
  const list = async (query, who = destination) => (await call('GET', `${root}?${query}`, { key: who.key })).json;
  assert.deepEqual((await list('filter[status]=expired')).data.map((token) => token.id), [id]);
  assert.equal((await list(`filter[connection-id]=${connection.id}&filter[direction]=outbound`)).data.length, 0);
  assert.deepEqual((await list('', stranger)).data, []);
  const page = await list('page[size]=1&filter[direction]=inbound&fields[connect/share-token]=status');
  assert.deepEqual(Object.keys(page.data[0].attributes), ['status']);
  assert.match(page.links.next, /^\/api\/v1\/connect\/share-tokens\?.*page%5Bafter%5D=cnst_/);
  assert.equal((await call('GET', page.links.next, { key: destination.key })).status, 200);
  assert.equal((await call('GET', `${root}?filter[source-id]=x`, { key: source.key })).status, 400);
});

test('names come in three styles, values as they are written, in either shape', async () => {
  const ask = (path, headers = {}) => call('GET', path, { key: source.key, headers });
  for (const headers of [{}, persona]) {
    for (const name of ['connection-id', 'connection_id', 'connectionId']) {
      const answer = await ask(`${root}?filter[${name}]=${connection.id}&page[size]=1`, headers);
      assert.equal(answer.status, 200, name);
      assert.equal(answer.json.data.length, 1, name);
    }
    for (const filter of ['status=Created', 'status=CREATED', 'status=', 'status=active', 'direction=Inbound', 'direction=both', 'Status=created',
      'CONNECTION-ID=x', 'source-id=x', 'kind=note']) {
      const answer = await ask(`${root}?filter[${filter.replace('=', ']=')}`, headers);
      assert.equal(answer.status, 400, filter);
      if (headers !== persona) assert.equal(answer.json.errors[0].source.parameter, `filter[${filter.split('=')[0]}]`);
    }
    for (const attributes of [{ connectionId: connection.id, sourceId: 'note_1' }, { connection_id: connection.id, source_id: 'note_1' }]) {
      const answer = await call('POST', root, { key: source.key, headers, body: { data: { attributes: { ...attributes, expires_in_seconds: 60 } } } });
      assert.equal(answer.status, 201);
    }
    const upper = await create({ 'connection-id': connection.id.toUpperCase() }, { headers });
    assert.equal(upper.status, 404);
  }
  const camel = await call('GET', `${root}?page[size]=1`, { key: source.key, headers: { 'Key-Inflection': 'camel' } });
  assert.equal(camel.json.data[0].type, 'connect/share-token');
  assert.ok('redeemMode' in camel.json.data[0].attributes);
  assert.equal((await ask(root, { 'Key-Inflection': 'Camel' })).status, 400);
});

test('events are narrowed to one type of subjects', async () => {
  const events = '/api/v1/connect/events';
  const of = async (path) => {
    const answer = await call('GET', path, { key: source.key });
    assert.equal(answer.status, 200, path);
    return answer.json.data.map(({ attributes }) => attributes['subject-type']);
  };
  assert.deepEqual([...new Set(await of(`${events}?filter[subject-type]=share_token&page[size]=100`))], ['share_token']);
  assert.deepEqual(await of(`${events}?filter[subjectType]=connection`), ['connection', 'connection']);
  assert.deepEqual(await of(`${events}?filter[subject_type]=connection&page[size]=1`), ['connection']);
  assert.deepEqual(await of(`/api/v1/connect/connections/${connection.id}/events?filter[subject-type]=connection`), ['connection', 'connection']);
  assert.deepEqual([...new Set(await of(`/api/v1/connect/connections/${connection.id}/events?filter[subject-type]=share_token`))], ['share_token']);
  for (const word of ['share-token', 'Share_token', 'shareToken', 'CONNECTION', 'organization', '']) {
    const answer = await call('GET', `${events}?filter[subject-type]=${word}`, { key: source.key });
    assert.equal(errorOf(answer), '400 parameter_invalid', word);
    assert.equal(answer.json.errors[0].source.parameter, 'filter[subject-type]');
  }
});

test('the closed shape has no other member, and redeem is 202 with the true state', async () => {
  const plain = ['status', 'direction', 'created-at', 'updated-at', 'pending-at', 'redeemed-at', 'expires-at', 'failed-at',
    'failure-reason', 'redeem-mode'];
  const made = await create({}, { headers: persona });
  assert.equal(made.status, 201);
  assert.deepEqual(Object.keys(made.json.data), ['type', 'id', 'attributes', 'relationships']);
  assert.deepEqual(Object.keys(made.json.data.attributes).sort(), [...plain].sort());
  const { id } = made.json.data;
  const answer = await act(id, 'redeem', destination, { headers: persona, body: {} });
  assert.equal(answer.status, 202);
  assert.equal(answer.json.data.attributes.status, 'redeemed');
  assert.deepEqual(Object.keys(answer.json.data.relationships), ['connection', 'destination']);
  const again = await act(id, 'redeem', destination, { headers: persona });
  assert.equal(again.status, 409);
  assert.equal(again.json.errors[0].title, 'Conflict');
  const missing = await call('GET', `${root}/cnst_nosuch`, { key: source.key, headers: persona });
  assert.deepEqual(missing.json, { errors: [{ title: 'Record not found' }] });
  const camel = await call('GET', `${root}/${id}`, { key: source.key, headers: { ...persona, 'Key-Inflection': 'camel' } });
  assert.equal(camel.json.data.attributes.redeemMode, 'clone');
  const list = await call('GET', `${root}?filter[status]=redeemed`, { key: source.key, headers: persona });
  assert.deepEqual(Object.keys(list.json), ['data', 'links']);
});

test('after the deactivation nothing is redeemed, and what the function raises rolls all back', async () => {
  const { json: { data: { id } } } = await create();
  const { json: { data: { id: other } } } = await create();
  await act(other, 'redeem', destination, { body: { data: { attributes: { 'destination-id': 'note_1' } } } }).then((answer) =>
    assert.equal(answer.status, 500));
  assert.equal(sql(`SELECT status FROM connect.share_token WHERE id = '${other}'`), 'created');
  await call('POST', `/api/v1/connect/connections/${connection.id}/deactivate`, { key: source.key });
  assert.equal(errorOf(await act(id, 'redeem')), '409 connection_not_active');
  assert.equal(errorOf(await create()), '409 connection_not_active');
});
