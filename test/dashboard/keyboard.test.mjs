/*
 * keyboard.test.mjs
 *		The guide's story without a mouse: Tab, Enter and Space, the focus always to be seen.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keyboardOf } from "./keyboard.mjs";
import { closePage, isAllowed, notice, openPage, organization, settled } from "./world.mjs";

const source = organization("org_keyboard_source", "Keyboard Bank");
const destination = organization("org_keyboard_partner", "Keyboard Insurance");
let page;
let focused;
let tabTo;
let headingHasFocus;
let signInByKeyboard;

before(async () => {
  page = await openPage();
  ({ focused, tabTo, headingHasFocus, signInByKeyboard } = keyboardOf(page));
});

after(() => closePage(page));

test("the source signs in and offers a Connection", async () => {
  await signInByKeyboard(source);
  await tabTo("New Connection");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  assert.equal((await focused()).name, "Partner’s organization id");
  await page.keyboard.type(destination.id);
  await tabTo(/^Name/);
  await page.keyboard.type("By keyboard");
  await tabTo(/account\.read$/);
  await page.keyboard.press("Space");
  await tabTo("Create");
  await page.keyboard.press("Enter");
  await notice(page, /Offered to/);
  await headingHasFocus("By keyboard");
  assert.deepEqual(await page.locator(".scopes-explained code").allInnerTexts(), ["inquiry.read"]);
});

test("leaving a dialog gives the focus back to the button that opened it", async () => {
  await tabTo("Withdraw");
  for (const leave of [() => page.keyboard.press("Escape"), async () => { await tabTo("Cancel"); await page.keyboard.press("Space"); }]) {
    await page.keyboard.press("Space");
    await page.getByRole("dialog").waitFor();
    await leave();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal((await focused()).name, "Withdraw");
  }
});

test("the focus stays in an open dialog", async () => {
  await page.keyboard.press("Space");
  await page.getByRole("dialog").waitFor();
  const seen = new Set();
  for (let i = 0; i < 12; i += 1) {
    await page.keyboard.press("Tab");
    const now = await focused();
    seen.add(now.isNowhere ? "" : now.name);
  }
  seen.delete("");
  assert.deepEqual([...seen].sort(), ["Cancel", "Reason (optional)", "Withdraw"]);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("the source looks up its id and signs out", async () => {
  await tabTo("Information");
  await page.keyboard.press("Enter");
  await headingHasFocus("Information");
  await tabTo("Copy organization id");
  await tabTo("Sign out");
  await page.keyboard.press("Space");
  await page.getByText("You are signed out.").waitFor();
  assert.equal((await focused()).name, "API key or token");
});

test("the destination signs in, finds the offer and accepts it", async () => {
  await signInByKeyboard(destination);
  await tabTo("1 offer waits for you to accept or decline");
  await page.keyboard.press("Enter");
  await page.waitForURL(/direction=inbound/);
  await settled(page);
  await tabTo("By keyboard");
  await page.keyboard.press("Enter");
  await headingHasFocus("By keyboard");
  await tabTo("Accept");
  await page.keyboard.press("Space");
  await page.getByRole("dialog").waitFor();
  await tabTo("Accept");
  await page.keyboard.press("Enter");
  await notice(page, /^Accepted/);
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(isAllowed(source, destination, "inquiry.read"), true);
});

test("the focus goes to the heading when the button that opened the dialog is gone", async () => {
  await headingHasFocus("By keyboard");
});

test("skipping to the content moves the focus there, and loads nothing anew", async () => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await tabTo("Skip to content");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.id === "main");
  await page.keyboard.press("Tab");
  assert.equal((await focused()).name, "Connections");
  await page.keyboard.press("Enter");
  await headingHasFocus("Connections");
  /* the Connection alone is asked for whenever the window gets the focus, its history when the page is loaded */
  assert.equal(asked.some((path) => path.endsWith("/events")), false);
});

test("a filter keeps the focus while the list changes under it", async () => {
  await tabTo(/^All/);
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/status=pending/);
  await page.getByRole("heading", { name: "No Connection matches" }).waitFor();
  assert.match((await focused()).name, /^Pending/);
});
