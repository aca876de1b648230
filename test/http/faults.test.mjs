// What goes wrong inside the database: it becomes a document, is executed a
// bounded number of times, and tells the client nothing of the inside.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, test } from 'node:test';
import { call, create, createActive, errorOf, makeKey, organization, root, sql } from './connections.mjs';

const [a, b] = await Promise.all([organization(), organization()]);
const { id } = await create(a, b);
const patch = (name) => call('PATCH', `${root}/${id}`, { key: a.key, body: { data: { attributes: { name } } } });

// A DBA's own trigger that counts its calls and raises what a name asks for.
await sql(`CREATE SCHEMA test_faults;
  CREATE SEQUENCE test_faults.calls;
  GRANT USAGE ON SCHEMA test_faults TO PUBLIC; -- the trigger runs as the store's owner
  GRANT USAGE ON SEQUENCE test_faults.calls TO PUBLIC;
  CREATE FUNCTION test_faults.fail() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.name LIKE 'raise %' THEN
      PERFORM pg_catalog.nextval('test_faults.calls');
      RAISE EXCEPTION 'inside of %', NEW.name USING ERRCODE = pg_catalog.substr(NEW.name, 7, 5);
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER test_faults BEFORE UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION test_faults.fail()`);
after(() => sql('DROP SCHEMA test_faults CASCADE'));

for (const [state, status, code] of [
  ['40001', 503, 'unavailable'], ['40P01', 503, 'unavailable'], ['57014', 503, 'unavailable'],
  ['53300', 503, 'unavailable'], ['53200', 503, 'unavailable'], ['55P03', 503, 'unavailable'],
  ['P0001', 500, 'internal'], ['XX000', 500, 'internal'], ['22012', 500, 'internal'], ['PT418', 500, 'internal'],
]) {
  test(`${state} raised inside is ${status} and is executed once`, async () => {
    const before = Number(await sql("SELECT nextval('test_faults.calls')"));
    const answer = await patch(`raise ${state}`);
    const calls = Number(await sql("SELECT nextval('test_faults.calls')")) - before - 1;
    assert.equal(errorOf(answer), `${status} ${code}`);
    assert.equal(answer.headers.get('retry-after'), status === 503 ? '1' : null);
    assert.doesNotMatch(answer.text, /inside|raise|test_faults/);
    assert.equal(calls, 1);
    assert.equal(await sql(`SELECT count(*) FROM connect.connection WHERE name LIKE 'raise%'`), '0');
  });
}

test('a deactivation waits for a share in flight for five seconds, then 503', async () => {
  const [x, y] = await Promise.all([organization(), organization()]);
  const made = await createActive(x, y);
  const holder = spawn('psql', [process.env.CONNECT_PGURL, '-Xq']);
  holder.stdin.write(`BEGIN; SELECT 1 FROM connect.connection WHERE id = '${made.id}' FOR SHARE;\n`);
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  try {
    const answer = await call('POST', `${root}/${made.id}/deactivate`, { key: y.key });
    assert.equal(errorOf(answer), '503 unavailable');
    assert.equal(answer.headers.get('retry-after'), '1');
  } finally {
    holder.stdin.end('COMMIT;\n');
    await new Promise((resolve) => holder.once('close', resolve));
  }
  assert.equal((await call('POST', `${root}/${made.id}/deactivate`, { key: y.key })).status, 200);
});

test('a missing store is 503', async () => {
  await sql('ALTER TABLE connect.connection RENAME TO connection_away');
  try {
    assert.equal(errorOf(await call('GET', root, { key: a.key })), '503 unavailable');
  } finally {
    await sql('ALTER TABLE connect.connection_away RENAME TO connection');
  }
  assert.equal((await call('GET', root, { key: a.key })).status, 200);
});

test('keys: unknown, revoked, expired are 401 at the next request; permissions are enforced', async () => {
  const get = (key) => call('GET', root, { key });
  assert.equal(errorOf(await get('connect_unknown')), '401 not_authenticated');
  assert.equal(errorOf(await get(await makeKey(a.id, '{read}', "now() - interval '1 second'"))), '401 not_authenticated');
  const key = await makeKey(a.id);
  assert.equal((await get(key)).status, 200);
  await sql(`SELECT connect.revoke_api_key(id) FROM connect.api_key WHERE organization_id = '${a.id}'
    AND secret_sha256 = sha256('${key}')`);
  assert.equal(errorOf(await get(key)), '401 not_authenticated');
  const reader = await makeKey(a.id, '{read}');
  assert.equal((await get(reader)).status, 200);
  assert.deepEqual((await get(reader)).json.data.find((row) => row.id === id).meta['allowed-actions'], []);
  const write = (k) => call('POST', `${root}/${id}/deactivate`, { key: k });
  assert.equal(errorOf(await write(reader)), '403 permission_missing');
  const writer = await makeKey(a.id, '{write}');
  assert.equal(errorOf(await get(writer)), '403 permission_missing');
  assert.equal((await write(writer)).status, 200);
});
