// The feed: an organization's own outbox, followed by links.next.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, create, createActive, organization } from './connections.mjs';

const feed = '/api/v1/connect/events/feed';
const me = await organization();
const partner = await organization();
const { id } = await createActive(me, partner);
const other = await create(partner, me);

/** Follows the links until a page is empty; returns the events and the last page. */
async function follow(path, who = me) {
  const events = [];
  for (;;) {
    const page = await call('GET', path, { key: who.key });
    assert.equal(page.status, 200);
    events.push(...page.json.data);
    path = page.json.links.next;
    if (page.json.data.length === 0) return { events, path, page };
  }
}

const shown = (events) => events.map((event) => `${event.attributes['subject-id'] === id ? 'first' : 'second'} ${event.attributes.action}`);

test('links.next leads to every event once, oldest first, and goes on later', async () => {
  const { events, path, page } = await follow(`${feed}?page[size]=1`);
  assert.deepEqual(shown(events), ['first create', 'first activate', 'second create']);
  assert.equal(page.json.links.prev, null);
  assert.match(path, /page%5Bsize%5D=1&page%5Bafter%5D=[0-9a-f]+$/);
  assert.ok(Date.parse(page.json.meta['complete-before']) >= Date.parse(events.at(-1).attributes['created-at']));
  await call('POST', `/api/v1/connect/connections/${id}/deactivate`, { key: partner.key });
  const later = await follow(path);
  assert.deepEqual(shown(later.events), ['first deactivate']);
  assert.equal(later.events[0].attributes['actor-id'], null);
  assert.match(later.events[0].attributes.position, /^[0-9]+$/);
  assert.deepEqual(shown((await follow(feed, partner)).events), [...shown(events), 'first deactivate']);
});

test('it answers HEAD, in other inflections, and nobody without a key', async () => {
  assert.equal((await call('HEAD', feed, { key: me.key })).status, 200);
  const camel = await call('GET', feed, { key: me.key, headers: { 'Key-Inflection': 'camel' } });
  assert.ok('completeBefore' in camel.json.meta);
  assert.ok('subjectType' in camel.json.data[0].attributes);
  assert.equal((await call('GET', feed)).status, 401);
  assert.equal((await call('POST', feed, { key: me.key, body: {} })).status, 405);
});

test('what it does not take is refused by its name', async () => {
  for (const [query, parameter] of [['page[before]=x', 'page[before]'], ['page[size]=0', 'page[size]'], ['page[size]=101', 'page[size]'],
    ['page[after]=evt_1', 'page[after]'], [`page[after]=${'0'.repeat(32)}`, 'page[after]'], ['filter[status]=active', 'filter[status]']]) {
    const answer = await call('GET', `${feed}?${query}`, { key: me.key });
    assert.equal(answer.status, 400, query);
    assert.equal(answer.json.errors[0].source.parameter, parameter, query);
  }
  assert.ok(other.id);
});
