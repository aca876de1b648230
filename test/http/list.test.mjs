// Lists: paging both ways by the links, filters, sparse fields, bad parameters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, create, createActive, errorOf, organization, root, sql } from './connections.mjs';

const me = await organization();
const partners = await Promise.all(Array.from({ length: 5 }, () => organization()));
const made = [];
for (const partner of partners) made.push((await create(me, partner)).id);
made.push((await createActive(partners[0], me)).id);
made.push((await create(me, me)).id);
const newestFirst = [...made].reverse();

const list = (query) => call('GET', `${root}${query}`, { key: me.key });
const ids = (answer) => answer.json.data.map((row) => row.id);

test('links lead to both ends and name every row once', async () => {
  const forward = [];
  let page = await list('?page[size]=2');
  assert.equal(page.json.links.prev, null);
  for (;;) {
    forward.push(...ids(page));
    if (page.json.links.next === null) break;
    assert.match(page.json.links.next, /page%5Bsize%5D=2&page%5Bafter%5D=cxn_/);
    page = await call('GET', page.json.links.next, { key: me.key });
  }
  assert.deepEqual(forward, newestFirst);

  const backward = [];
  for (;;) {
    backward.unshift(...ids(page));
    if (page.json.links.prev === null) break;
    page = await call('GET', page.json.links.prev, { key: me.key });
  }
  assert.deepEqual(backward, newestFirst);
});

test('an empty page behind a cursor leads back', async () => {
  const behind = await list(`?page[size]=2&page[after]=${made[0]}`);
  assert.deepEqual(ids(behind), []);
  assert.deepEqual(behind.json.links, { prev: `${root}?page%5Bsize%5D=2&page%5Bbefore%5D=${made[0]}`, next: null });
  assert.deepEqual(ids(await call('GET', behind.json.links.prev, { key: me.key })), [made[2], made[1]]);
  const before = await list(`?page[before]=${newestFirst[0]}`);
  assert.deepEqual(ids(before), []);
  assert.deepEqual(before.json.links, { prev: null, next: `${root}?page%5Bafter%5D=${newestFirst[0]}` });
  const nothing = await list(`?filter[source-organization-id]=org_NOWHERE&page[after]=${made[3]}`);
  assert.match(nothing.json.links.prev, /filter%5Bsource-organization-id%5D=org_NOWHERE&page%5Bbefore%5D=/);
  assert.deepEqual((await list('?filter[source-organization-id]=org_NOWHERE')).json.links, { prev: null, next: null });
});

test('filters are ANDed and kept in links', async () => {
  assert.deepEqual(ids(await list('?filter[direction]=inbound')), [made[6], made[5]]);
  assert.deepEqual(ids(await list('?filter%5Bstatus%5D=active')), [made[5]]);
  assert.deepEqual(ids(await list(`?filter[destination-organization-id]=${partners[2].id}`)), [made[2]]);
  assert.deepEqual(ids(await list(`?filter[source-organization-id]=${partners[0].id}&filter[status]=active`)), [made[5]]);
  assert.deepEqual(ids(await list(`?filter[source-organization-id]=${partners[0].id}&filter[status]=pending`)), []);
  assert.deepEqual(ids(await list('?filter[sourceOrganizationId]=org_NOWHERE')), []);
  assert.deepEqual(ids(await list(`?filter[source_organization_id]=${me.id}&filter[direction]=inbound`)), [made[6]]);
  const page = await list('?filter[status]=pending&filter[direction]=outbound&page[size]=1');
  assert.equal(page.json.links.next,
    `${root}?filter%5Bstatus%5D=pending&filter%5Bdirection%5D=outbound&page%5Bsize%5D=1&page%5Bafter%5D=${made[6]}`);
});

