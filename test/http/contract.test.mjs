// What is checked in and made of something else is what that makes: an operation is described once, in C,
// and connect_api.routes() shows it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { INFORMATION, LIST, pageOf, TOKENS, tokenPageOf } from "../../dashboard/addresses.js";
import { OPERATIONS } from "../../dashboard/operations.js";
import { WAYS } from "../../dashboard/states.js";
import { ACTIONS, STATUSES, TOKEN_STATUSES } from "../../dashboard/words.js";
import { request } from "./client.mjs";
import { contract, personaContract } from "./openapi.mjs";
import { routes, shared, sql } from "./stack.mjs";

const inTree = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test("the two contracts are what make openapi makes of their parts", () => {
  for (const [name, options] of [["openapi", []], ["openapi-persona", ["persona"]]]) {
    assert.equal(readFileSync(inTree(`http/${name}.json`), "utf8"), execFileSync(inTree("script/openapi"), options, { encoding: "utf8" }));
  }
});

test("http/nginx/routes.conf is what make routes makes", () => {
  const made = execFileSync(inTree("script/routes"), [shared.CONNECT_PGURL], { encoding: "utf8" });
  assert.equal(readFileSync(inTree("http/nginx/routes.conf"), "utf8"), made);
});

test("the contracts describe the operations that there are, and themselves", () => {
  const there = routes().map(({ operation, method, path }) => `${operation}: ${method} ${path}`);
  for (const { paths } of [contract, personaContract]) {
    const described = Object.entries(paths).flatMap(([path, item]) => Object.entries(item)
      .filter(([method]) => method !== "parameters")
      .map(([method, { operationId }]) => `${operationId}: ${method.toUpperCase()} ${path}`));
    assert.deepEqual(described.sort(),
      [...there, "get_openapi: GET /openapi.json", "get_openapi_persona: GET /openapi-persona.json"].sort());
  }
});

test("an operation that answers with rows of a type says so in the contract", () => {
  const text = JSON.stringify(contract.components.schemas);
  for (const { resource } of routes()) assert.ok(text.includes(`"const":"${resource}"`), resource);
});

test("the dashboard asks for operations that there are, and names their paths in one place", () => {
  const there = Object.fromEntries(routes().map(({ operation, method, path }) => [operation, { method, path }]));
  for (const [name, operation] of Object.entries(OPERATIONS)) assert.deepEqual(operation, there[name], name);
  for (const name of readdirSync(inTree("dashboard")).filter((file) => file.endsWith(".js"))) {
    const text = readFileSync(inTree(`dashboard/${name}`), "utf8");
    assert.equal(text.includes("/api/"), name === "operations.js", name);
    for (const [, asked] of text.matchAll(/\b(?:get|send)\("(\w+)"/g)) assert.ok(OPERATIONS[asked], `${name}: ${asked}`);
  }
});

test("the dashboard has words for what the rules know, and draws their ways", () => {
  const rules = (what, where = "true") => sql(`SELECT DISTINCT ${what} FROM connect.transition_rules() WHERE ${where}`).split("\n").sort();
  assert.deepEqual(Object.keys(ACTIONS).sort(), rules("action"));
  assert.deepEqual(Object.keys(STATUSES).sort(), rules("to_status"));
  assert.deepEqual(Object.keys(TOKEN_STATUSES).sort(), sql("SELECT DISTINCT to_status FROM connect.share_token_rules()").split("\n").sort());
  // a step that an organization takes for its own sake, and not beside a change of scopes
  assert.deepEqual(WAYS.map(([action, from]) => `${action} ${from}`).sort(),
    rules("action || ' ' || from_status", "from_status <> to_status AND action <> 'widen' AND party <> 'time'"));
  for (const [action, { button }] of Object.entries(ACTIONS)) {
    assert.ok(!button || OPERATIONS[`${action}_connection`], action);
  }
});

test("the dashboard's pages are where it thinks they are", async () => {
  for (const address of [LIST, pageOf("cxn_1"), TOKENS, tokenPageOf("cnst_1"), INFORMATION]) {
    const { status, headers } = await request("GET", address, { unchecked: true });
    assert.deepEqual([status, headers["content-type"]], [200, "text/html; charset=utf-8"], address);
  }
});
