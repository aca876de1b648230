// Nothing that a client sends makes it somebody else, or shows in somebody else's answer.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { API, raw, request } from "./client.mjs";
import { organization, sql } from "./stack.mjs";

let own, other, id, otherId;

before(async () => {
  own = organization("forger");
  other = organization("victim");
  const third = organization("third");
  const create = async (key, to) =>
    (await request("POST", `${API}/connections`, { key, body: { data: { attributes: { "destination-organization-id": to } } } })).json.data.id;
  id = await create(own.key, third.id);
  otherId = await create(other.key, third.id);
});

const whoAmI = async (headers, key) => {
  const answer = await request("GET", `${API}/organization`, { key, headers });
  return answer.status === 200 ? answer.json.data.id : answer.status;
};

test("headers that nginx sets cannot be sent", async () => {
  const forged = {
    "x-connect-api-key": other.key, "x_connect_api_key": other.key, "x-connect-id": otherId, "x-connect-query": "page[size]=1000",
    "x-connect-request-id": "forged", "x-connect-accept": "jsonapi", "x-forwarded-for": "10.0.0.1", "x-original-uri": "/rpc/list_events",
    "x-http-method-override": "DELETE", "x-accel-redirect": "/errors/own/404.json",
  };
  assert.equal(await whoAmI(forged), 401);
  assert.equal(await whoAmI(forged, own.key), own.id);
  assert.equal(await whoAmI(forged, "wrong"), 401);
  const get = await request("GET", `${API}/connections/${id}`, { key: own.key, headers: forged });
  assert.equal(get.json.data.id, id);
  const list = await request("GET", `${API}/connections`, { key: own.key, headers: forged });
  assert.deepEqual([list.status, list.json.data.map((connection) => connection.id)], [200, [id]]);
  const patch = await request("PATCH", `${API}/connections/${id}`, {
    key: own.key, headers: forged, body: { data: { attributes: { name: "Forged" } } },
  });
  assert.notEqual(patch.headers["request-id"], "forged");
  assert.equal(sql(`SELECT request_id FROM connect.event WHERE connection_id = '${id}' ORDER BY id DESC LIMIT 1`), patch.headers["request-id"]);
});

test("settings, claims and roles cannot be sent", async () => {
  const claims = JSON.stringify({ organization_id: other.id, role: "postgres" });
  const headers = {
    "request.jwt.claims": claims, "request-jwt-claims": claims, role: "postgres", "x-role": "postgres", cookie: `organization_id=${other.id}`,
    "proxy-authorization": `Bearer ${other.key}`, "x-api-key": other.key, "persona-organization-id": other.id, apikey: other.key,
  };
  assert.equal(await whoAmI(headers), 401);
  assert.equal(await whoAmI(headers, own.key), own.id);
});

test("what PostgREST would obey does nothing", async () => {
  const headers = {
    prefer: "tx=rollback, count=exact, return=minimal, params=single-object, handling=strict", range: "0-0", "range-unit": "items",
    "accept-profile": "connect", "content-profile": "connect", accept: "application/vnd.pgrst.object+json", "content-range": "0-0/*",
    "if-none-match": "*", "if-modified-since": "Mon, 23 Nov 2099 00:00:00 GMT", origin: "https://a.example", expect: "",
  };
  const plain = await request("GET", `${API}/connections`, { key: own.key });
  const dressed = await request("GET", `${API}/connections`, { key: own.key, headers });
  assert.deepEqual([dressed.status, dressed.text], [200, plain.text]);
  const patch = await request("PATCH", `${API}/connections/${id}`, {
    key: own.key, headers, body: { data: { attributes: { name: "Not rolled back" } } },
  });
  assert.equal(patch.status, 200);
  assert.equal(sql(`SELECT name FROM connect.connection WHERE id = '${id}'`), "Not rolled back");
});

test("query arguments that PostgREST would obey are refused by the handlers", async () => {
  for (const query of ["limit=0", "offset=1", "select=id", "order=id", "id=eq.1", "organization_id=x", "columns=id", "on_conflict=id", "and=(a.eq.1)", ""]) {
    const path = `${API}/connections?${query}`;
    const get = await request("GET", path, { key: own.key });
    assert.equal(get.status, query ? 400 : 200, query);
    const post = await request("POST", path, { key: own.key, body: {} });
    assert.equal(post.status, 400, query);
    if (query) assert.deepEqual(get.json.errors[0].source, { parameter: query.split("=")[0] });
  }
});

