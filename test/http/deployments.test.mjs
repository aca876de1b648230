// What doc/http.md says of setups other than script/demo's, done with its own lines: TLS and a read
// replica behind one nginx, and pgbouncer in transaction mode. All on the cluster of the stack.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, create, createActive, organization, root, sql } from './connections.mjs';
import { freePort } from './stack.mjs';

const work = process.env.CONNECT_WORK;
const page = readFileSync(new URL('../../doc/http.md', import.meta.url), 'utf8');
const [tlsLines, replicaLines] = [...page.matchAll(/^ *```nginx\n([^]*?)```/gm)].map(([, lines]) => lines);
const [, bouncerLines] = page.match(/^ *```ini\n([^]*?)```/m);
const [uid, gid] = ['-u', '-g'].map((option) => Number(execFileSync('id', [option, 'postgres'])));
const bin = execFileSync(process.env.PG_CONFIG ?? 'pg_config', ['--bindir'], { encoding: 'utf8' }).trim();

const folder = mkdtempSync(join(tmpdir(), 'connect-deployments.'));
const children = [];

const inFolder = (...names) => join(folder, ...names);
const encoded = (path) => path.replaceAll('/', '%2F');

function write(name, text) {
  writeFileSync(inFolder(name), text, { mode: 0o600 });
  chownSync(inFolder(name), uid, gid);
  return inFolder(name);
}

