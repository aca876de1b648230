// PostgREST without nginx and without our handlers: the SQL functions and the
// tables of schema connect, for callers with a JWT. Statuses are those of the
// error table, by SQLSTATE; row security keeps rows to their parties.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createActive, organization, sql } from './connections.mjs';
import { startPostgrest } from './postgrest.mjs';

const secret = 'a secret of this test, which is long enough for HS256';
const [a, b, c] = await Promise.all([organization(), organization(), organization()]);
let server;

function jwt(claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ role: 'test_alone', exp: Math.floor(Date.now() / 1000) + 60, ...claims })}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

async function call(method, path, who, body) {
  return callWith(method, path, who ? { organization_id: who.id, sub: 'usr_7' } : {}, body);
}

async function callWith(method, path, claims, body, headers = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: { Authorization: `Bearer ${jwt(claims)}`, 'Content-Type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, json: await response.json() };
}

before(async () => {
  await sql(`CREATE ROLE test_alone NOLOGIN;
    GRANT test_alone TO connect_authenticator;
    SELECT connect.grant_usage('test_alone');
    GRANT SELECT ON connect.connection TO test_alone;
    CREATE ROLE test_alone_anonymous NOLOGIN;
    GRANT test_alone_anonymous TO connect_authenticator;
    SELECT connect.grant_check('test_alone_anonymous')`);
  server = await startPostgrest({ 'db-schemas': 'connect', 'jwt-secret': secret, 'db-anon-role': 'test_alone_anonymous' });
});

after(async () => {
  await server?.stop();
  await sql('DROP OWNED BY test_alone, test_alone_anonymous; DROP ROLE test_alone, test_alone_anonymous');
});

test('functions with named arguments, and the statuses of the error table', async () => {
  const rpc = (name, who, body) => call('POST', `/rpc/${name}`, who, body);
  const made = await rpc('create_connection', a, { destination_organization_id: b.id, name: 'Alone' });
  assert.equal(made.status, 200, JSON.stringify(made.json));
  const { id, attributes } = made.json.data;
  assert.equal(attributes['creator-type'], 'user');
  assert.equal(attributes['creator-id'], 'usr_7');

  const status = async (...args) => (await rpc(...args)).status;
  assert.equal(await status('create_connection', a, { destination_organization_id: b.id }), 409);
  assert.equal(await status('create_connection', a, { destination_organization_id: 'a/b' }), 400);
  assert.equal(await status('create_connection', a, { destination_organization_id: 'org_NOWHERE' }), 422);
  assert.equal(await status('activate_connection', a, { connection_id: id }), 403);
  assert.equal(await status('activate_connection', c, { connection_id: id }), 404);
  assert.equal(await status('reactivate_connection', a, { connection_id: id }), 409);
  assert.equal(await status('activate_connection', null, { connection_id: id }), 401);
  assert.equal(await status('act_as', a, { organization_id: b.id }), 403);
  assert.equal(await status('activate_connection', b, { connection_id: id }), 200);

  const refused = await rpc('activate_connection', b, { connection_id: id });
  assert.deepEqual([refused.status, refused.json.code, refused.json.message],
    [409, 'PT409', 'connection cannot be activated']);
  assert.match(refused.json.details, /is "active"; activation requires "pending"/);
});

test('lists by GET, of the function and of the table', async () => {
  const listed = await call('GET', '/rpc/list_connections?status=active', a);
  assert.deepEqual(listed.json.data.map((row) => row.attributes.name), ['Alone']);
  assert.deepEqual((await call('GET', '/rpc/list_connections?status=pending', a)).json.data, []);
  const rows = await call('GET', '/connection?status=eq.active&select=name', b);
  assert.deepEqual(rows.json, [{ name: 'Alone' }]);
  assert.deepEqual((await call('GET', '/connection', c)).json, []);
  assert.equal((await call('GET', '/event', a)).status, 403);
});

test('whoever brings claims is who they say, or nobody: never the gateway itself', async () => {
  const [x, y, z] = await Promise.all([organization(), organization(), organization()]);
  await createActive(x, y);
  const allowed = async (claims, headers) => {
    const { status, json } = await callWith('POST', '/rpc/is_allowed', claims,
      { source_organization_id: x.id, destination_organization_id: y.id }, headers);
    assert.equal(status, 200, JSON.stringify(json));
    return json;
  };
  assert.equal(await allowed({ organization_id: x.id }), true);
  assert.equal(await allowed({ organization_id: z.id }), false);
  for (const claims of [{}, { organization_id: null }, { organization_id: [] }, { organization_id: [x.id, z.id] }, { organization_id: 5 },
    { organization_id: { id: x.id } }, { organization_id: '' }, { organization_id: 'org_nowhere' }, { organizations: [x.id] },
    { sub: 'usr_1' }, { name: 'a\u0000b' }]) {
    assert.equal(await allowed(claims), false, JSON.stringify(claims));
  }
  assert.equal(await allowed({ organization_id: [x.id, z.id] }, { 'X-Connect-Organization-Id': x.id }), true);
  assert.equal(await allowed({ organization_id: [x.id, z.id] }, { 'X-Connect-Organization-Id': y.id }), false);
  assert.equal(await allowed({}, { 'X-Connect-Api-Key': 'connect_wrong' }), false);
  // without any token PostgREST itself sets a claim, the role
  const anonymous = await fetch(`${server.url}/rpc/is_allowed?source_organization_id=${x.id}&destination_organization_id=${y.id}`);
  assert.equal(await anonymous.json(), false);
});
