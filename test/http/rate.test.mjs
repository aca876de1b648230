// CONNECT_RATE: how often a caller may ask.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";
import { API, request } from "./client.mjs";
import { organization, startStack } from "./stack.mjs";

const LIMIT = 10;
let stack;

before(async () => {
  stack = await startStack({ CONNECT_RATE: `${LIMIT}r/m` });
});
after(() => stack?.stop());

const many = (count, options, method = "GET", path = `${API}/scopes`) =>
  Promise.all(Array.from({ length: count }, () => request(method, path, { stack, ...options })));
const count = (answers, status) => answers.filter((answer) => answer.status === status).length;

test("a caller may ask as often as the limit, and one more, then 429", async () => {
  const answers = await many(3 * LIMIT, { key: stack.KEY_ORG_ABC123 });
  const served = count(answers, 200);
  // A token comes back every six seconds.
  assert.ok(served > LIMIT && served <= LIMIT + 3, `${served} were served`);
  assert.equal(count(answers, 429), 3 * LIMIT - served);
  for (const answer of answers) {
    assert.equal(answer.headers["ratelimit-limit"], String(LIMIT));
    assert.equal(answer.headers["ratelimit-policy"], `${LIMIT};w=60`);
    // nginx counts 166 thousandths of a request a second: one comes back after 6.02 s
    if (answer.status === 429) assert.equal(answer.headers["retry-after"], "7");
  }
});

test("after Retry-After a request passes", async () => {
  const key = stack.KEY_ORG_DEF456;
  const used = await many(LIMIT + 5, { key });
  const { headers } = used.find(({ status }) => status === 429);
  await new Promise((resolve) => setTimeout(resolve, Number(headers["retry-after"]) * 1000));
  assert.equal((await request("GET", `${API}/scopes`, { stack, key })).status, 200);
});

test("one budget a credential, however its header spells it", async () => {
  const other = organization("spelled", "{read}", stack);
  const spellings = Array.from({ length: 3 * LIMIT }, (_, i) => `${i % 2 ? "bearer" : "BeArEr"}${" ".repeat(1 + i)}${other.key}${" ".repeat(i % 3)}`);
  const answers = await Promise.all(spellings.map((authorization) => request("GET", `${API}/scopes`, { stack, headers: { authorization } })));
  const served = count(answers, 200);
  assert.ok(served > LIMIT && served <= LIMIT + 3, `${served} were served`);
});

test("one budget a JWT, however its signature is written", async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ organization_id: "org_XYZ789", sub: "usr_1", exp: Math.floor(Date.now() / 1000) + 600 })}`;
  const signature = createHmac("sha256", stack.CONNECT_JWT_SECRET).update(signed).digest("base64url");
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const answers = await Promise.all(Array.from({ length: 3 * LIMIT }, (_, i) => request("GET", `${API}/scopes`, { stack,
    key: `${signed}.${i ? signature.slice(0, -1) + letters[i] : signature}` })));
  assert.ok(count(answers, 200) + count(answers, 401) <= LIMIT + 3, "they share one");
});

test("429 in the closed shape, before the media types are looked at", async () => {
  // More than one, for a token may have come back meanwhile.
  const answers = await many(LIMIT, {
    key: stack.KEY_ORG_ABC123, body: "{}", headers: { "persona-version": "2025-12-08", "content-type": "text/plain" },
  }, "POST", `${API}/connections`);
  const answer = answers.find(({ status }) => status === 429);
  assert.equal(answer.json.errors[0].title, "Rate limit exceeded");
});

test("404 and 405 come before 429", async () => {
  const answers = await many(LIMIT, { key: stack.KEY_ORG_ABC123 }, "GET", `${API}/nothing`);
  assert.equal(count(answers, 404), LIMIT);
  assert.equal(count(await many(LIMIT, { key: stack.KEY_ORG_ABC123 }, "DELETE"), 405), LIMIT);
});

test("wrong credentials are bounded by the budget of their address, and it holds up nobody else", async () => {
  const own = await startStack({ CONNECT_RATE: `${LIMIT}r/m`, CONNECT_ADDRESS_RATE: "40r/m" });
  try {
    const answers = await Promise.all(Array.from({ length: 120 }, (_, i) => request("GET", `${API}/scopes`, { stack: own, key: `wrong_${i}` })));
    const judged = count(answers, 401);
    assert.ok(judged > 40 && judged < 50, `${judged} were looked up`);
    assert.equal(count(answers, 429), 120 - judged);
    // the longer of the two
    assert.equal(answers.find(({ status }) => status === 429).headers["retry-after"], "7");
  } finally {
    await own.stop();
  }
});

test("what is no credential is its address's", async () => {
  const answers = await Promise.all(Array.from({ length: 3 * LIMIT }, (_, i) => request("GET", `${API}/scopes`, { stack,
    headers: { authorization: `Basic ${i}` } })));
  assert.ok(count(answers, 401) <= LIMIT + 3);
});

test("other callers are not held up, and nobody at one address is one caller", async () => {
  const another = organization("another", "{read}", stack);
  assert.equal(count(await many(LIMIT, { key: another.key }), 200), LIMIT);
  const nobody = await many(2 * LIMIT, {});
  assert.ok(count(nobody, 429) > 0);
  for (const answer of nobody) {
    if (answer.status === 401) assert.equal(answer.headers["ratelimit-limit"], undefined);
  }
});