test('what ends before a time is found by its nearest term, while it is pending or active', async () => {
  const [owner, ...others] = await Promise.all(Array.from({ length: 5 }, () => organization()));
  const inDays = (days) => new Date(Date.now() + days * 86400_000).toISOString();
  const offered = await create(owner, others[0], { 'respond-by': inDays(2), 'expires-at': inDays(30) });
  const sharing = await createActive(owner, others[1], { 'respond-by': inDays(2), 'expires-at': inDays(10) });
  const ended = await create(owner, others[2], { 'expires-at': inDays(1) });
  await call('POST', `${root}/${ended.id}/deactivate`, { key: owner.key });
  await create(owner, others[3]);
  const before = (time, more = '') => call('GET', `${root}?filter[expires-before]=${encodeURIComponent(time)}${more}`, { key: owner.key });
  assert.deepEqual(ids(await before(inDays(1))), []);
  // one that nobody accepts lapses earlier than it would end; one that is accepted has only its end
  assert.deepEqual(ids(await before(inDays(3))), [offered.id]);
  assert.deepEqual(ids(await before(inDays(11))), [sharing.id, offered.id]);
  assert.deepEqual(ids(await before(inDays(11), '&filter[status]=active')), [sharing.id]);
  assert.deepEqual(ids(await before(inDays(11), '&filter[status]=inactive')), []);
  assert.deepEqual(ids(await before(inDays(11), '&filter[direction]=inbound')), []);
  // the moment itself is not before it, in whichever zone it is written
  const [day, time] = sharing.attributes['expires-at'].replace('Z', '').split('T');
  assert.deepEqual(ids(await before(`${day}T${time}Z`)), [offered.id]);
  const later = (milliseconds) => new Date(Date.parse(`${day}T${time}Z`) + milliseconds).toISOString().replace('Z', '');
  assert.deepEqual(ids(await before(`${later(2 * 3600_000)}+02:00`)), [offered.id]);
  assert.deepEqual(ids(await before(`${later(2 * 3600_000 + 1)}+02:00`)), [sharing.id, offered.id]);
  for (const name of ['expires_before', 'expiresBefore']) {
    assert.deepEqual(ids(await call('GET', `${root}?filter[${name}]=${inDays(3)}`, { key: owner.key })), [offered.id], name);
  }
  // links keep it
  const page = await before(`${later(3 * 3600_000)}+02:00`, '&page[size]=1');
  assert.match(page.json.links.next, /\?filter%5Bexpires-before%5D=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}%2B02:00&page%5Bsize%5D=1&/);
  assert.deepEqual(ids(await call('GET', page.json.links.next, { key: owner.key })), [offered.id]);
  for (const wrong of ['', 'soon', 'infinity', '-infinity', 'tomorrow', '2026-02-30T00:00:00Z', '2026-11-23']) {
    const refused = await before(wrong);
    assert.equal(errorOf(refused), '400 parameter_invalid', wrong);
    assert.deepEqual(refused.json.errors[0].source, { parameter: 'filter[expires-before]' }, wrong);
  }
});

test('a partner is found by what its name or id begins with, and by no pattern', async () => {
  const [a, b] = [await organization(), await organization()];
  await sql(`UPDATE connect.organization SET name = '100% Ümlaut & Söhne+' WHERE id = '${a.id}';
    UPDATE connect.organization SET name = '1000 Others' WHERE id = '${b.id}'`);
  const [one, two, three] = [await create(me, a), await create(a, me), await create(me, b)];
  await create(a, b);
  const find = (text, more = '') => list(`?filter[partner]=${encodeURIComponent(text)}${more}`);
  assert.deepEqual(ids(await find('100')), [three.id, two.id, one.id]);
  assert.deepEqual(ids(await find('100% ümlaut & s')), [two.id, one.id]);
  assert.deepEqual(ids(await find(b.id.toUpperCase())), [three.id]);
  assert.deepEqual(ids(await find('100_')), []);
  assert.deepEqual(ids(await find('%')), []);
  assert.deepEqual(ids(await find('100', '&filter[direction]=inbound')), [two.id]);
  assert.deepEqual((await find('1000 o')).json.data[0].meta['partner-name'], '1000 Others');
  // the link is followed as it is
  const page = await find('100% Ümlaut & Söhne+', '&page[size]=1');
  assert.match(page.json.links.next, /\?filter%5Bpartner%5D=100%25%20%C3%9Cmlaut%20%26%20S%C3%B6hne%2B&page%5Bsize%5D=1&/);
  assert.deepEqual(ids(await call('GET', page.json.links.next, { key: me.key })), [one.id]);
  // others of a partner's are not ours to see, and neither are organizations with which there is nothing
  const stranger = await organization();
  assert.deepEqual(ids(await find(stranger.id)), []);
  assert.equal(errorOf(await create(me, stranger).then(() => list('?filter[partner]=%ff'))), '400 parameter_invalid');
});

