// A document that was read, changed and sent back: what it repeats, and whether it is still the one that is there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { call, create, createActive, errorOf, organization, root, sql } from './connections.mjs';

const [a, b, c] = await Promise.all([organization(), organization(), organization()]);
const { id } = await create(a, b, { name: 'Named' });
const get = (who, headers = {}, query = '') => call('GET', `${root}/${id}${query}`, { key: who.key, headers });
const patch = (data, headers = {}, who = a) => call('PATCH', `${root}/${id}`, { key: who.key, headers, body: { data } });
const act = (action, who, headers = {}, body = undefined) => call('POST', `${root}/${id}/${action}`, { key: who.key, headers, body });
const errorIn = (answer) => ({ code: answer.json.errors[0].code, ...answer.json.errors[0].source });

test('the whole document that GET gave may be sent back, in each style', async () => {
  for (const headers of [{}, { 'Key-Inflection': 'camel' }, { 'Key-Inflection': 'snake' }, { 'Persona-Version': '2025-12-08' }]) {
    const { json } = await get(a, headers);
    const same = await patch(json.data, headers);
    assert.equal(same.status, 200, same.text);
    assert.deepEqual(same.json, json);
    assert.equal(same.headers.get('connect-transaction'), null, 'nothing was written');
    const changed = await patch({ ...json.data, attributes: { ...json.data.attributes, name: `Named ${JSON.stringify(headers)}` } });
    assert.equal(changed.status, 200, changed.text);
  }
  const part = (await get(a, {}, '?fields[connect/connection]=status,creator')).json.data;
  assert.equal((await patch(part)).status, 200);
});

test('what nobody may change is 422 unless it is unchanged', async () => {
  const { data } = (await get(a)).json;
  const before = await sql(`SELECT updated_at FROM connect.connection WHERE id = '${id}'`);
  const changed = (attributes) => patch({ ...data, attributes: { ...data.attributes, name: 'Not stored', ...attributes } });
  for (const [name, value] of [['status', 'active'], ['token', 'cxn_other'], ['organization-id', b.id], ['updated-at', data.attributes['created-at']],
    ['created-at', null], ['creator-id', null], ['source-organization-id', { id: a.id }], ['destination-organization-id', [b.id]]]) {
    const answer = await changed({ [name]: value });
    assert.equal(answer.status, 422, name);
    assert.deepEqual(errorIn(answer), { code: 'attribute_read_only', pointer: `/data/attributes/${name}` });
  }
  const camel = await patch({ attributes: { createdAt: 'yesterday' } });
  assert.deepEqual(errorIn(camel), { code: 'attribute_read_only', pointer: '/data/attributes/createdAt' });
  assert.deepEqual(errorIn(await changed({ colour: 'red' })), { code: 'attribute_unknown', pointer: '/data/attributes/colour' });
  assert.equal(await sql(`SELECT updated_at FROM connect.connection WHERE id = '${id}'`), before);
});

test('relationships pass unchanged and cannot be made up', async () => {
  const { data } = (await get(a)).json;
  const send = (relationships) => patch({ ...data, relationships });
  assert.equal((await send(data.relationships)).status, 200);
  assert.equal((await send({})).status, 200);
  for (const [relationships, name] of [
    [{ creator: { data: { type: 'user', id: 'usr_1' } } }, 'creator'], [{ creator: null }, 'creator'], [{ creator: { data: null } }, 'creator'],
    [{ ...data.relationships, partner: { data: null } }, 'partner'],
  ]) {
    const answer = await send(relationships);
    assert.equal(answer.status, 422);
    assert.deepEqual(errorIn(answer), { code: 'relationships_not_allowed', pointer: `/data/relationships/${name}` });
  }
  assert.equal(errorOf(await send([])), '400 parameter_invalid');
  const made = await call('POST', root, { key: a.key, body: { data: {
    attributes: { 'destination-organization-id': c.id }, relationships: { creator: { data: { type: 'user', id: 'usr_1' } } } } } });
  assert.deepEqual([made.status, errorIn(made)], [422, { code: 'relationships_not_allowed', pointer: '/data/relationships' }]);
});

test('an ETag names the version, and not how it is shown or to whom', async () => {
  const etag = (answer) => answer.headers.get('etag');
  const first = etag(await get(a));
  assert.match(first, /^"[0-9a-f]{32}"$/);
  for (const answer of [await get(b), await get(a, { 'Key-Inflection': 'camel' }), await get(a, { 'Persona-Version': '2025-12-08' }),
    await get(b, {}, '?fields[connect/connection]=name'), await get(a, { Accept: 'application/vnd.api+json' })]) assert.equal(etag(answer), first);
  const head = await call('HEAD', `${root}/${id}`, { key: a.key });
  assert.equal(etag(head), first);
  const second = etag(await patch({ attributes: { name: 'Next version' } }));
  assert.notEqual(second, first);
  assert.equal(etag(await get(b)), second);
  const other = await create(a, await organization());
  assert.notEqual(etag(await call('GET', `${root}/${other.id}`, { key: a.key })), second);
  assert.equal(etag(await call('GET', root, { key: a.key })), null);
  assert.equal((await get(a, { 'If-None-Match': second })).status, 200, 'is not looked at');
});

