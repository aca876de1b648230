// The recipes of doc/http.md for identity providers, each with tokens of the shape that the provider publishes.
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { sql } from './connections.mjs';
import { databaseUrl, startPostgrest } from './postgrest.mjs';

const page = readFileSync(new URL('../../doc/http.md', import.meta.url), 'utf8');
const now = Math.floor(Date.now() / 1000);
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS256' }] });
const shared = 'the secret of a project, which is long enough for HS256';

const rs256 = (claims) => {
  const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })}.${part(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
};
const hs256 = (claims) => {
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', shared).update(signed).digest('base64url')}`;
};

// The row of a provider: the path of its claim, and what PostgREST is told.
function recipe(provider) {
  const [, row] = page.match(new RegExp(`^\\| ${provider}[^|]*\\|(.*)\\|$`, 'm')) ?? assert.fail(`no recipe for ${provider}`);
  const cells = row.split('|').map((cell) => cell.trim());
  const [, path] = cells[1].match(/^`'(\{.*\})'`$/);
  return { path, lines: Object.fromEntries([...cells[2].matchAll(/`([a-z-]+) = "([^"]*)"`/g)].map(([, name, value]) => [name, value])) };
}

const [a, b] = [`org_${randomUUID().slice(0, 8)}`, randomUUID()];
await sql(`SELECT connect.register_organization('${a}', 'A'), connect.register_organization('${b}', 'B')`);
const logins = [];
const servers = [];
after(async () => {
  for (const server of servers) await server.stop();
  for (const login of logins) await sql(`SELECT connect.distrust_gateway('${login}'); DROP OWNED BY ${login}; DROP ROLE ${login}`);
});

// Sets a login and a PostgREST up by the recipe; who() tells for whom a token acts.
async function setUp(provider, sign) {
  const { path, lines } = recipe(provider);
  const login = `test_${provider.toLowerCase()}`;
  await sql(`CREATE ROLE ${login} LOGIN NOINHERIT IN ROLE connect_http; SELECT connect.trust_gateway('${login}', '${path}')`);
  logins.push(login);
  const secret = sign === rs256 ? '@FOLDER/jwks.json' : shared;
  const server = await startPostgrest({ 'jwt-aud': 'nobody', ...lines, 'jwt-secret': secret, 'db-uri': databaseUrl(login) }, { 'jwks.json': jwks });
  servers.push(server);
  return async (claims, headers = {}) => {
    const answer = await fetch(`${server.url}/rpc/get_organization`, { headers: { Authorization: `Bearer ${sign(claims)}`, ...headers } });
    const document = await answer.json();
    return document.data?.id ?? answer.status;
  };
}

test('Auth0', async () => {
  const who = await setUp('Auth0', rs256);
  const claims = {
    iss: 'https://acme.eu.auth0.com/', sub: 'auth0|602c0dafc5a0a1a3d2a1b111', aud: ['https://api.acme.example', 'https://acme.eu.auth0.com/userinfo'],
    iat: now, exp: now + 86400, azp: 'aZpClientIdOfTheApplication', scope: 'openid profile email', org_id: a, permissions: [],
  };
  assert.equal(await who(claims), a);
  assert.equal(await who({ ...claims, aud: 'https://api.acme.example' }), a);
  assert.equal(await who({ ...claims, aud: 'https://other.example' }), 401);
  assert.equal(await who({ ...claims, org_id: undefined }), 401);
  assert.equal(await who({ ...claims, exp: now - 31 }), 401);
  assert.equal(await who({ ...claims, exp: now - 5 }), a, 'the leeway of 30 seconds');
});

test('Clerk', async () => {
  const who = await setUp('Clerk', rs256);
  const claims = {
    azp: 'https://app.acme.example', exp: now + 60, fva: [7, -1], iat: now, iss: 'https://clerk.acme.example', jti: '10db7f531a90cb2faea4',
    nbf: now - 10, sid: 'sess_123', sts: 'active', sub: 'user_123', v: 2, pla: 'u:free,o:pro', fea: 'o:dashboard,o:teams',
    o: { id: a, slg: 'acme', rol: 'admin', per: 'manage,read', fpm: '3,2' },
  };
  assert.equal(await who(claims), a);
  assert.equal(await who({ ...claims, o: undefined }), 401);
  assert.equal(await who({ ...claims, aud: 'another service' }), 401);
});

test('Keycloak', async () => {
  const who = await setUp('Keycloak', rs256);
  const claims = {
    exp: now + 300, iat: now, jti: 'onrtac:2e3f0c1a', iss: 'https://id.acme.example/realms/acme', aud: ['connect', 'account'], sub: randomUUID(),
    typ: 'Bearer', azp: 'app', sid: randomUUID(), acr: '1', 'allowed-origins': ['https://app.acme.example'],
    realm_access: { roles: ['offline_access', 'default-roles-acme', 'uma_authorization'] },
    resource_access: { account: { roles: ['manage-account'] } }, scope: 'openid organization:* profile',
    organization: { acme: { id: b } }, preferred_username: 'jane', email: 'jane@acme.example',
  };
  assert.equal(await who(claims), b);
  assert.equal(await who({ ...claims, aud: 'account' }), 401);
  assert.equal(await who({ ...claims, organization: ['acme'] }), 401, 'without the ids');
  const two = { ...claims, organization: { acme: { id: b }, beta: { id: a } } };
  assert.equal(await who(two), 401);
  assert.equal(await who(two, { 'X-Connect-Organization-Id': a }), a);
  assert.equal(await who(two, { 'X-Connect-Organization-Id': 'org_ABC123' }), 401);
});

test('Supabase', async () => {
  const who = await setUp('Supabase', hs256);
  const claims = {
    iss: 'https://project-ref.supabase.co/auth/v1', aud: 'authenticated', exp: now + 3600, iat: now, sub: randomUUID(), role: 'authenticated',
    aal: 'aal1', session_id: randomUUID(), email: 'jane@acme.example', phone: '', is_anonymous: false,
    app_metadata: { provider: 'email', providers: ['email'], organization_id: a }, user_metadata: { organization_id: b },
    amr: [{ method: 'password', timestamp: now }],
  };
  assert.equal(await who(claims), a);
  assert.equal(await who({ ...claims, app_metadata: { provider: 'email' } }), 401, 'what users write themselves counts for nothing');
  assert.equal(await who({ ...claims, role: 'service_role' }), a, 'the role is none of the database');
  assert.equal(await who({ ...claims, aud: 'anon' }), 401);
});
