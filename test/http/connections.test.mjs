// The life of a Connection over HTTP: each operation, by the right party and by
// all others, with the documents of both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, create, createActive, errorOf, organization, root, sql } from './connections.mjs';

const party = await Promise.all([organization(), organization(), organization()]);
const [source, destination, stranger] = party;

test('create answers 201 with the document and its Location', async () => {
  const answer = await call('POST', root, {
    key: source.key,
    body: { data: { attributes: { 'destination-organization-id': destination.id, name: 'Partner Connection' } } },
  });
  const { data } = answer.json;
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.get('location'), data.links.self);
  assert.equal(answer.headers.get('persona-organization-id'), source.id);
  assert.match(answer.headers.get('request-id'), /^[\w-]{16,}$/);
  assert.match(data.id, /^cxn_[0-9a-z]{26}$/);
  assert.deepEqual(Object.keys(data), ['type', 'id', 'attributes', 'relationships', 'links', 'meta']);
  const { 'creator-id': creator, 'created-at': created, 'updated-at': updated, ...rest } = data.attributes;
  assert.deepEqual(rest, {
    token: data.id,
    name: 'Partner Connection',
    status: 'pending',
    'organization-id': source.id,
    'source-organization-id': source.id,
    'destination-organization-id': destination.id,
    scopes: ['account.read', 'inquiry.read'],
    'creator-type': 'api-key',
    'respond-by': null,
    'expires-at': null,
  });
  assert.match(created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(created, updated);
  assert.deepEqual(data.relationships.creator.data, { type: 'api-key', id: creator });
  assert.deepEqual(data.meta, { direction: 'outbound', 'allowed-actions': ['deactivate', 'update'], 'partner-name': `Test ${destination.id}` });

  const again = await call('POST', root, {
    key: source.key,
    body: { data: { attributes: { 'destination-organization-id': destination.id } } },
  });
  assert.equal(errorOf(again), '409 connection_exists');
  assert.deepEqual(again.json.errors[0].source, { pointer: '/data/attributes/destination-organization-id' });

  const seen = await call('GET', data.links.self, { key: destination.key });
  assert.equal(seen.status, 200);
  assert.deepEqual(Object.keys(seen.json.data), ['type', 'id', 'attributes', 'links', 'meta']);
  assert.ok(!('creator-id' in seen.json.data.attributes));
  assert.deepEqual(seen.json.data.meta, { direction: 'inbound', 'allowed-actions': ['activate', 'deactivate'], 'partner-name': `Test ${source.id}` });

  const head = await call('HEAD', data.links.self, { key: destination.key });
  assert.equal(head.status, 200);
  assert.equal(head.text, '');
});

test('the guide\'s story: activate, deactivate, reactivate, activate', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const { id } = await create(a, b);
  const act = (action, who, body) => call('POST', `${root}/${id}/${action}`, { key: who.key, body });

  assert.equal(errorOf(await act('activate', a)), '403 wrong_party');
  assert.equal((await act('activate', b)).json.data.attributes.status, 'active');
  assert.equal(errorOf(await act('activate', b)), '409 connection_not_pending');
  assert.equal((await act('deactivate', b, { meta: { reason: 'The contract has ended.' } })).json.data.attributes.status, 'inactive');
  assert.equal(errorOf(await act('deactivate', a)), '409 connection_inactive');
  assert.equal(errorOf(await act('reactivate', b)), '403 wrong_party');
  assert.equal((await act('reactivate', a)).json.data.attributes.status, 'pending');
  assert.equal(errorOf(await act('reactivate', a)), '409 connection_not_inactive');
  assert.equal((await act('activate', b)).status, 200);

  const events = await call('GET', `${root}/${id}/events`, { key: a.key });
  assert.deepEqual(events.json.data.map((event) => event.attributes.action),
    ['activate', 'reactivate', 'deactivate', 'activate', 'create']);
  const ended = events.json.data[2].attributes;
  assert.equal(ended.reason, 'The contract has ended.');
  assert.equal(ended['organization-id'], b.id);
  assert.equal(ended['actor-id'], null);
  const created = events.json.data[4].attributes;
  assert.equal(created['actor-type'], 'api-key');
  assert.match(created['request-id'], /^[\w-]{16,}$/);
  assert.equal((await call('GET', '/api/v1/connect/events', { key: b.key })).json.data.length, 5);
});

test('a stranger meets the same 404 as for an id that does not exist', async () => {
  const { id } = await createActive(await organization(), await organization());
  for (const [method, path] of [['GET', ''], ['PATCH', ''], ['POST', '/activate'], ['POST', '/deactivate'],
    ['POST', '/reactivate'], ['GET', '/events']]) {
    const body = method === 'PATCH' ? { data: { attributes: { name: 'x' } } } : undefined;
    const there = await call(method, `${root}/${id}${path}`, { key: stranger.key, body });
    const nowhere = await call(method, `${root}/cxn_nowhere${path}`, { key: stranger.key, body });
    assert.equal(errorOf(there), '404 not_found');
    assert.equal(there.text.replaceAll(id, 'cxn_nowhere'), nowhere.text);
  }
});

