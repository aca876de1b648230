// What is checked in and made of something else is what that makes: an operation is described once, in C,
// and connect_api.routes() shows it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { contract } from "./openapi.mjs";
import { routes, shared } from "./stack.mjs";

const inTree = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test("http/openapi.json is what make openapi makes of its parts", () => {
  assert.equal(readFileSync(inTree("http/openapi.json"), "utf8"), execFileSync(inTree("script/openapi"), { encoding: "utf8" }));
});

test("http/nginx/routes.conf is what make routes makes", () => {
  const made = execFileSync(inTree("script/routes"), [shared.CONNECT_PGURL], { encoding: "utf8" });
  assert.equal(readFileSync(inTree("http/nginx/routes.conf"), "utf8"), made);
});

test("the contract describes the operations that there are, and its own file", () => {
  const described = Object.entries(contract.paths).flatMap(([path, item]) => Object.entries(item)
    .filter(([method]) => method !== "parameters")
    .map(([method, { operationId }]) => `${operationId}: ${method.toUpperCase()} ${path}`));
  const there = routes().map(({ operation, method, path }) => `${operation}: ${method} ${path}`);
  assert.deepEqual(described.sort(), [...there, "get_openapi: GET /openapi.json"].sort());
});

test("an operation that answers with rows of a type says so in the contract", () => {
  const text = JSON.stringify(contract.components.schemas);
  for (const { resource } of routes()) assert.ok(text.includes(`"const":"${resource}"`), resource);
});
