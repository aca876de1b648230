// connections.mjs: what the suites about Connections share, on top of client.mjs
// and stack.mjs: organizations of their own, keys, and Connections between them.
import { randomBytes } from 'node:crypto';
import { request } from './client.mjs';
import { sql as run } from './stack.mjs';

export const root = '/api/v1/connect/connections';
export const sql = async (text) => run(text);

export async function makeKey(id, permissions = '{read,write}', expires = 'NULL') {
  return run(`SELECT secret FROM connect.create_api_key('${id}', 'test', '${permissions}', ${expires})`);
}

// Registers an organization that no other test knows, with a key.
export async function organization() {
  const id = `org_${randomBytes(6).toString('hex')}`;
  run(`SELECT connect.register_organization('${id}', 'Test ${id}')`);
  return { id, key: await makeKey(id) };
}

// Sends a request; client.mjs holds the answer against the contract.
export async function call(method, path, options) {
  const answer = await request(method, path, options);
  return { ...answer, headers: new Headers(answer.headers) };
}

// Offers a Connection and returns its resource object.
export async function create(source, destination, attributes = {}) {
  const answer = await call('POST', root, {
    key: source.key,
    body: { data: { attributes: { 'destination-organization-id': destination.id, ...attributes } } },
  });
  if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${answer.text}`);
  return answer.json.data;
}

// Offers and accepts one.
export async function createActive(source, destination, attributes = {}) {
  const connection = await create(source, destination, attributes);
  await call('POST', `${root}/${connection.id}/activate`, { key: destination.key });
  return connection;
}

// The error of an answer, for a short comparison.
export const errorOf = (answer) => `${answer.status} ${answer.json.errors[0].code}`;

// Takes away, as no client can, what an organization has offered: for suites that show the
// organizations of script/demo from the beginning.
export const forgetOffers = (id) => sql(`SET session_replication_role = replica;
  DELETE FROM connect.event WHERE source_organization_id = '${id}';
  DELETE FROM connect.connection WHERE source_organization_id = '${id}';
  DELETE FROM connect.idempotency WHERE organization_id = '${id}'`);
