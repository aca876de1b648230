// Which addresses there are, and what they take.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { API, request } from "./client.mjs";
import { contract, personaContract } from "./openapi.mjs";
import { createActive } from "./connections.mjs";
import { organization, routes, sql } from "./stack.mjs";

// Each path that connect_api.routes() has, with an id to put in, and what Allow lists for it.
const ROUTES = { "/openapi.json": "GET, HEAD", "/openapi-persona.json": "GET, HEAD" };
for (const { path, method } of routes()) {
  const at = path.replace("{id}", "ID");
  ROUTES[at] = [...(ROUTES[at]?.split(", ") ?? []), ...(method === "GET" ? ["GET", "HEAD"] : [method])].sort().join(", ");
}

let source, destination, id, token;

before(async () => {
  source = organization("routes_source");
  destination = organization("routes_destination");
  const answer = await request("POST", `${API}/connections`, {
    key: source.key,
    body: { data: { attributes: { "destination-organization-id": destination.id } } },
  });
  assert.equal(answer.status, 201);
  id = answer.json.data.id;
  assert.equal(answer.headers.location, `${API}/connections/${id}`);
  assert.equal(answer.headers.location, answer.json.data.links.self);

  const active = await createActive(source, organization("routes_third"));
  sql(`CREATE TABLE public.routes_note (id text PRIMARY KEY, organization_id text NOT NULL);
    INSERT INTO public.routes_note VALUES ('note_1', '${source.id}');
    SELECT connect.share_rows('routes_note', 'public.routes_note', 'organization_id', 'id', 'inquiry.read')`);
  const made = await request("POST", `${API}/share-tokens`, {
    key: source.key,
    body: { data: { attributes: { "connection-id": active.id, "source-id": "note_1", kind: "routes_note" } } },
  });
  assert.equal(made.status, 201, made.text);
  token = made.json.data.id;
});

test("the contracts are valid OpenAPI 3.1", async () => {
  for (const document of [contract, personaContract]) {
    const result = await new Validator().validate(structuredClone(document));
    assert.ok(result.valid, JSON.stringify(result.errors));
  }
});

test("the contracts are served as they are in the tree", async () => {
  for (const [path, document] of [["/openapi.json", contract], ["/openapi-persona.json", personaContract]]) {
    const answer = await request("GET", path);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json, document);
  }
});

test("/ leads to the dashboard, for whoever reads", async () => {
  for (const method of ["GET", "HEAD"]) {
    const answer = await request(method, "/", { unchecked: true });
    assert.deepEqual([answer.status, answer.headers.location], [302, "/connect/connections"]);
  }
  const answer = await request("POST", "/", {});
  assert.deepEqual([answer.status, answer.headers.allow], [405, "GET, HEAD"]);
});

test("what is personal is kept by nobody, and every answer of the dashboard is guarded", async () => {
  for (const path of [`${API}/connections`, `${API}/connections/${id}`, `${API}/organization`, `${API}/nothing`, "/nothing"]) {
    for (const key of [source.key, undefined]) {
      assert.equal((await request("GET", path, { key })).headers["cache-control"], "no-store", path);
    }
  }
  for (const [method, path, status, cached] of [
    ["GET", "/connect/connections", 200, "no-cache"], ["GET", `/connect/connections/${id}`, 200, "no-cache"],
    ["GET", "/connect/share-tokens", 200, "no-cache"], ["GET", "/connect/share-tokens/cnst_1", 200, "no-cache"],
    ["GET", "/organization/information", 200, "no-cache"], ["GET", "/dashboard/main.js", 200, "no-cache"],
    ["GET", "/", 302, "no-cache"], ["GET", "/dashboard/none.js", 404, "no-store"], ["GET", "/dashboard/", 404, "no-store"],
    ["GET", "/connect/other", 404, "no-store"], ["POST", "/connect/connections", 405, "no-store"], ["DELETE", "/", 405, "no-store"],
  ]) {
    const { headers, ...answer } = await request(method, path, { unchecked: true });
    assert.equal(answer.status, status, path);
    assert.match(headers["content-security-policy"], /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'/, path);
    assert.deepEqual([headers["x-content-type-options"], headers["referrer-policy"], headers["cache-control"]],
      ["nosniff", "no-referrer", cached], path);
  }
});

test("every reading route answers GET, and HEAD with the same but the body", async () => {
  for (const [route, methods] of Object.entries(ROUTES)) {
    if (!methods.startsWith("GET")) continue;
    const path = route.replace("ID", route.includes("/share-tokens/") ? token : id);
    const get = await request("GET", path, { key: source.key });
    const head = await request("HEAD", path, { key: source.key });
    assert.equal(get.status, 200, path);
    assert.equal(head.status, 200, path);
    assert.equal(head.headers["content-type"], get.headers["content-type"]);
  }
});

test("the writing routes write", async () => {
  const step = async (who, method, suffix, status, body) => {
    const answer = await request(method, `${API}/connections/${id}${suffix}`, { key: who.key, body });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.data.attributes.status, status);
    return answer;
  };
  const named = await step(source, "PATCH", "", "pending", { data: { type: "connect/connection", id, attributes: { name: "Renamed" } } });
  assert.equal(named.json.data.attributes.name, "Renamed");
  await step(destination, "POST", "/activate", "active");
  await step(destination, "POST", "/deactivate", "inactive", { meta: { reason: "test" } });
  await step(source, "POST", "/reactivate", "pending");
  const events = await request("GET", `${API}/connections/${id}/events`, { key: source.key });
  assert.deepEqual(events.json.data.map((event) => event.attributes.action),
    ["reactivate", "deactivate", "activate", "update", "create"]);
});

