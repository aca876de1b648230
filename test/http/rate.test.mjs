// CONNECT_RATE: how often a caller may ask.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { API, request } from "./client.mjs";
import { startStack } from "./stack.mjs";

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
    if (answer.status === 429) assert.equal(answer.headers["retry-after"], "1");
  }
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

test("other callers are not held up, and nobody at one address is one caller", async () => {
  assert.equal(count(await many(LIMIT, { key: stack.KEY_ORG_DEF456 }), 200), LIMIT);
  const nobody = await many(2 * LIMIT, {});
  assert.ok(count(nobody, 401) > LIMIT && count(nobody, 429) > 0);
  for (const answer of nobody) {
    if (answer.status === 401) assert.equal(answer.headers["ratelimit-limit"], undefined);
  }
});
