// What the HTTP tests share: requests to the running stack, SQL as its
// superuser, and organizations of a test's own. The stack is described by the
// lines of demo.env, in the environment.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { checkAnswer } from './openapi.mjs';

const run = promisify(execFile);

export const base = process.env.CONNECT_URL;
export const root = '/api/v1/connect/connections';

// Runs SQL as the superuser and returns its output, unaligned.
export async function sql(text) {
  const { stdout } = await run('psql', [process.env.CONNECT_PGURL, '-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', text]);
  return stdout.trim();
}

// Registers an organization and makes a key for it; more permissions give other keys.
export async function organization(permissions = '{read,write}') {
  const id = `org_${randomBytes(6).toString('hex')}`;
  await sql(`SELECT connect.register_organization('${id}', 'Test ${id}')`);
  return { id, key: await makeKey(id, permissions) };
}

export async function makeKey(id, permissions = '{read,write}', expires = 'NULL') {
  return sql(`SELECT secret FROM connect.create_api_key('${id}', 'test', '${permissions}', ${expires})`);
}

// Sends a request and checks the answer against http/openapi.json.
export async function call(method, path, { key, headers = {}, body } = {}) {
  const sent = { ...headers };
  if (key !== undefined) sent.Authorization ??= `Bearer ${key}`;
  if (body !== undefined) sent['Content-Type'] ??= 'application/json';
  const response = await fetch(base + path, {
    method,
    headers: sent,
    body: typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : body,
  });
  const text = await response.text();
  const answer = { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : null };
  checkAnswer(method, path, sent, answer);
  return answer;
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
