/*
 * axe.test.mjs
 *		axe-core, with all its rules, finds nothing on any page, in light and in dark.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { strain, walk } from "./pages.mjs";
import { closeBrowser, closePage } from "./world.mjs";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
let world;

before(async () => {
  world = await strain("axe");
});

after(closeBrowser);

/* Returns what axe objects to, as lines of text; includes what it cannot decide, contrast aside. */
async function objections(page) {
  const { violations, incomplete } = await page.evaluate(() => globalThis.axe.run());
  return [...violations, ...incomplete.filter(({ id }) => id !== "color-contrast")]
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`));
}

test("no page violates a rule, in either scheme", async () => {
  const found = [];
  let looked = 0;
  const page = await walk(world, { initScript: AXE }, async (here, name) => {
    for (const colorScheme of ["light", "dark"]) {
      await here.emulateMedia({ colorScheme });
      found.push(...(await objections(here)).map((text) => `${name}, ${colorScheme}: ${text}`));
      looked += 1;
    }
  });
  assert.deepEqual(found, []);
  assert.equal(looked, 32);
  /* and axe does see what is wrong */
  await page.evaluate(() => document.querySelector("main").append(document.createElement("input")));
  assert.match((await objections(page)).join("\n"), /^label: /);
  await closePage(page);
});