test("line breaks in an id or a query make no header", async () => {
  for (const bad of ["%0d%0aX-Connect-Api-Key:%20", "%0aX-Connect-Api-Key:%20", "%0d", "%00", "%e5%98%8a%e5%98%8d"]) {
    for (const key of [undefined, "wrong", own.key]) {
      const answer = await request("GET", `${API}/connections/${id}${bad}${other.key}`, { key });
      // nginx itself refuses a NUL
      assert.equal(answer.status, bad === "%00" ? 400 : 404, bad);
      const query = await request("GET", `${API}/organization?a=${bad}${other.key}`, { key });
      assert.equal(query.status, key === own.key ? 400 : 401, bad);
    }
  }
});

test("a key is taken from the first Authorization header and nowhere else", async () => {
  for (const value of ["", "Bearer", "Bearer ", `bearer: ${own.key}`, `Token ${own.key}`, own.key, `Bearer ${own.key} x`, `Bearer ${own.key},${own.key}`,
    `Bearer\t${own.key}`, "Basic eDp4", "Bearer null", "Bearer invalid", "Bearer \xff", `Bearer ${"a".repeat(256)}`]) {
    assert.equal(await whoAmI({ authorization: value }), 401, JSON.stringify(value));
  }
  assert.equal(await whoAmI({ authorization: `bearer ${own.key}` }), own.id);
  assert.equal(await whoAmI({ authorization: `BEARER  ${own.key}` }), own.id);
  assert.equal((await request("GET", `${API}/organization?access_token=${own.key}`)).status, 401);
  const twice = await raw(`GET ${API}/organization HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer wrong\r\nAuthorization: Bearer ${own.key}\r\n\r\n`);
  assert.match(twice, /^HTTP\/1.1 (400|401) /);
});

test("a bad header is refused as such, not dropped", async () => {
  const create = (headers) => request("POST", `${API}/connections`, { key: own.key, headers, body: {} });
  for (const value of ["\xff", "a\tb", "a".repeat(256), "é"]) {
    assert.deepEqual((await create({ "idempotency-key": value })).json.errors[0].source, { header: "Idempotency-Key" }, value);
  }
  for (const value of ["\xff", "a".repeat(65), "a".repeat(5000), "Kebab"]) {
    assert.deepEqual((await create({ "key-inflection": value })).json.errors[0].source, { header: "Key-Inflection" }, value);
    const closed = await create({ "persona-version": value });
    assert.deepEqual([closed.status, closed.json.errors[0].title], [400, "Bad Request"], value);
  }
});

test("a second request cannot be hidden in the first", async () => {
  const hidden = `GET ${API}/organization HTTP/1.1\r\nHost: x\r\nX-Connect-Api-Key: ${other.key}\r\n\r\n`;
  const answer = await raw(
    `GET ${API}/organization HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${own.key}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${hidden.length}\r\n\r\n${hidden}`);
  assert.equal(answer.match(/HTTP\/1\.1 /g).length, 1);
  assert.match(answer, new RegExp(`Persona-Organization-Id: ${own.id}\r\n`));
  assert.equal(await whoAmI({}), 401);
});

test("nothing of one request shows in the next on a pooled connection", async () => {
  const kinds = [
    async () => assert.equal(await whoAmI({}, own.key), own.id),
    async () => assert.equal(await whoAmI({}, other.key), other.id),
    async () => assert.equal(await whoAmI({}), 401),
    async () => {
      const answer = await request("GET", `${API}/connections/nothing`, { key: own.key, headers: { accept: "application/vnd.api+json" } });
      assert.deepEqual([answer.status, answer.headers["persona-organization-id"], answer.headers.location], [404, own.id, undefined]);
    },
    async () => assert.equal((await request("GET", `${API}/connections/${otherId}`, { key: own.key })).status, 404),
    async () => assert.equal((await request("GET", `${API}/scopes?a=b`, { key: other.key })).status, 400),
    async () => {
      const answer = await request("GET", `${API}/scopes`, { key: other.key, headers: { "persona-version": "2025-12-08", "key-inflection": "camel" } });
      assert.equal(answer.headers["persona-organization-id"], other.id);
    },
  ];
  // A fixed order that follows each kind by each other one.
  const order = Array.from({ length: 294 }, (_, i) => kinds[(i * i + Math.floor(i / kinds.length)) % kinds.length]);
  for (let i = 0; i < order.length; i += 14) await Promise.all(order.slice(i, i + 14).map((kind) => kind()));
});
