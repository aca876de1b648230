// Idempotency-Key: the first answer is the answer.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { request } from './client.mjs';
import { call, create, errorOf, makeKey, organization, root, sql } from './connections.mjs';

const post = (who, destination, key, attributes = {}) => call('POST', root, {
  key: who.key,
  headers: { 'Idempotency-Key': key },
  body: { data: { attributes: { 'destination-organization-id': destination, ...attributes } } },
});

test('a repeated create is answered byte for byte', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const key = randomUUID();
  const first = await post(a, b.id, key);
  const second = await post(a, b.id, key);
  assert.equal(first.status, 201);
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(second.status, 201);
  assert.equal(second.text, first.text);
  assert.equal(second.headers.get('location'), first.headers.get('location'));
  assert.equal(second.headers.get('idempotency-replayed'), 'true');
  assert.equal(errorOf(await post(a, b.id, randomUUID())), '409 connection_exists');
});

test('twenty at once make one Connection', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const key = randomUUID();
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(a, b.id, key)));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [201]);
  assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
  assert.equal(answers.filter((answer) => answer.headers.get('idempotency-replayed') === null).length, 1);
  assert.equal(await sql(`SELECT count(*) FROM connect.connection WHERE source_organization_id = '${a.id}'`), '1');
  assert.equal(await sql(`SELECT count(*) FROM connect.event WHERE source_organization_id = '${a.id}'`), '1');
});

test('an error is kept too, and repeated after its cause is gone', async () => {
  const a = await organization();
  const key = randomUUID();
  const late = `org_late_${key}`;
  const first = await post(a, late, key);
  assert.equal(errorOf(first), '422 organization_unknown');
  await sql(`SELECT connect.register_organization('${late}', 'Late')`);
  const second = await post(a, late, key);
  assert.equal(second.text, first.text);
  assert.equal(second.headers.get('idempotency-replayed'), 'true');
});

test('another request under the same key is 422', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const key = randomUUID();
  const { json } = await post(a, b.id, key);
  assert.equal(errorOf(await post(a, b.id, key, { name: 'other' })), '422 idempotency_key_reused');
  const elsewhere = await call('POST', `${root}/${json.data.id}/deactivate`, { key: a.key, headers: { 'Idempotency-Key': key } });
  assert.equal(errorOf(elsewhere), '422 idempotency_key_reused');
  const query = await call('POST', `${root}?fields[connect/connection]=name`, {
    key: a.key, headers: { 'Idempotency-Key': key },
    body: { data: { attributes: { 'destination-organization-id': b.id } } } });
  assert.equal(errorOf(query), '422 idempotency_key_reused');
});

test('in another style it is another request, for the answer is kept in the first one\'s', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const key = randomUUID();
  const send = (headers) => call('POST', root, { key: a.key, headers: { ...headers, 'Idempotency-Key': key },
    body: { data: { attributes: { 'destination-organization-id': b.id } } } });
  const first = await send({ 'Key-Inflection': 'camel' });
  assert.equal(first.status, 201);
  for (const headers of [{}, { 'Key-Inflection': 'snake' }, { 'Persona-Version': '2025-12-08' },
    { 'Key-Inflection': 'camel', 'Persona-Version': '2025-12-08' }]) {
    const answer = await send(headers);
    assert.equal(answer.status, 422, JSON.stringify(headers));
  }
  const again = await send({ 'Key-Inflection': 'camel', Accept: 'application/vnd.api+json' });
  assert.equal(again.text, first.text);
  const other = randomUUID();
  const plain = await post(a, (await organization()).id, other);
  assert.equal(plain.status, 201);
});

test('what an answer of before 1.1.0 is stored with is still understood', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const key = randomUUID();
  const first = await post(a, b.id, key);
  const headers = await sql(`SELECT headers FROM connect.idempotency WHERE organization_id = '${a.id}'`);
  assert.deepEqual(headers.split('\n').map((line) => line.split(':')[0]), ['Location', 'ETag', 'Connect-Transaction']);
  const second = await post(a, b.id, key);
  for (const name of ['location', 'etag', 'connect-transaction']) assert.equal(second.headers.get(name), first.headers.get(name), name);
  await sql(`UPDATE connect.idempotency SET headers = '${first.headers.get('location')}' WHERE organization_id = '${a.id}'`);
  const third = await request('POST', root, { key: a.key, unchecked: true, headers: { 'Idempotency-Key': key },
    body: { data: { attributes: { 'destination-organization-id': b.id } } } });
  assert.deepEqual([third.text, third.headers.location], [first.text, first.headers.get('location')]);
});

test('keys belong to organizations, and permission comes before a replay', async () => {
  const [a, b, c] = await Promise.all([organization(), organization(), organization()]);
  const key = randomUUID();
  await post(a, c.id, key);
  assert.equal((await post(b, c.id, key)).status, 201);
  const reader = { key: await makeKey(a.id, '{read}') };
  assert.equal(errorOf(await post(reader, c.id, key)), '403 permission_missing');
});

test('PATCH and the actions take a key', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const { id } = await create(a, b);
  for (const [method, path, who, body] of [
    ['PATCH', '', a, { data: { attributes: { name: 'Named' } } }],
    ['POST', '/activate', b, undefined],
    ['POST', '/deactivate', b, { meta: { reason: 'because' } }],
    ['POST', '/reactivate', a, undefined],
  ]) {
    const send = () => call(method, `${root}/${id}${path}`, { key: who.key, headers: { 'Idempotency-Key': `k-${path}` }, body });
    const first = await send();
    const second = await send();
    assert.equal(first.status, 200, path);
    assert.equal(second.text, first.text, path);
    assert.equal(second.headers.get('idempotency-replayed'), 'true', path);
  }
  assert.equal(await sql(`SELECT count(*) FROM connect.event WHERE connection_id = '${id}'`), '5');
});

test('a key is 1 to 255 printable ASCII characters', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  assert.equal(errorOf(await post(a, b.id, 'x'.repeat(256))), '400 parameter_invalid');
  assert.equal(errorOf(await post(a, b.id, 'tab\there')), '400 parameter_invalid');
  assert.equal((await post(a, b.id, 'x'.repeat(255))).status, 201);
});
