// postgrest.mjs: a PostgREST of a suite's own, beside the stack's: with another login, secret or schema.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './stack.mjs';

const [uid, gid] = ['-u', '-g'].map((option) => Number(execFileSync('id', [option, 'postgres'])));

// Starts one that is configured as the stack's but for these lines, a value by name. files are written beside
// its configuration, where FOLDER stands for their folder. stop() ends it.
export async function startPostgrest(lines, files = {}, work = process.env.CONNECT_WORK) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'connect-postgrest-'));
  const write = (name, text) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    chownSync(join(folder, name), uid, gid);
  };
  chownSync(folder, uid, gid);
  for (const [name, text] of Object.entries(files)) write(name, text);
  let text = readFileSync(join(work, 'postgrest.conf'), 'utf8');
  for (const [name, value] of Object.entries({ ...lines, 'server-port': port })) {
    const line = `${name} = ${JSON.stringify(value).replaceAll('FOLDER', folder)}`;
    const old = new RegExp(`^${name} = .*$`, 'm');
    text = old.test(text) ? text.replace(old, () => line) : `${text}\n${line}\n`;
  }
  write('postgrest.conf', text);
  const child = spawn(join(work, 'postgrest'), [join(folder, 'postgrest.conf')], { uid, gid, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (data) => (log += data));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    const closed = new Promise((resolve) => child.exitCode !== null ? resolve() : child.once('close', resolve));
    child.kill();
    await closed;
    rmSync(folder, { recursive: true, force: true });
  };
  for (let i = 0; i < 300; i++) {
    // 503 until it has read the schema
    if (await fetch(url).then(({ status }) => status === 404, () => false)) return { url, stop };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`PostgREST did not start:\n${log}`);
}

// The address of the stack's database for a login.
export const databaseUrl = (login) => process.env.CONNECT_PGURL.replace('postgres@', `${login}@`);