// Runs a command as postgres and returns what it prints.
function run(command, options) {
  // what it has to say of an error stands in the error's message
  return execFileSync(command, options, { uid, gid, cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

// Starts a command as postgres, and waits until it does what it is for.
async function start(command, options, ready) {
  const child = spawn(command, options, { uid, gid, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stdout.on('data', (data) => (log += data));
  child.stderr.on('data', (data) => (log += data));
  children.push(child);
  for (let i = 0; i < 300; i++) {
    if (await ready().catch(() => false)) return child;
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${command} did not start:\n${log}`);
}

// Does anybody listen on this port?
const answers = (port) => new Promise((resolve) => {
  const socket = connect(port, '127.0.0.1', () => {
    socket.destroy();
    resolve(true);
  }).on('error', () => resolve(false));
});

// A server whose socket is in this folder, asked as a superuser.
const ask = (port, text) => run(join(bin, 'psql'), ['-XAtq', '-v', 'ON_ERROR_STOP=1', `host=${folder} port=${port} user=postgres dbname=connect`, '-c', text]);

// Starts a PostgREST of its own, as the stack's is but for its database and these lines.
async function startPostgrest(databasePort, lines) {
  const port = await freePort();
  const file = write(`postgrest-${port}.conf`, readFileSync(join(work, 'postgrest.conf'), 'utf8')
    .replace(/^db-uri = .*$/m, `db-uri = "postgresql://connect_authenticator@${encoded(folder)}:${databasePort}/connect"`)
    .replace(/^server-port = .*$/m, `server-port = ${port}`) + lines);
  const child = await start(join(work, 'postgrest'), [file],
    async () => (await fetch(`http://127.0.0.1:${port}/`)).status === 404);
  return { port, child };
}

// Starts an nginx of its own, as the stack's is but for what change makes of its configuration: the
// text of each file by its name.
async function startNginx(port, change) {
  const own = inFolder(`nginx-${port}`);
  const names = ['nginx.conf', ...readdirSync(join(work, 'nginx')).map((name) => `nginx/${name}`)];
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(join(work, name), 'utf8')
    .replaceAll(work, own).replaceAll(join(own, 'www'), inFolder('www'))]));
  change(files);
  mkdirSync(join(own, 'nginx'), { recursive: true });
  for (const name of names) write(`nginx-${port}/${name}`, files[name]);
  execFileSync('chown', ['-R', 'postgres:postgres', own]);
  await start('/usr/sbin/nginx', ['-p', own, '-e', join(own, 'nginx-error.log'), '-c', join(own, 'nginx.conf')], () => answers(port));
}

// Puts something into a file in place of what must stand there.
function replace(files, name, what, by) {
  const parts = files[name].split(what);
  assert.ok(parts.length > 1, `${what} stands in ${name}`);
  files[name] = parts.join(by);
}

before(() => {
  chownSync(folder, uid, gid);
  cpSync(join(work, 'www'), inFolder('www'), { recursive: true });
  execFileSync('chown', ['-R', 'postgres:postgres', inFolder('www')]);
});

after(async () => {
  for (const child of children.reverse()) {
    if (child.exitCode !== null) continue;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGINT');
    await closed;
  }
  rmSync(folder, { recursive: true, force: true });
});

test('TLS, and reads from a standby', async (t) => {
  const [source, destination, third] = [await organization(), await organization(), await organization()];
  const [standbyPort, httpsPort] = [await freePort(), await freePort()];

  run(join(bin, 'pg_basebackup'), ['-D', inFolder('standby'), '-X', 'stream', '-c', 'fast', '-R', '--no-sync', '-d', process.env.CONNECT_PGURL]);
  await start(join(bin, 'postgres'), ['-D', inFolder('standby'), '-c', `unix_socket_directories=${folder}`, '-c', `port=${standbyPort}`,
    '-c', 'listen_addresses='], async () => ask(standbyPort, 'SELECT pg_is_in_recovery()') === 't');
  const standby = await startPostgrest(standbyPort, '\ndb-channel-enabled = false\n');

  run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', inFolder('key.pem'), '-out', inFolder('cert.pem')]);
  const tls = tlsLines.replace('listen 443 ssl', `listen 127.0.0.1:${httpsPort} ssl`)
    .replace(/(ssl_certificate +)[^;]+/, `$1${inFolder('cert.pem')}`).replace(/(ssl_certificate_key +)[^;]+/, `$1${inFolder('key.pem')}`);
  const [, certificate, header] = tls.match(/^([^]*\n)( *add_header [^]*)$/);
  const [, declared, pass] = replicaLines.replace('127.0.0.1:3001', `127.0.0.1:${standby.port}`).match(/^([^]*\n)( *proxy_pass [^]*)$/);
  await startNginx(httpsPort, (files) => {
    replace(files, 'nginx.conf', `listen ${new URL(process.env.CONNECT_URL).host};`, certificate);
    replace(files, 'nginx.conf', '    server {\n', `${declared}    server {\n`);
    replace(files, 'nginx.conf', 'proxy_pass http://postgrest/rpc/$connect_operation;', pass);
    replace(files, 'nginx/headers.conf', /^(?= *add_header Request-Id)/m, `${header}\n`);
  });
  const get = (path, key, method = 'GET', body = undefined, more = {}) => new Promise((resolve, reject) => {
    const outgoing = https.request({ host: '127.0.0.1', port: httpsPort, path, method, ca: readFileSync(inFolder('cert.pem')),
      headers: { ...(key && { authorization: `Bearer ${key}` }), ...(body && { 'content-type': 'application/json' }), ...more } }, (answer) => {
      let text = '';
      answer.on('data', (data) => (text += data));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
  const names = async (key) => JSON.parse((await get(root, key)).text).data.map((row) => row.attributes.name);
  const caughtUp = () => {
    const at = execFileSync(join(bin, 'psql'), ['-XAtq', process.env.CONNECT_PGURL, '-c', 'SELECT pg_current_wal_lsn()'], { encoding: 'utf8' }).trim();
    ask(standbyPort, `DO $$ BEGIN FOR i IN 1..200 LOOP EXIT WHEN pg_last_wal_replay_lsn() >= '${at}'; PERFORM pg_sleep(0.05); END LOOP; END $$`);
  };

  await t.test('a write goes to the primary, a read to the standby', async () => {
    const made = await get(root, source.key, 'POST', JSON.stringify({ data: { attributes: { 'destination-organization-id': destination.id, name: 'First' } } }));
    assert.equal(made.status, 201, made.text);
    caughtUp();
    assert.deepEqual(await names(destination.key), ['First']);
    assert.equal((await get(root, destination.key, 'HEAD')).status, 200);
    ask(standbyPort, 'SELECT pg_wal_replay_pause()');
    await create(source, await organization(), { name: 'Second' });
    assert.deepEqual(await names(source.key), ['First'], 'the standby has not replayed it');
    ask(standbyPort, 'SELECT pg_wal_replay_resume()');
    caughtUp();
    assert.deepEqual(await names(source.key), ['Second', 'First']);
  });

  await t.test('a read that names a transaction waits for it, and sees it', async () => {
    const path = `${root}/${(await create(source, await organization())).id}`;
    caughtUp();
    ask(standbyPort, 'SELECT pg_wal_replay_pause()');
    const written = await get(path, source.key, 'PATCH', JSON.stringify({ data: { attributes: { name: 'Third' } } }));
    const after = { 'connect-transaction': written.headers['connect-transaction'] };
    const timed = async (promise) => {
      const began = Date.now();
      const answer = await promise;
      return { ...answer, seconds: (Date.now() - began) / 1000 };
    };
    const read = (key) => timed(get(path, key, 'GET', undefined, after));
    assert.equal(JSON.parse((await get(path, source.key)).text).data.attributes.name, null, 'without the header it is stale');

    // one wait for each organization
    const first = read(source.key);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await read(source.key);
    assert.deepEqual([second.status, second.headers['retry-after']], [503, '1']);
    assert.ok(second.seconds < 2, `the second took ${second.seconds} s`);
    // and two in all: partners that the standby knows
    const another = read(destination.key);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const full = await read(third.key);
    assert.ok(full.status === 503 && full.seconds < 2, `${full.status} after ${full.seconds} s`);
    assert.ok((await another).seconds > 4.5);
    const late = await first;
    assert.equal(late.status, 503);
    assert.ok(late.seconds > 4.5 && late.seconds < 7, `the wait took ${late.seconds} s`);

    const waiting = read(source.key);
    setTimeout(() => ask(standbyPort, 'SELECT pg_wal_replay_resume()'), 1000);
    const served = await waiting;
    assert.equal(served.status, 200);
    assert.ok(served.seconds > 0.5, `it took ${served.seconds} s`);
    assert.equal(JSON.parse(served.text).data.attributes.name, 'Third');
    assert.ok((await read(source.key)).seconds < 2, 'what is there is not waited for');
    assert.equal((await get(path, source.key, 'GET', undefined, { 'connect-transaction': 'x' })).status, 400);
  });

  await t.test('a read that names a revocation is never stale', async () => {
    const connection = await createActive(source, await organization());
    caughtUp();
    for (let i = 0; i < 20; i++) {
      const action = i % 2 ? 'reactivate' : 'deactivate';
      const written = await get(`${root}/${connection.id}/${action}`, source.key, 'POST');
      assert.equal(written.status, 200, written.text);
      const answer = await get(`${root}/${connection.id}`, source.key, 'GET', undefined, { 'connect-transaction': written.headers['connect-transaction'] });
      assert.equal(JSON.parse(answer.text).data.attributes.status, i % 2 ? 'pending' : 'inactive');
    }
  });

  await t.test('the same in SQL', async () => {
    const next = await sql('SELECT pg_current_xact_id()');
    caughtUp();
    assert.equal(ask(standbyPort, `SELECT connect.wait_for_transaction('${next}')`), 't');
    ask(standbyPort, 'SELECT pg_wal_replay_pause()');
    const later = await sql(`SELECT connect.register_organization('org_later', 'Later') IS NULL, pg_current_xact_id()`);
    const id = later.split('|')[1];
    assert.equal(ask(standbyPort, `SELECT connect.wait_for_transaction('${id}', '100 ms')`), 'f');
    setTimeout(() => ask(standbyPort, 'SELECT pg_wal_replay_resume()'), 500);
    const child = spawn(join(bin, 'psql'), ['-XAtq', `host=${folder} port=${standbyPort} user=postgres dbname=connect`,
      '-c', `SELECT connect.wait_for_transaction('${id}', '20 s')`, '-c', "SELECT name FROM connect.organization WHERE id = 'org_later'"], { uid, gid });
    let printed = '';
    child.stdout.on('data', (data) => (printed += data));
    await new Promise((resolve) => child.once('close', resolve));
    assert.equal(printed, 't\nLater\n');
    assert.throws(() => ask(standbyPort, `BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT connect.wait_for_transaction('${id}')`), /snapshot that stays/);
  });

  await t.test('a refusal is worded there too', async () => {
    assert.equal((await get(`${root}/cxn_none`, source.key)).status, 404);
    assert.equal((await get(root)).status, 401);
    assert.equal((await get(`${root}?page%5Bsize%5D=0`, source.key)).status, 400);
  });

  await t.test('every kind of answer asks for TLS from then on', async () => {
    for (const [path, key] of [[root, source.key], [root, undefined], ['/nowhere', undefined], ['/openapi.json', undefined], ['/connect/connections', undefined], ['/dashboard/main.js', undefined]]) {
      const answer = await get(path, key);
      assert.equal(answer.headers['strict-transport-security'], 'max-age=31536000', `${path} ${answer.status}`);
    }
  });
});

test('pgbouncer in transaction mode', async (t) => {
  const [bouncerPort, port] = [await freePort(), await freePort()];
  const organizations = await Promise.all(Array.from({ length: 4 }, organization));
  const primary = new URL(process.env.CONNECT_PGURL);
  const ini = write('pgbouncer.ini', `[databases]
connect = host=${decodeURIComponent(primary.hostname)} port=${primary.port} dbname=connect
[pgbouncer]
listen_addr =
listen_port = ${bouncerPort}
unix_socket_dir = ${folder}
auth_type = trust
auth_file = ${write('users.txt', '"connect_authenticator" ""\n"postgres" ""\n')}
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
`);
  await start('/usr/sbin/pgbouncer', [ini], async () => ask(bouncerPort, 'SELECT 1') === '1');
  const postgrest = await startPostgrest(bouncerPort, bouncerLines);
  await startNginx(port, (files) => {
    replace(files, 'nginx.conf', `listen ${new URL(process.env.CONNECT_URL).host};`, `listen 127.0.0.1:${port};`);
    replace(files, 'nginx.conf', /127\.0\.0\.1:\d+(?= max_fails=0)/, `127.0.0.1:${postgrest.port}`);
  });
  const stack = { CONNECT_URL: `http://127.0.0.1:${port}` };

  await t.test('everybody is who they are, whoever had the connection before', async () => {
    const ask50 = async (who, i) => {
      for (let n = 0; n < 50; n++) {
        const answer = await call('GET', n % 2 ? root : '/api/v1/connect/organization', { key: who.key, stack });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.headers.get('persona-organization-id'), who.id);
        if (n % 2 === 0) assert.equal(answer.json.data.id, who.id);
        // an error's status and headers must not show in another one's answer
        if (n % 7 === i) assert.equal((await call('GET', `${root}/cxn_none`, { key: who.key, stack })).status, 404);
      }
    };
    await Promise.all(organizations.flatMap((who, i) => [ask50(who, i), ask50(who, i + 1)]));
    assert.equal((await call('GET', root, { stack })).status, 401);
  });

  await t.test('one key makes one Connection, and its steps go on', async () => {
    const [a, b] = organizations;
    const send = () => call('POST', root, { key: a.key, stack, headers: { 'Idempotency-Key': key },
      body: { data: { attributes: { 'destination-organization-id': b.id } } } });
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, send));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]));
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    const { id } = answers[0].json.data;
    assert.equal((await call('POST', `${root}/${id}/activate`, { key: a.key, stack })).status, 403);
    assert.equal((await call('POST', `${root}/${id}/activate`, { key: b.key, stack })).status, 200);
    assert.equal(await sql(`SELECT string_agg(action || ' ' || actor_organization_id, ', ' ORDER BY id) FROM connect.event WHERE connection_id = '${id}'`),
      `create ${a.id}, activate ${b.id}`);
  });

  await t.test('SIGUSR1 tells of a new function', async () => {
    const address = `http://127.0.0.1:${postgrest.port}/rpc/test_new_function`;
    await sql(`CREATE FUNCTION connect_api.test_new_function() RETURNS json LANGUAGE sql STABLE AS $$ SELECT '{}'::json $$;
      GRANT EXECUTE ON FUNCTION connect_api.test_new_function() TO connect_http`);
    try {
      assert.equal((await fetch(address)).status, 404);
      postgrest.child.kill('SIGUSR1');
      for (let i = 0; i < 100 && (await fetch(address)).status !== 200; i++) await new Promise((resolve) => setTimeout(resolve, 100));
      assert.equal((await fetch(address)).status, 200);
    } finally {
      await sql('DROP FUNCTION connect_api.test_new_function()');
    }
  });

  await t.test('a revocation holds from the next request on', async () => {
    const connection = await createActive(organizations[2], organizations[3]);
    await call('POST', `${root}/${connection.id}/deactivate`, { key: organizations[3].key, stack });
    const answer = await call('GET', `${root}/${connection.id}`, { key: organizations[2].key, stack });
    assert.equal(answer.json.data.attributes.status, 'inactive');
  });
});