test('PATCH changes name and scopes, as JSON:API has it', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const { id } = await createActive(a, b, { name: 'Before' });
  const patch = (attributes, rest = {}, who = a) => call('PATCH', `${root}/${id}`, {
    key: who.key,
    body: { data: { type: 'connect/connection', id, ...rest, attributes } },
  });

  assert.equal((await patch({ name: 'After' })).json.data.attributes.name, 'After');
  assert.equal((await patch({ name: null })).json.data.attributes.name, null);
  const narrowed = await patch({ scopes: ['inquiry.read', 'inquiry.read'] });
  assert.deepEqual(narrowed.json.data.attributes.scopes, ['inquiry.read']);
  assert.equal(narrowed.json.data.attributes.status, 'active');
  const widened = await patch({ scopes: ['verification.read', 'inquiry.read'] });
  assert.deepEqual(widened.json.data.attributes.scopes, ['inquiry.read', 'verification.read']);
  assert.equal(widened.json.data.attributes.status, 'pending');

  const stale = await call('POST', `${root}/${id}/activate`, { key: b.key, body: { meta: { scopes: ['inquiry.read'] } } });
  assert.equal(errorOf(stale), '409 scopes_changed');
  assert.deepEqual(stale.json.errors[0].source, { pointer: '/meta/scopes' });

  assert.equal(errorOf(await patch({ scopes: null })), '400 parameter_invalid');
  assert.equal(errorOf(await patch({ scopes: [] })), '422 scopes_empty');
  assert.equal(errorOf(await patch({ scopes: ['nothing.read'] })), '422 scope_unknown');
  assert.equal(errorOf(await patch({ name: 'x'.repeat(256) })), '422 name_too_long');
  assert.equal(errorOf(await patch({ status: 'active' })), '422 attribute_read_only');
  assert.equal(errorOf(await patch({ 'destination-organization-id': a.id })), '422 attribute_read_only');
  assert.equal(errorOf(await patch({ colour: 'red' })), '422 attribute_unknown');
  assert.equal(errorOf(await patch({ name: 'x' }, { type: 'connect/connections' })), '409 type_mismatch');
  assert.equal(errorOf(await patch({ name: 'x' }, { id: 'cxn_other' })), '409 id_mismatch');
  assert.equal(errorOf(await patch({ name: 'x' }, { id: 'cxn_other' }, b)), '403 wrong_party');
  assert.equal(errorOf(await patch({ name: 'x' }, { id: 'cxn_other' }, stranger)), '404 not_found');
});

test('create refuses in the order of the contract', async () => {
  const [a, b] = await Promise.all([organization(), organization()]);
  const post = (data, key = a.key) => call('POST', root, { key, body: { data } });
  const attributes = { 'destination-organization-id': b.id };

  assert.equal(errorOf(await post({ attributes: {} })), '400 parameter_missing');
  assert.equal(errorOf(await post({})), '400 parameter_missing');
  assert.equal(errorOf(await call('POST', root, { key: a.key, body: {} })), '400 parameter_missing');
  assert.equal(errorOf(await call('POST', root, { key: a.key, body: '' })), '400 body_invalid');
  assert.equal(errorOf(await post({ attributes: { 'destination-organization-id': 7 } })), '400 parameter_invalid');
  assert.equal(errorOf(await post({ attributes: { 'destination-organization-id': 'not/an/id' } })), '400 parameter_invalid');
  assert.equal(errorOf(await post({ attributes, id: 'cxn_mine' })), '403 client_id_forbidden');
  assert.equal(errorOf(await post({ attributes, type: 'connect/event' })), '409 type_mismatch');
  assert.equal(errorOf(await post({ attributes: { 'destination-organization-id': 'org_NOWHERE' } })), '422 organization_unknown');
  assert.equal(errorOf(await post({ attributes: { ...attributes, scopes: ['no.such'] } })), '422 scope_unknown');
  const unknown = await post({ attributes: { ...attributes, colour: 'red' } });
  assert.equal(errorOf(unknown), '422 attribute_unknown');
  assert.deepEqual(unknown.json.errors[0].source, { pointer: '/data/attributes/colour' });

  await post({ type: 'connect/connection', attributes });
  assert.equal(errorOf(await post({ attributes: { ...attributes, colour: 'red', scopes: ['no.such'] } })), '409 connection_exists');
});

test('organization and scopes', async () => {
  const me = await call('GET', '/api/v1/connect/organization', { key: source.key });
  assert.equal(me.json.data.id, source.id);
  await sql("UPDATE connect.scope SET title = 'Accounts' WHERE name = 'account.read'");
  const scopes = await call('GET', '/api/v1/connect/scopes', { key: source.key });
  await sql("UPDATE connect.scope SET title = NULL WHERE name = 'account.read'");
  assert.deepEqual(scopes.json.data.map((scope) => [scope.id, scope.attributes.default, scope.attributes.title]),
    [['account.read', true, 'Accounts'], ['inquiry.read', true, null], ['verification.read', false, null]]);
});
