// The contract serves the tools that people use: linters find nothing, and a client generated from it compiles
// under --strict and does the whole story.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { createActive, organization } from './connections.mjs';
import { sql } from './stack.mjs';

const inTree = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const contracts = { api: inTree('http/openapi.json'), persona: inTree('http/openapi-persona.json') };
const run = promisify(execFile);
let folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connect-generated-'));
});
after(() => rm(folder, { recursive: true }));

for (const [name, file] of Object.entries(contracts)) {
  test(`the recommended rules of redocly find nothing: ${name}`, async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: await readFile(file, 'utf8'), absoluteRef: file, config });
    assert.deepEqual(problems.map(({ severity, ruleId, message }) => `${severity} ${ruleId}: ${message}`), []);
  });

  test(`the recommended rules of spectral find nothing: ${name}`, async () => {
    const linter = new spectral.Spectral();
    linter.setRuleset({ extends: [[rulesets.oas, 'recommended']] });
    const problems = await linter.run(await readFile(file, 'utf8'));
    assert.deepEqual(problems.map(({ code, message, path }) => `${code}: ${message} ${path.join('/')}`), []);
  });
}

test('no answer is a union of shapes', async () => {
  for (const file of Object.values(contracts)) {
    assert.doesNotMatch(await readFile(file, 'utf8'), /"(anyOf|oneOf)"/, file);
  }
  assert.doesNotMatch(await readFile(contracts.api, 'utf8'), /"[^"]*schemas\/Persona/);
});

test('a generated client compiles under --strict and does the whole story', async () => {
  const bin = (name) => inTree(`node_modules/.bin/${name}`);
  await symlink(inTree('node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  for (const [name, file] of Object.entries(contracts)) await run(bin('openapi-typescript'), [file, '-o', join(folder, `${name}.d.ts`)]);
  const programs = ['story.ts', 'closed.ts', 'tokens.ts', 'closed_tokens.ts'];
  for (const name of programs) await copyFile(inTree(`test/http/generated/${name}`), join(folder, name));
  await run(bin('tsc'), ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--target', 'es2022',
    '--lib', 'es2022,dom,dom.iterable', '--module', 'nodenext', ...programs], { cwd: folder })
    .catch((error) => assert.fail(error.stdout));

  const [source, destination] = await Promise.all([organization(), organization()]);
  const env = { ...process.env, KEY_SOURCE: source.key, KEY_DESTINATION: destination.key };
  const { stdout } = await run('node', ['story.js'], { cwd: folder, env });
  assert.equal(stdout, `partner: Test ${destination.id}
scopes: account.read inquiry.read verification.read
offered: pending, Story, account.read, outbound, deactivate update
refused: 403 wrong_party, Only the destination organization may activate a connection.
waiting: 1, next page: none
accepted: active, Story, account.read, inbound, deactivate
renamed: active, Renamed, account.read, outbound, deactivate update
too late: 412 precondition_failed
ended: inactive, Renamed, account.read, inbound, 
offered again: pending, Renamed, account.read, outbound, deactivate update
history: reactivate pending, deactivate inactive, update active, activate active, create pending
last: reactivate
`);
  assert.equal((await run('node', ['closed.js'], { cwd: folder, env })).stdout, 'pending api-key\nRecord not found\n');
});

test('the same client hands a row over, once', async () => {
  sql(`CREATE SCHEMA generated;
    CREATE TABLE generated.paper (id text PRIMARY KEY, organization_id text NOT NULL);
    CREATE FUNCTION generated.redeem(source_id text, source_organization_id text, destination_organization_id text,
      destination_id text, options jsonb) RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
      INSERT INTO generated.paper VALUES (coalesce($4, 'pap_' || gen_random_uuid()), $3) RETURNING id $$;
    SELECT connect.share_rows('paper', 'generated.paper', 'organization_id', 'id', 'account.read', 'pap',
      'generated.redeem(text,text,text,text,jsonb)')`);
  const [source, destination] = await Promise.all([organization(), organization()]);
  const connection = await createActive(source, destination);
  sql(`INSERT INTO generated.paper VALUES ('pap_1', '${source.id}')`);
  const env = {
    ...process.env, KEY_SOURCE: source.key, KEY_DESTINATION: destination.key, CONNECTION: connection.id, SOURCE_ID: 'pap_1',
    DESTINATION_ID: 'pap_mine',
  };
  assert.equal((await run('node', ['tokens.js'], { cwd: folder, env })).stdout, `made: created, outbound, paper, expire
asked again: the same
waiting: 1, next page: none
seen: created, inbound, paper, expire redeem
its source: not told
refused: 403 wrong_party
redeemed: redeemed, inbound, paper, 
into: pap_mine, hydrate
again: 409 share_token_not_created
ended: expired, inbound, paper, 
invalid: 422 expires_in_invalid
history: expire expired, create created, complete redeemed, redeem pending, create created
`);
  assert.equal((await run('node', ['closed_tokens.js'], { cwd: folder, env })).stdout, `connect/share-token created outbound null
14 days
true null data links
connection creator source
202 redeemed clone
200 expired
409 Conflict
`);
});
