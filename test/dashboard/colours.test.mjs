/*
 * colours.test.mjs
 *		Light and dark follow the system's setting, and no status is told by its colour alone.
 */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { strain } from "./pages.mjs";
import { closePage, openPage, signIn } from "./world.mjs";

let world;

before(async () => {
  world = await strain("colours");
});

test("the scheme is the system's, also when it changes", async () => {
  const page = await openPage({ colorScheme: "dark" });
  await signIn(page, world.us);
  const read = () => page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [backgroundColor, color, getComputedStyle(document.documentElement).colorScheme];
  });
  assert.deepEqual(await read(), ["rgb(18, 18, 22)", "rgb(237, 237, 242)", "light dark"]);
  await page.emulateMedia({ colorScheme: "light" });
  assert.deepEqual(await read(), ["rgb(246, 246, 248)", "rgb(27, 27, 34)", "light dark"]);
  await closePage(page);
});

test("a status is told by a word and a shape, not by colour alone", async () => {
  const page = await openPage();
  await signIn(page, world.us);
  const told = await page.locator(".list .status").evaluateAll((all) =>
    all.map((one) => [one.innerText, one.querySelector("svg").innerHTML]));
  const shapes = new Map(told);
  assert.deepEqual([...shapes.keys()].sort(), ["Active", "Inactive", "Pending"]);
  assert.equal(new Set(shapes.values()).size, 3);
  await closePage(page);
});
