/*
 * colours.test.mjs
 *		Light and dark follow the system's setting, and everything can be read in both.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { strain, walk } from "./pages.mjs";
import { closeBrowser, closePage, openPage, signIn } from "./world.mjs";

let world;

before(async () => {
  world = await strain("colours");
});

after(closeBrowser);

/*
 * Returns the contrast of every visible text with what is painted below it, and of
 * every control's border, by WCAG's formula.  What is switched off is exempt.
 */
function contrasts() {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const isSolid = (colour) => (channels(colour)[3] ?? 1) === 1;
  const ground = (element) => {
    for (let node = element; node !== null; node = node.parentElement) {
      const { backgroundColor } = getComputedStyle(node);
      if (isSolid(backgroundColor)) {
        return backgroundColor;
      }
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  const found = [];
  const top = document.querySelector("dialog[open]") ?? document.body;
  for (const element of top.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    if (!element.checkVisibility() || element.closest(".spoken, :disabled, [aria-disabled=true], svg")) {
      continue;
    }
    if ([...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "")) {
      found.push({ text: element.innerText.slice(0, 40), needed: 4.5, contrast: contrast(style.color, ground(element)) });
    }
    if (element.matches("input:not([type=radio], [type=checkbox]), textarea")) {
      found.push({ text: `border of ${element.id}`, needed: 3, contrast: contrast(style.borderTopColor, ground(element.parentElement)) });
    }
  }
  const states = top.querySelectorAll(".states text");
  for (const text of states) {
    const box = text.parentElement.querySelector("rect") ?? text.closest(".card");
    const style = getComputedStyle(box);
    found.push({
      text: text.textContent, needed: 4.5,
      contrast: contrast(getComputedStyle(text).fill, box.matches("rect") ? style.fill : style.backgroundColor),
    });
  }
  return found;
}

test("text has a contrast of 4.5 at least, and fields one of 3, on every page in both schemes", async () => {
  const bad = [];
  let seen = 0;
  const page = await walk(world, {}, async (here, name) => {
    for (const colorScheme of ["light", "dark"]) {
      await here.emulateMedia({ colorScheme });
      const found = await here.evaluate(contrasts);
      seen += found.length;
      bad.push(...found.filter(({ contrast, needed }) => contrast < needed).map((one) => ({ name, colorScheme, ...one })));
    }
  });
  assert.deepEqual(bad, []);
  assert.ok(seen > 500, `only ${seen} looked at`);
  /* and what is pale is seen */
  await page.evaluate(() => { document.querySelector("h1").style.color = "#777"; });
  assert.equal((await page.evaluate(contrasts)).filter(({ contrast, needed }) => contrast < needed).length, 1);
  await closePage(page);
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
