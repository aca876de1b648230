/*
 * keyboard.mjs
 *		A person at a page who has no mouse, and looks where the focus is.
 */
import assert from "node:assert/strict";
import { BASE, LIST, settled } from "./world.mjs";

/* Returns what this person can do on a page. */
export function keyboardOf(page) {
  /* Tells what has the focus, and how anyone could see that. */
  function focused() {
    return page.evaluate(() => {
      const element = document.activeElement;
      /* a radio button is drawn by its label */
      const drawn = element.matches("[type=radio]") ? element.labels[0] : element;
      const style = getComputedStyle(drawn);
      const { top, bottom, left, right } = drawn.getBoundingClientRect();
      const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.innerText ?? element.innerText;
      return {
        name: label.replace(/\s+/g, " ").trim(),
        isNowhere: element === document.body || element === document.documentElement,
        hasOutline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        isInView: top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth,
      };
    });
  }

  /* Presses Tab until what has this name has the focus; each stop on the way must be visible. */
  async function tabTo(name) {
    for (let i = 0; i < 60; i += 1) {
      await page.keyboard.press("Tab");
      const now = await focused();
      /* behind the last one the browser's own controls would follow */
      if (!now.isNowhere) {
        assert.equal(now.hasOutline, true, `${now.name} shows that it has the focus`);
        assert.equal(now.isInView, true, `${now.name} is in view`);
        if (typeof name === "string" ? now.name === name : name.test(now.name)) {
          return;
        }
      }
    }
    assert.fail(`Tab never reaches ${name}`);
  }

  async function headingHasFocus(name) {
    await page.waitForFunction((text) => document.activeElement.matches("h1") && document.activeElement.innerText === text, name);
  }

  async function signInByKeyboard(who) {
    await page.goto(BASE + LIST);
    await page.waitForFunction(() => document.activeElement.id === "token");
    await page.keyboard.type(who.key);
    await tabTo("Sign in");
    await page.keyboard.press("Enter");
    await settled(page);
    await headingHasFocus("Connections");
  }

  return { focused, tabTo, headingHasFocus, signInByKeyboard };
}
