/*
 * pages.test.mjs
 *		Every page, in light and in dark and from 360 px to wide screens, whatever names and ids are like.
 *
 * The pages are walked through once, for that takes the time; the tests are of what was seen.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AXE, objections } from "./axe.mjs";
import { contrasts } from "./contrasts.mjs";
import { mistakes } from "./layout.mjs";
import { strain, walk } from "./pages.mjs";
import { closePage } from "./world.mjs";

const PAGES = 28;
const SCHEMES = ["light", "dark"];
const WIDTHS = [360, 520, 861, 1121, 1280, 1920];
const seen = { objections: [], contrasts: [], mistakes: [] };
const looked = { schemes: 0, widths: 0 };
let page;

const isPale = ({ contrast, needed }) => contrast < needed;

before(async () => {
  page = await walk(await strain("pages"), { initScript: AXE }, async (here, name) => {
    for (const colorScheme of SCHEMES) {
      await here.emulateMedia({ colorScheme });
      seen.objections.push(...(await objections(here, colorScheme)).map((text) => `${name}, ${colorScheme}: ${text}`));
      seen.contrasts.push(...(await here.evaluate(contrasts)).map((one) => ({ name, colorScheme, ...one })));
      looked.schemes += 1;
    }
    const size = here.viewportSize();
    for (const width of WIDTHS) {
      await here.setViewportSize({ width, height: 800 });
      seen.mistakes.push(...(await here.evaluate(mistakes)).map((text) => `${name}, ${width} px: ${text}`));
      looked.widths += 1;
    }
    await here.setViewportSize(size);
  });
});

after(() => closePage(page));

test("every page was looked at in both schemes and in every width", () => {
  assert.deepEqual(looked, { schemes: PAGES * SCHEMES.length, widths: PAGES * WIDTHS.length });
});

test("axe-core, with all its rules, finds nothing on any page, in light and in dark", async () => {
  assert.deepEqual(seen.objections, []);
  /* and it does see what is wrong */
  await page.evaluate(() => document.querySelector("main").append(document.createElement("input")));
  assert.match((await objections(page, "light")).join("\n"), /^label: /);
  await page.evaluate(() => document.querySelector("main").lastChild.remove());
});

test("text has a contrast of 4.5 at least, and fields one of 3, on every page in both schemes", async () => {
  assert.deepEqual(seen.contrasts.filter(isPale), []);
  assert.ok(seen.contrasts.length > 500, `only ${seen.contrasts.length} looked at`);
  /* and what can hardly be read is seen, in dark here, by axe too, which looks for nothing else there */
  await page.evaluate(() => { document.querySelector("h1").style.color = "#333"; });
  assert.equal((await page.evaluate(contrasts)).filter(isPale).length, 1);
  assert.match((await objections(page, "dark")).join("\n"), /^color-contrast: /);
  await page.evaluate(() => { document.querySelector("h1").style.color = ""; });
});

test("nothing overflows, overlaps or is cut off on any page in any width", async () => {
  assert.deepEqual(seen.mistakes, []);
  /* and mistakes are seen: the heading put onto a link, a page wider than the window */
  await page.evaluate(() => {
    const { left, top } = document.querySelector("nav a").getBoundingClientRect();
    Object.assign(document.querySelector("h1").style, { position: "fixed", left: `${left}px`, top: `${top}px` });
    document.body.style.minWidth = "3000px";
  });
  assert.match((await page.evaluate(mistakes)).join("\n"), /scrolls sideways[\s\S]*overlap/);
});
