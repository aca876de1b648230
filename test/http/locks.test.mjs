// A lock that somebody holds takes down what needs it, and nothing else: requests that are blocked end
// within their limit, whether their clients wait or have left, and other routes answer meanwhile.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import { test } from 'node:test';
import { call, createActive, errorOf, organization, root, sql } from './connections.mjs';

const EVENTS = '/api/v1/connect/events';
const [a, b] = await Promise.all([organization(), organization()]);
const connection = await createActive(a, b);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Holds what a statement locks until the promise that it resolves to is called.
async function hold(statement) {
  const holder = spawn('psql', [process.env.CONNECT_PGURL, '-XAtq']);
  holder.stdin.write(`BEGIN; ${statement}; SELECT 'held';\n`);
  for await (const data of holder.stdout) if (String(data).includes('held')) break;
  return async () => {
    const closed = new Promise((resolve) => holder.once('close', resolve));
    holder.stdin.end('COMMIT;\n');
    await closed;
  };
}

// The longest that a session of PostgREST's has been waiting for a lock, in seconds.
const longestWait = async () => Number(await sql(`SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0)
  FROM pg_stat_activity WHERE usename = 'connect_authenticator' AND wait_event_type = 'Lock'`));

// Asks and leaves before there is an answer.
const askAndLeave = (path) => new Promise((resolve) => {
  const { hostname, port } = new URL(process.env.CONNECT_URL);
  const outgoing = http.request({ hostname, port, path, agent: false, headers: { authorization: `Bearer ${a.key}` } });
  outgoing.on('error', () => {});
  outgoing.on('close', resolve);
  outgoing.end();
  setTimeout(() => outgoing.destroy(), 250);
});

const timed = async (promise) => {
  const began = Date.now();
  return { answer: await promise, seconds: (Date.now() - began) / 1000 };
};

test('the limits are in force on the login, whatever PostgREST is told', async () => {
  const settings = Object.fromEntries((await sql(`SELECT unnest(setconfig) FROM pg_db_role_setting
    WHERE setrole = 'connect_authenticator'::regrole`)).split('\n').map((line) => line.split('=')));
  assert.equal(settings.statement_timeout, '20s');
  assert.equal(settings.lock_timeout, '5s');
});

test('fifty blocked requests whose clients have left', async () => {
  const release = await hold('LOCK TABLE connect.event');
  try {
    await Promise.all(Array.from({ length: 50 }, () => askAndLeave(EVENTS)));
    let longest = 0;
    for (const end = Date.now() + 12000; Date.now() < end; await pause(100)) {
      for (const path of [root, `${root}/${connection.id}`, '/api/v1/connect/organization']) {
        const { answer, seconds } = await timed(call('GET', path, { key: a.key }));
        assert.equal(answer.status, 200, path);
        assert.ok(seconds < 5, `${path} took ${seconds} s`);
      }
      longest = Math.max(longest, await longestWait());
    }
    assert.ok(longest > 1 && longest < 6, `a request waited for ${longest} s`);
    assert.equal(await longestWait(), 0, 'none is left');
  } finally {
    await release();
  }
  assert.equal((await call('GET', EVENTS, { key: a.key })).status, 200);
});

test('fifty blocked requests whose clients wait, reading and writing', async () => {
  const release = await hold('LOCK TABLE connect.event');
  try {
    const blocked = Array.from({ length: 50 }, (_, i) => timed(i % 2 ? call('GET', EVENTS, { key: a.key }) :
      call('PATCH', `${root}/${connection.id}`, { key: a.key, body: { data: { attributes: { name: `Name ${i}` } } } })));
    await pause(500);
    const other = await timed(call('GET', root, { key: b.key }));
    assert.equal(other.answer.status, 200);
    assert.ok(other.seconds < 5, `another route took ${other.seconds} s`);
    for (const { answer, seconds } of await Promise.all(blocked)) {
      assert.equal(errorOf(answer), '503 unavailable');
      assert.equal(answer.headers.get('retry-after'), '1');
      // a write may wait for a row, and then for the table that its holder waits for
      assert.ok(seconds < 15, `a blocked request took ${seconds} s`);
    }
  } finally {
    await release();
  }
  assert.equal((await call('PATCH', `${root}/${connection.id}`, { key: a.key, body: { data: { attributes: { name: 'Free' } } } })).status, 200);
});

test('a share in flight holds up the deactivation of its own Connection only', async () => {
  const release = await hold(`SELECT FROM connect.connection WHERE id = '${connection.id}' FOR SHARE`);
  try {
    const blocked = Array.from({ length: 20 }, () => call('POST', `${root}/${connection.id}/deactivate`, { key: b.key }));
    await pause(300);
    const [x, y] = await Promise.all([organization(), organization()]);
    const { answer, seconds } = await timed(call('POST', root, {
      key: x.key, body: { data: { attributes: { 'destination-organization-id': y.id } } } }));
    assert.equal(answer.status, 201);
    assert.ok(seconds < 5, `it took ${seconds} s`);
    for (const answer of await Promise.all(blocked)) assert.equal(errorOf(answer), '503 unavailable');
  } finally {
    await release();
  }
});

test('a statement is cancelled when its time is up', async () => {
  await sql(`CREATE SCHEMA test_locks; GRANT USAGE ON SCHEMA test_locks TO PUBLIC;
    CREATE FUNCTION test_locks.sleep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_catalog.pg_sleep(40); RETURN NEW; END $$;
    CREATE TRIGGER test_locks BEFORE UPDATE ON connect.connection FOR EACH ROW WHEN (NEW.name = 'sleep') EXECUTE FUNCTION test_locks.sleep()`);
  try {
    const { answer, seconds } = await timed(call('PATCH', `${root}/${connection.id}`, {
      key: a.key, body: { data: { attributes: { name: 'sleep' } } } }));
    assert.equal(errorOf(answer), '503 unavailable');
    assert.ok(seconds > 19 && seconds < 25, `it took ${seconds} s`);
  } finally {
    await sql('DROP SCHEMA test_locks CASCADE');
  }
});
