// openapi.mjs: holds every answer of the suites against http/openapi.json.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export const contract = JSON.parse(readFileSync(new URL("../../http/openapi.json", import.meta.url)));

// Not strict, since the file is more than a schema.
const ajv = new Ajv2020.default({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(contract, "openapi");

// Whatever else comes from upstream is none of a client's business.
const HEADERS = new Set([
  "allow", "cache-control", "connection", "content-length", "content-type", "date", "idempotency-replayed",
  "keep-alive", "location", "persona-organization-id", "ratelimit-limit", "ratelimit-policy", "request-id",
  "retry-after", "server", "transfer-encoding", "vary", "www-authenticate", "x-content-type-options",
]);
const FILE_HEADERS = new Set(["accept-ranges", "last-modified"]);
const AUTHENTICATED = ["persona-organization-id", "ratelimit-limit", "ratelimit-policy"];

const resolve = (node) =>
  node?.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], contract) : node;

// The operation of a path and method, if there is one; HEAD is described by GET.
function findOperation(method, path) {
  for (const [template, item] of Object.entries(contract.paths)) {
    if (new RegExp(`^${template.replaceAll(".", "\\.").replace("{id}", "[A-Za-z0-9_-]{1,64}")}$`).test(path)) {
      return item[method === "HEAD" ? "get" : method.toLowerCase()];
    }
  }
}

// What is the same everywhere, by status: for answers that belong to no operation.
function commonResponse(status) {
  return Object.values(contract.components.responses).find((response) =>
    JSON.stringify(response).includes(`"const":"${status}"`));
}

// Picks, of several shapes, those that this request may be answered in.
function pick(schema, persona, sparse) {
  if (!schema.anyOf) return [schema];
  if (!schema.anyOf[0].$ref) return [schema.anyOf[persona ? 1 : 0]];
  return schema.anyOf.filter(({ $ref }) =>
    $ref.includes("Persona") === persona && $ref.includes("Sparse") === sparse);
}

function toKebab(value) {
  if (Array.isArray(value)) return value.map(toKebab);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [
    key.replaceAll("_", "-").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), toKebab(member)]));
}

function validate(schema, value, what) {
  const valid = ajv.validate(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')), value);
  assert.ok(valid, `${what}: ${ajv.errorsText()}\n${JSON.stringify(value)}`);
}

// Fails unless an answer is one that the contract allows for its request.
export function check({ method, path, headers: sent }, { status, headers, text }) {
  const what = `${method} ${path} ${status}`;
  const [route, query = ""] = path.split("?");
  const operation = findOperation(method, route);
  const response = resolve(operation?.responses[status]) ?? ([400, 404, 405, 413].includes(status) && commonResponse(status));
  assert.ok(response, `${what}: the contract has no such answer`);

  for (const name of Object.keys(headers)) {
    assert.ok(HEADERS.has(name) || (!route.startsWith("/api/") && FILE_HEADERS.has(name)), `${what}: header ${name}`);
  }
  assert.equal(headers.server, "nginx", `${what}: Server tells no more than that`);
  for (const [name, reference] of Object.entries(response.headers ?? {})) {
    const { schema, required } = resolve(reference);
    const value = headers[name.toLowerCase()];
    if (value === undefined) assert.ok(!required, `${what}: ${name} is missing`);
    else validate(schema, resolve(schema).type === "integer" ? Number(value) : value, `${what}: ${name}`);
  }
  if (route.startsWith("/api/") && [200, 201, 403, 409, 422].includes(status)) {
    for (const name of AUTHENTICATED) assert.ok(headers[name], `${what}: ${name} is missing`);
  }
  if (status === 401) for (const name of AUTHENTICATED) assert.ok(!headers[name], `${what}: ${name} on a 401`);

  const persona = Boolean(sent["persona-version"]);
  if (route.startsWith("/api/")) {
    const jsonapi = /application\/vnd\.api\+json/.test(sent.accept ?? "") && status !== 406;
    assert.equal(headers["content-type"], jsonapi ? "application/vnd.api+json" : "application/json", `${what}: Content-Type`);
  }
  if (method === "HEAD") return assert.equal(text, "", `${what}: a body`);
  const { schema } = response.content[headers["content-type"]];
  const sparse = /fields(\[|%5b)/i.test(query);
  validate({ anyOf: pick(schema, persona, sparse) }, toKebab(JSON.parse(text)), what);
}
