// JWTs instead of keys.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { before, test } from "node:test";
import { API, request } from "./client.mjs";
import { organization, shared } from "./stack.mjs";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const now = Math.floor(Date.now() / 1000);
let own;

function sign(claims, { secret = shared.CONNECT_JWT_SECRET, header = { alg: "HS256", typ: "JWT" }, hash = "sha256" } = {}) {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac(hash, secret).update(signed).digest("base64url")}`;
}

const ask = (key) => request("GET", `${API}/organization`, { key });

before(() => {
  own = organization("jwt");
});

test("a JWT acts for the organization that it names", async () => {
  const answer = await ask(sign({ organization_id: own.id, sub: "user_1", exp: now + 60 }));
  assert.deepEqual([answer.status, answer.json.data.id], [200, own.id]);
});

test("its subject is the creator, a user", async () => {
  const partner = organization("jwt_partner");
  const answer = await request("POST", `${API}/connections`, {
    key: sign({ organization_id: own.id, sub: "user_1", exp: now + 60 }),
    body: { data: { attributes: { "destination-organization-id": partner.id } } },
  });
  assert.equal(answer.status, 201, answer.text);
  assert.deepEqual(answer.json.data.relationships.creator.data, { type: "user", id: "user_1" });
});

test("every bad one is 401, in the same words as no token at all", async () => {
  const good = { organization_id: own.id, sub: "user_1", exp: now + 60 };
  const [head, body, signature] = sign(good).split(".");
  const { text } = await request("GET", `${API}/organization`);
  for (const [what, token] of Object.entries({
    expired: sign({ ...good, exp: now - 60 }),
    "not yet valid": sign({ ...good, nbf: now + 3600 }),
    "wrong secret": sign(good, { secret: "0".repeat(64) }),
    "other claims under the same signature": `${head}.${part({ ...good, organization_id: "org_ABC123" })}.${signature}`,
    "cut signature": `${head}.${body}.${signature.slice(0, -4)}`,
    "no signature": `${head}.${body}.`,
    "alg none": `${part({ alg: "none", typ: "JWT" })}.${body}.`,
    "alg none with a signature": sign(good, { header: { alg: "none", typ: "JWT" } }),
    "another algorithm than the header says": sign(good, { hash: "sha512" }),
    "no organization": sign({ sub: "user_1", exp: now + 60 }),
    "unknown organization": sign({ ...good, organization_id: "org_nobody" }),
    "organizations that are no texts": sign({ ...good, organization_id: [own.id, 5] }),
    "no organizations": sign({ ...good, organization_id: [] }),
    "several organizations and no choice": sign({ ...good, organization_id: [own.id, "org_ABC123"] }),
    "made for somebody else": sign({ ...good, aud: "another service" }),
    "organization null": sign({ ...good, organization_id: null }),
    "claims that are no object": sign([own.id]),
    "no JSON": "aaaa.bbbb.cccc",
    "five parts": `${head}.${body}.${signature}.${body}.${signature}`,
  })) {
    const answer = await ask(token);
    assert.deepEqual([answer.status, answer.text], [401, text], what);
  }
});

test("of several organizations a header chooses one of the token's", async () => {
  const partner = organization("jwt_other");
  const key = sign({ organization_id: [own.id, partner.id], sub: "user_1", aud: "connect", exp: now + 60 });
  const choose = async (choice, token = key) => {
    const answer = await request("GET", `${API}/organization`, { key: token, headers: { "connect-organization-id": choice } });
    return answer.json.data?.id ?? answer.status;
  };
  assert.equal(await choose(own.id), own.id);
  assert.equal(await choose(partner.id), partner.id);
  for (const other of ["org_ABC123", "no id!", "?", `${own.id},${partner.id}`, own.id.toUpperCase()]) assert.equal(await choose(other), 401, other);
  // nor does the header that nginx makes of it get through
  const forged = await request("GET", `${API}/organization`, { key, headers: { "x-connect-organization-id": own.id } });
  assert.equal(forged.status, 401);
  const single = sign({ organization_id: own.id, exp: now + 60 });
  assert.equal(await choose(own.id, single), own.id);
  assert.equal(await choose(partner.id, single), 401);
  assert.equal(await choose("no id!", single), 401);
});

// The one exception from our shape of errors: a token that our own side has signed wrongly.
test("a role that a JWT asks for is not given", async () => {
  for (const role of ["postgres", "connect_owner", "connect_authenticator", "regress_connect_nobody"]) {
    const answer = await request("GET", `${API}/organization`, {
      key: sign({ organization_id: own.id, exp: now + 60, role }), unchecked: true,
    });
    const expected = role === "regress_connect_nobody" ? [400, "22023"] : [403, "42501"];
    assert.deepEqual([answer.status, answer.json.code], expected, role);
    assert.ok(!answer.text.includes(own.id), role);
  }
});