test('If-Match is compared after 403 and before 409', async () => {
  const tag = async () => (await get(a)).headers.get('etag');
  const now = await tag();
  for (const [value, status] of [[now, 200], [`"x", ${now}`, 200], [`"x",${now},"y"`, 200], ['*', 200],
    [`W/${now}`, 412], [`"x", W/${now}`, 412], ['"x"', 412], [now.slice(1, -1), 412], [now.toUpperCase(), 412], ['nonsense', 412], ['""', 412], ['"', 412]]) {
    const answer = await patch({ attributes: {} }, { 'If-Match': value });
    assert.equal(answer.status, status, value);
    if (status === 412) assert.deepEqual(errorIn(answer), { code: 'precondition_failed', header: 'If-Match' });
  }
  const stale = { 'If-Match': '"00000000000000000000000000000000"' };
  assert.equal((await get(a, stale)).status, 412);
  assert.equal((await get(a, { 'If-Match': now })).status, 200);
  assert.equal(errorOf(await call('PATCH', `${root}/cxn_none`, { key: a.key, headers: stale, body: { data: {} } })), '404 not_found');
  assert.equal(errorOf(await act('activate', c, stale)), '404 not_found');
  assert.equal(errorOf(await act('activate', a, stale)), '403 wrong_party');
  assert.equal(errorOf(await patch({ attributes: {} }, stale, b)), '403 wrong_party');
  assert.equal(errorOf(await act('activate', b, stale)), '412 precondition_failed');
  assert.equal(errorOf(await act('reactivate', a, stale)), '412 precondition_failed', 'before the conflict');
  assert.equal(errorOf(await act('reactivate', a, { 'If-Match': now })), '409 connection_not_inactive');
  assert.equal(errorOf(await patch({ id: 'cxn_other' }, stale)), '412 precondition_failed');
  assert.equal(errorOf(await patch({ attributes: { name: 5 } }, stale)), '400 parameter_invalid', 'malformed comes first');
  const closed = await act('activate', b, { ...stale, 'Persona-Version': '2025-12-08' });
  assert.equal(closed.json.errors[0].title, 'Precondition failed');
  const active = await act('activate', b, { 'If-Match': now });
  assert.equal(active.status, 200);
  assert.equal((await act('deactivate', a, { 'If-Match': active.headers.get('etag') })).status, 200);
});

test('of twenty with one version, one wins', async () => {
  const made = await createActive(a, await organization());
  const at = `${root}/${made.id}`;
  const tag = (await call('GET', at, { key: a.key })).headers.get('etag');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
    call('PATCH', at, { key: a.key, headers: { 'If-Match': tag }, body: { data: { attributes: { name: `Writer ${i}` } } } })));
  const won = answers.filter(({ status }) => status === 200);
  assert.equal(won.length, 1);
  for (const answer of answers) assert.ok([200, 412].includes(answer.status), answer.text);
  assert.equal((await call('GET', at, { key: a.key })).json.data.attributes.name, won[0].json.data.attributes.name);
});

test('the version is compared when the lock is held, not before', async () => {
  const made = await createActive(a, await organization());
  const at = `${root}/${made.id}`;
  const tag = (await call('GET', at, { key: a.key })).headers.get('etag');
  const holder = spawn('psql', [process.env.CONNECT_PGURL, '-XAtq']);
  holder.stdin.write(`BEGIN; UPDATE connect.connection SET name = 'Meanwhile' WHERE id = '${made.id}' RETURNING 1;\n`);
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  const waiting = call('PATCH', at, { key: a.key, headers: { 'If-Match': tag }, body: { data: { attributes: { name: 'Late' } } } });
  await new Promise((resolve) => setTimeout(resolve, 600));
  holder.stdin.end('COMMIT;\n');
  assert.equal(errorOf(await waiting), '412 precondition_failed');
});

test('a write names its transaction, and a read that names it sees it', async () => {
  const made = await call('POST', root, { key: a.key, body: { data: { attributes: { 'destination-organization-id': (await organization()).id } } } });
  const transaction = made.headers.get('connect-transaction');
  assert.equal(transaction, await sql(`SELECT transaction_id FROM connect.event WHERE connection_id = '${made.json.data.id}'`));
  const read = (value, path = `${root}/${made.json.data.id}`) => call('GET', path, { key: a.key, headers: { 'Connect-Transaction': value } });
  for (const value of [transaction, '0', '3']) assert.equal((await read(value)).status, 200, value);
  for (const value of ['18446744073709551615', '99999999999999999999', 'x', '-1', '1.5']) {
    const answer = await read(value);
    assert.deepEqual([answer.status, errorIn(answer)], [400, { code: 'parameter_invalid', header: 'Connect-Transaction' }], value);
  }
  assert.equal((await read(transaction, `${root}?page[size]=1`)).status, 200);
  assert.equal(errorOf(await call('GET', root, { headers: { 'Connect-Transaction': 'x' } })), '401 not_authenticated', 'identity comes first');
  const refused = await call('POST', root, { key: a.key, body: { data: { attributes: { 'destination-organization-id': 'org_NOWHERE' } } } });
  assert.equal(refused.headers.get('connect-transaction'), null);
  assert.equal((await call('GET', root, { key: a.key })).headers.get('connect-transaction'), null);
});
