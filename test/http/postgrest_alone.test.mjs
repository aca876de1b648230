// PostgREST without nginx and without our handlers: the SQL functions and the
// tables of schema connect, for callers with a JWT. Statuses are those of the
// error table, by SQLSTATE; row security keeps rows to their parties.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { organization, sql } from './connections.mjs';
import { freePort } from './stack.mjs';

const secret = 'a secret of this test, which is long enough for HS256';
const [a, b, c] = await Promise.all([organization(), organization(), organization()]);
let folder;
let server;
let url;

function jwt(claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ role: 'test_alone', exp: Math.floor(Date.now() / 1000) + 60, ...claims })}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
}

async function call(method, path, who, body) {
  const response = await fetch(url + path, {
    method,
    headers: {
      Authorization: `Bearer ${jwt(who ? { organization_id: who.id, sub: 'usr_7' } : {})}`,
      'Content-Type': 'application/json',
    },
    body: body && JSON.stringify(body),
  });
  return { status: response.status, json: await response.json() };
}

before(async () => {
  await sql(`CREATE ROLE test_alone NOLOGIN;
    GRANT test_alone TO connect_authenticator;
    SELECT connect.grant_usage('test_alone');
    GRANT SELECT ON connect.connection TO test_alone`);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  folder = await mkdtemp(join(tmpdir(), 'connect-alone-'));
  await writeFile(join(folder, 'postgrest.conf'), `
    db-uri = "${process.env.CONNECT_PGURL.replace('postgres@', 'connect_authenticator@')}"
    db-schemas = "connect"
    jwt-secret = "${secret}"
    server-host = "127.0.0.1"
    server-port = ${port}
    openapi-mode = "disabled"
    log-level = "crit"`, { mode: 0o600 });
  server = spawn(join(process.env.CONNECT_WORK, 'postgrest'), [join(folder, 'postgrest.conf')], { stdio: 'ignore' });
  for (let i = 0; i < 200; i++) {
    // 503 until it has read the schema
    const answer = await call('GET', '/rpc/list_scopes', a).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('PostgREST did not start');
});

after(async () => {
  server?.kill();
  await new Promise((resolve) => server ? server.once('close', resolve) : resolve());
  await rm(folder, { recursive: true });
  await sql('DROP OWNED BY test_alone; DROP ROLE test_alone');
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
