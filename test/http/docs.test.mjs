// Runs the examples of doc/http.md in order, in one shell, and compares what
// they print with what the page shows: a block of sh, and the block behind it.
// With WRITE_DOCS=1 it puts what they print into the page. Of doc/policies.md, whose SQL
// test/docs/examples.py runs, the blocks of console: $ and > begin what is typed.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { forgetOffers, sql } from './connections.mjs';
import { freePort } from './stack.mjs';

const page = new URL('../../doc/http.md', import.meta.url);
const marker = '===== end of an example =====';

// What differs from run to run.
const mask = (text) => text
  .replace(/\b(cxn|evt|api|cnst)_[0-9a-z]{26}\b/g, '$1_...')
  .replace(/\bconnect_[\w-]{43}/g, 'connect_...')
  .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
  .replaceAll('\r', '')
  .trim();

test('doc/http.md shows what its examples print', async () => {
  const text = await readFile(page, 'utf8');
  const examples = [...text.matchAll(/```sh\n(.*?)```\n(?:```(?:json|text)\n(.*?)```)?/gs)];
  const script = examples.map(([, commands]) => `${commands}\necho '${marker}'`).join('\n');
  const folder = await mkdtemp(join(tmpdir(), 'connect-docs-'));

  // the page begins with organizations that have no Connections
  await forgetOffers('org_ABC123');
  try {
    const { stdout } = await promisify(execFile)('bash', ['-e', '-c', script], { cwd: folder, env: process.env });
    const printed = stdout.split(`${marker}\n`).slice(0, -1);
    assert.equal(printed.length, examples.length);
    if (process.env.WRITE_DOCS) {
      let i = 0;
      await writeFile(page, text.replace(/(```sh\n.*?```\n)(?:(```(?:json|text)\n).*?(```))?/gs, (all, sh, open, close) => {
        const output = printed[i++];
        return open ? `${sh}${open}${output.replaceAll('\r', '')}${close}` : all;
      }));
      return;
    }
    examples.forEach(([, commands, shown = ''], i) => assert.equal(mask(printed[i]), mask(shown), commands));
  } finally {
    await sql(`SET client_min_messages = warning; SET session_replication_role = replica;
      DELETE FROM connect.share_token WHERE kind = 'ticket'; DELETE FROM connect.share_kind WHERE name = 'ticket';
      DROP TABLE IF EXISTS ticket; DROP FUNCTION IF EXISTS hand_over_ticket`).catch(() => {});
    await rm(folder, { recursive: true });
  }
});

// Lines as they are compared: PostgREST leaves a blank behind each row but the last.
const lines = (text) => text.split('\n').map((line) => line.trimEnd()).join('\n').trim();

test('doc/policies.md shows what a client of a shared table sees, until it is shared no more', async () => {
  const text = await readFile(new URL('../../doc/policies.md', import.meta.url), 'utf8');
  const typed = [...text.matchAll(/```console\n(.*?)```/gs)].flatMap(([, block]) => block.split(/^(?=\$ )/m)).map((part) => {
    const [, command, shown] = part.match(/^\$ ((?:.*\n)(?:> .*\n)*)([^]*)$/);
    return { command: command.replace(/^> /gm, ''), shown };
  });
  assert.ok(typed.length > 10);
  const script = `exec 2>&1\ntrap 'kill $postgrest' EXIT\n${typed.map(({ command }) => `${command}echo '${marker}'\n`).join('')}`;
  const folder = await mkdtemp(join(tmpdir(), 'connect-docs-'));

  await forgetOffers('org_ABC123');
  try {
    const { stdout } = await promisify(execFile)('bash', ['-c', script], {
      cwd: folder, env: { ...process.env, port: String(await freePort()) }, timeout: 240_000,
    }).catch((error) => error);
    const printed = stdout.split(`${marker}\n`);
    typed.forEach(({ command, shown }, i) => assert.equal(lines(printed[i] ?? ''), lines(shown), command));
  } finally {
    // its own failure, where the page did not come so far, would hide what it stumbled over
    await sql('SET client_min_messages = warning; DROP SCHEMA IF EXISTS app CASCADE; DROP OWNED BY web; DROP ROLE web').catch(() => {});
    await rm(folder, { recursive: true });
  }
});
