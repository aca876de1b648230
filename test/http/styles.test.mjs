// How an answer is written: Key-Inflection, Persona-Version, media types.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, create, createActive, errorOf, organization, root, sql } from './connections.mjs';

const [a, b] = await Promise.all([organization(), organization()]);
const { id } = await create(a, b, { name: 'Named' });
const get = (headers, who = a, query = '') => call('GET', `${root}/${id}${query}`, { key: who.key, headers });

test('Key-Inflection changes response keys and nothing else', async () => {
  const camel = (await get({ 'Key-Inflection': 'camel' })).json.data;
  assert.ok('sourceOrganizationId' in camel.attributes && 'allowedActions' in camel.meta);
  const snake = (await get({ 'Key-Inflection': 'snake' })).json.data;
  assert.ok('source_organization_id' in snake.attributes && 'allowed_actions' in snake.meta);
  const kebab = (await get({ 'Key-Inflection': 'kebab' })).json.data;
  assert.deepEqual(kebab, (await get({})).json.data);
  assert.deepEqual(Object.values(camel.attributes), Object.values(kebab.attributes));
  const refused = await get({ 'Key-Inflection': 'shouting' });
  assert.equal(errorOf(refused), '400 parameter_invalid');
  assert.deepEqual(refused.json.errors[0].source, { header: 'Key-Inflection' });
});

test('requests are read in all three', async () => {
  for (const key of ['destination-organization-id', 'destinationOrganizationId', 'destination_organization_id']) {
    const [x, y] = await Promise.all([organization(), organization()]);
    const answer = await call('POST', root, { key: x.key, body: { data: { attributes: { [key]: y.id } } } });
    assert.equal(answer.status, 201, key);
  }
  const twice = await call('POST', root, {
    key: a.key, body: { data: { attributes: { destinationOrganizationId: b.id, destination_organization_id: b.id } } } });
  assert.equal(errorOf(twice), '400 body_invalid');
});

const persona = { 'Persona-Version': '2026-09-29' };

test('Persona-Version answers in the closed shape', async () => {
  const { data } = (await get(persona)).json;
  assert.deepEqual(Object.keys(data), ['type', 'id', 'attributes', 'relationships']);
  assert.deepEqual(Object.keys(data.attributes),
    ['status', 'source-organization-id', 'destination-organization-id', 'created-at', 'updated-at']);
  assert.equal(data.relationships.creator.data.type, 'api-key');
  assert.deepEqual(Object.keys((await get(persona, b)).json.data), ['type', 'id', 'attributes']);
  for (const date of ['2020-05-18', '2021-02-21', '2021-05-14', '2021-07-05', '2021-08-18', '2022-09-01',
    '2023-01-05', '2025-10-27', '2025-12-08']) {
    assert.deepEqual((await get({ 'Persona-Version': date })).json.data, data);
  }
  const sparse = await get(persona, a, '?fields[connect/connection]=status,name');
  assert.deepEqual(sparse.json.data.attributes, { status: 'pending' });
  const page = await call('GET', `${root}?page[size]=1`, { key: a.key, headers: persona });
  assert.deepEqual(Object.keys(page.json), ['data', 'links']);
  assert.deepEqual(Object.keys(page.json.links), ['prev', 'next']);
});

test('Persona-Version knows no creator but users and API keys', async () => {
  const [x, y] = await Promise.all([organization(), organization()]);
  const made = await create(x, y);
  await sql(`SET session_replication_role = replica;
    UPDATE connect.connection SET creator_type = 'role' WHERE id = '${made.id}'`);
  const { data } = (await call('GET', `${root}/${made.id}`, { key: x.key, headers: persona })).json;
  assert.ok(!('relationships' in data));
});

test('what a name holds comes back as it was sent', async () => {
  const [x, y] = await Promise.all([organization(), organization()]);
  const name = 'two\nlines, a \u0001, "quotes", \\ and </script> 漢😀';
  const made = await create(x, y, { name });
  assert.equal(made.attributes.name, name);
  assert.equal((await call('GET', `${root}/${made.id}`, { key: x.key })).json.data.attributes.name, name);
});

test('Persona-Version answers errors in its own shape', async () => {
  const shape = (answer) => [answer.status, answer.json];
  assert.deepEqual(shape(await call('POST', root, { key: a.key, headers: persona, body: { data: { attributes: {} } } })),
    [400, { errors: [{ title: 'Bad Request', details: 'data.attributes.destination_organization_id is missing' }] }]);
  assert.deepEqual(shape(await call('GET', `${root}/cxn_nowhere`, { key: a.key, headers: persona })),
    [404, { errors: [{ title: 'Record not found' }] }]);
  const exists = await call('POST', root, {
    key: a.key, headers: persona, body: { data: { attributes: { 'destination-organization-id': b.id } } } });
  assert.equal(exists.status, 409);
  assert.equal(exists.json.errors[0].title, 'Record not unique');
  assert.deepEqual(Object.keys(exists.json.errors[0]), ['title', 'details']);
  const unknown = await call('POST', root, {
    key: a.key, headers: persona, body: { data: { attributes: { 'destination-organization-id': 'org_NOWHERE' } } } });
  assert.equal(unknown.json.errors[0].title, 'Record invalid');
  assert.deepEqual(unknown.json.errors[0].source, { pointer: '/data/attributes/destination-organization-id' });
  const forbidden = await call('POST', `${root}/${id}/activate`, { key: a.key, headers: persona });
  assert.equal(forbidden.json.errors[0].title, 'Forbidden');
  const conflict = await call('POST', `${root}/${id}/reactivate`, { key: a.key, headers: persona });
  assert.equal(conflict.json.errors[0].title, 'Conflict');
  const version = await get({ 'Persona-Version': '2019-01-01' });
  assert.equal(version.status, 400);
  assert.equal(version.json.errors[0].title, 'Bad Request');
});

test('application/vnd.api+json is answered in kind', async () => {
  const type = async (Accept) => (await get({ Accept })).headers.get('content-type');
  assert.match(await type('application/vnd.api+json'), /^application\/vnd\.api\+json/);
  assert.match(await type('*/*'), /^application\/json/);
  assert.match(await type('text/html'), /^application\/json/);
  const [x, y] = await Promise.all([organization(), organization()]);
  const written = await call('POST', root, {
    key: x.key,
    headers: { 'Content-Type': 'application/vnd.api+json', Accept: 'application/vnd.api+json' },
    body: JSON.stringify({ data: { type: 'connect/connection', attributes: { 'destination-organization-id': y.id } } }),
  });
  assert.equal(written.status, 201);
  const missing = await call('GET', `${root}/cxn_nowhere`, { key: x.key, headers: { Accept: 'application/vnd.api+json' } });
  assert.match(missing.headers.get('content-type'), /^application\/vnd\.api\+json/);
});

test('a creator of type role is left out of the closed shape', async () => {
  const [x, y] = await Promise.all([organization(), organization()]);
  const { id: made } = await createActive(x, y);
  const { data } = (await call('GET', `${root}/${made}`, { key: x.key, headers: persona })).json;
  assert.equal(data.relationships.creator.data.type, 'api-key');
});
