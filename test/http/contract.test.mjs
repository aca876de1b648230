// What is checked in and made of something else is what that makes.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const inTree = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

test("http/openapi.json is what make openapi makes of its parts", () => {
  assert.equal(readFileSync(inTree("http/openapi.json"), "utf8"), execFileSync(inTree("script/openapi"), { encoding: "utf8" }));
});
