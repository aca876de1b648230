// openapi.mjs: holds every answer of the suites against http/openapi.json, or, with Persona-Version, against
// http/openapi-persona.json.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const read = (name) => JSON.parse(readFileSync(new URL(`../../http/${name}.json`, import.meta.url)));
export const contract = read("openapi");
export const personaContract = read("openapi-persona");

// With fields, attributes and relationships that a schema requires are absent.
function sparse(document) {
  const copy = structuredClone(document);
  for (const [name, schema] of Object.entries(copy.components.schemas)) {
    if (name.endsWith("Attributes")) delete schema.required;
    delete schema.properties?.attributes?.required;
    schema.required = schema.required?.filter((member) => member !== "relationships");
    if (schema.required === undefined) delete schema.required;
  }
  return copy;
}

// Not strict, since the files are more than schemas.
const ajv = new Ajv2020.default({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(contract, "own");
ajv.addSchema(sparse(contract), "own-sparse");
ajv.addSchema(personaContract, "persona");
ajv.addSchema(sparse(personaContract), "persona-sparse");

// Whatever else comes from upstream is none of a client's business.
const HEADERS = new Set([
  "allow", "cache-control", "connect-transaction", "connection", "content-length", "content-type", "date", "etag", "idempotency-replayed",
  "keep-alive", "location", "persona-organization-id", "ratelimit-limit", "ratelimit-policy", "request-id",
  "retry-after", "server", "transfer-encoding", "vary", "www-authenticate", "x-content-type-options",
]);
const FILE_HEADERS = new Set(["accept-ranges", "content-security-policy", "last-modified", "referrer-policy"]);
const AUTHENTICATED = ["persona-organization-id", "ratelimit-limit", "ratelimit-policy"];

// What no operation answers, such as 405, stands in the parts only.
const rows = read("openapi/errors").errors;
const parts = read("openapi/headers");

const find = (document, reference) => reference.slice(2).split("/").reduce((at, key) => at?.[key], document);
const resolve = (node, document = contract) =>
  node?.$ref ? find(document, node.$ref) ?? find(parts, node.$ref) : node;

// The operation of a path and method, if there is one; HEAD is described by GET.
function findOperation(document, method, path) {
  for (const [template, item] of Object.entries(document.paths)) {
    if (new RegExp(`^${template.replaceAll(".", "\\.").replace("{id}", "[A-Za-z0-9_-]{1,64}")}$`).test(path)) {
      return item[method === "HEAD" ? "get" : method.toLowerCase()];
    }
  }
}

// What is the same everywhere, by status: for answers that belong to no operation.
function commonResponse(document, status) {
  const { headers } = Object.values(rows).find((row) => row.status === String(status));
  const schema = { $ref: "#/components/schemas/ErrorDocument" };
  return { headers, content: { "application/json": { schema }, "application/vnd.api+json": { schema } } };
}

function toKebab(value) {
  if (Array.isArray(value)) return value.map(toKebab);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [
    key.replaceAll("_", "-").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), toKebab(member)]));
}

function validate(schema, value, what, within = "own") {
  const valid = ajv.validate(JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${within}#/`)), value);
  assert.ok(valid, `${what}: ${ajv.errorsText()}\n${JSON.stringify(value)}`);
}

// Fails unless an answer is one that the contract allows for its request.
export function check({ method, path, headers: sent }, { status, headers, text }) {
  const what = `${method} ${path} ${status}`;
  const [sentRoute, query = ""] = path.split("?");
  const route = sentRoute.replace(/%(2d|5f|3\d|[46][1-9a-f]|[57][\da])/gi, decodeURIComponent);
  const persona = Boolean(sent["persona-version"]);
  const document = persona ? personaContract : contract;
  const operation = findOperation(document, method, route);
  const response = resolve(operation?.responses[status], document) ??
    ([400, 404, 405, 413, 415].includes(status) && commonResponse(document, status));
  assert.ok(response, `${what}: the contract has no such answer`);

  for (const name of Object.keys(headers)) {
    assert.ok(HEADERS.has(name) || (!route.startsWith("/api/") && FILE_HEADERS.has(name)), `${what}: header ${name}`);
  }
  assert.equal(headers.server, "nginx", `${what}: Server tells no more than that`);
  for (const [name, reference] of Object.entries(response.headers ?? {})) {
    const { schema, required } = resolve(reference, document);
    const value = headers[name.toLowerCase()];
    if (value === undefined) assert.ok(!required, `${what}: ${name} is missing`);
    else validate(schema, resolve(schema, document).type === "integer" ? Number(value) : value, `${what}: ${name}`);
  }
  if (route.startsWith("/api/") && [200, 201, 202, 403, 409, 412, 422].includes(status)) {
    for (const name of AUTHENTICATED) assert.ok(headers[name], `${what}: ${name} is missing`);
  }
  if (status === 401) for (const name of AUTHENTICATED) assert.ok(!headers[name], `${what}: ${name} on a 401`);

  if (route.startsWith("/api/")) {
    const jsonapi = /application\/vnd\.api\+json/.test(sent.accept ?? "") && status !== 406;
    assert.equal(headers["content-type"], jsonapi ? "application/vnd.api+json" : "application/json", `${what}: Content-Type`);
  }
  if (method === "HEAD") return assert.equal(text, "", `${what}: a body`);
  const { schema } = response.content[headers["content-type"]];
  const within = `${persona ? "persona" : "own"}${/fields(\[|%5b)/i.test(query) ? "-sparse" : ""}`;
  validate(schema, toKebab(JSON.parse(text)), what, within);
}