test("the id of a request is in the event that it caused", async () => {
  const answer = await request("PATCH", `${API}/connections/${id}`, {
    key: source.key,
    body: { data: { attributes: { name: "Again" } } },
  });
  const events = await request("GET", `${API}/connections/${id}/events?page[size]=1`, { key: source.key });
  assert.equal(events.json.data[0].attributes["request-id"], answer.headers["request-id"]);
});

test("any other method is 405 and Allow lists the right ones", async () => {
  for (const [route, allowed] of Object.entries(ROUTES)) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "TRACE"]) {
      if (allowed.split(", ").includes(method)) continue;
      const answer = await request(method, route.replace("ID", id), { key: source.key });
      assert.equal(answer.status, 405, `${method} ${route}`);
      assert.equal(answer.headers.allow, allowed, `${method} ${route}`);
    }
  }
});

test("any other address is 404, with a key or without", async () => {
  const long = "a".repeat(65);
  const paths = [
    "/api", "/api/", "/api/v1", "/api/v1/connect", `${API}/`, `${API}/connections/`, `${API}/connection`,
    `${API}/connections/${id}/`, `${API}/connections/${id}/events/`, `${API}/connections/${id}/delete`,
    `${API}/connections/${long}`, `${API}/connections/a.b`, `${API}/connections/a/b/activate`,
    "/API/v1/connect/connections", `${API}/Connections`, `//api/v1/connect/connections`,
    "/%61pi/v1/connect/connections", `${API}/connections/../connections`, `${API}/connections%2F${id}`,
    "/rpc/list_connections", "/connections", "/serve/list_connections", "/serve/", "/error/json/own/404.json",
    "/refuse/400", "/none", "/errors/own/404.json", "/nginx.conf", "/../nginx.conf", "/%2e%2e/postgrest.conf",
    "/dashboard/../../postgrest.conf",
  ];
  for (const path of paths) {
    for (const key of [source.key, undefined]) {
      const answer = await request("GET", path, { key });
      // nginx itself refuses what would leave the root
      assert.ok(answer.status === 404 || (answer.status === 400 && decodeURIComponent(path).includes("..")), `${path} ${answer.status}`);
    }
  }
});

test("an id may be percent-encoded, and nothing else may", async () => {
  const get = (path) => request("GET", path, { key: source.key });
  for (const encoded of [id.replace("_", "%5F"), id.replace("_", "%5f"), `%63${id.slice(1)}`, `${id.slice(0, -1)}%${id.charCodeAt(id.length - 1).toString(16)}`]) {
    assert.equal((await get(`${API}/connections/${encoded}`)).json.data.id, id, encoded);
    assert.equal((await get(`${API}/connections/${encoded}/events?page%5Bsize%5D=1`)).status, 200, encoded);
    assert.equal((await request("GET", `/connect/connections/${encoded}`, { unchecked: true })).status, 200, encoded);
  }
  for (const path of [`${API}/connections/${id}%2Fevents`, `${API}/connections/${id}%0d%0aX-Connect-Api-Key:%20x`, `${API}/connections/${id}%0A`,
    `${API}/connections/%252e`, `${API}/connections/${id}%00`, `${API}/connections/${id}/%65vents`, `${API}/connections/%`, `${API}/connections/%5`]) {
    const answer = await request("GET", path, { key: source.key, unchecked: true });
    assert.ok([400, 404].includes(answer.status), `${path} ${answer.status}`);
  }
});

test("an id that does not exist is 404 in the handlers' words, whatever its form", async () => {
  for (const unknown of ["cxn_01k00000000000000000000000", "x", "-", "A_b-9", "1".repeat(64)]) {
    const answer = await request("GET", `${API}/connections/${unknown}`, { key: source.key });
    assert.equal(answer.status, 404);
    assert.equal(answer.headers["persona-organization-id"], source.id);
  }
});