test('the closed shape knows no names', async () => {
  const answer = await call('GET', `${root}/${made[0]}`, { key: me.key, headers: { 'Persona-Version': '2025-12-08' } });
  assert.doesNotMatch(answer.text, /Test org_|partner/);
});

test('fields select attributes, in lists, documents and answers to writes', async () => {
  const query = '?fields[connect/connection]=status,name';
  const sparse = await list(query);
  assert.deepEqual(Object.keys(sparse.json.data[0].attributes), ['name', 'status']);
  assert.ok(!('relationships' in sparse.json.data[0]));
  const again = await call('GET', `${root}?page[size]=1&fields[connect/connection]=name,,createdAt,name,created_at`, { key: me.key });
  assert.match(again.json.links.next, /=name,created-at&/);
  const one = await call('GET', `${root}/${made[0]}?fields%5Bconnect%2Fconnection%5D=creator`, { key: me.key });
  assert.deepEqual(one.json.data.attributes, {});
  assert.equal(one.json.data.relationships.creator.data.type, 'api-key');
  const [a, b] = await Promise.all([organization(), organization()]);
  const written = await call('POST', `${root}${query}`, {
    key: a.key, body: { data: { attributes: { 'destination-organization-id': b.id } } } });
  assert.equal(written.status, 201);
  assert.deepEqual(written.json.data.attributes, { name: null, status: 'pending' });
});

test('what a list does not know is 400 and names the parameter', async () => {
  const refused = async (query, parameter) => {
    const answer = await list(query);
    assert.equal(errorOf(answer), '400 parameter_invalid', query);
    assert.deepEqual(answer.json.errors[0].source, { parameter }, query);
  };
  await refused('?page[size]=0', 'page[size]');
  await refused('?page[size]=-1', 'page[size]');
  await refused('?page[size]=101', 'page[size]');
  await refused('?page[size]=ten', 'page[size]');
  await refused('?page[size]=99999999999999999999', 'page[size]');
  await refused('?page[after]=cxn_nowhere', 'page[after]');
  await refused('?page[before]=', 'page[before]');
  await refused(`?page[after]=${made[0]}&page[before]=${made[1]}`, 'page[before]');
  await refused('?filter[status]=open', 'filter[status]');
  await refused('?filter[direction]=up', 'filter[direction]');
  await refused('?filter[source-organization-id]=a/b', 'filter[source-organization-id]');
  await refused('?filter[name]=x', 'filter[name]');
  await refused('?fields[connect/connection]=colour', 'fields[connect/connection]');
  assert.match((await list('?fields[connect/connection]=co+l%6fur')).json.errors[0].detail, /"co lour"/);
  await refused('?fields[connect/event]=action', 'fields[connect/event]');
  await refused('?limit=1', 'limit');
  await refused('?page[size]=1&page%5Bsize%5D=2', 'page[size]');
  assert.equal((await list('?page%5Bsize%5D=0')).json.errors[0].detail, '"page[size]" must be from 1 to 100.');
  assert.equal((await list('?filter[colour]=red')).json.errors[0].detail, '"filter[colour]" is no parameter of this operation.');
  await refused('?page[size]=%zz', 'page[size]');
  await refused('?page[before]=%00', 'page[before]');
  await refused('?%zz=1', '%zz');
  const [other, third] = await Promise.all([organization(), organization()]);
  const foreign = await create(other, third);
  await refused(`?page[after]=${foreign.id}`, 'page[after]');
  assert.equal(errorOf(await call('GET', '/api/v1/connect/scopes?x=1', { key: me.key })), '400 parameter_invalid');
});

test('events are paged like Connections', async () => {
  const path = '/api/v1/connect/events?page[size]=3';
  const first = await call('GET', path, { key: me.key });
  assert.equal(first.json.data.length, 3);
  const second = await call('GET', first.json.links.next, { key: me.key });
  const back = await call('GET', second.json.links.prev, { key: me.key });
  assert.deepEqual(ids(back), ids(first));
});
