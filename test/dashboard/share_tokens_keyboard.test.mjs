/*
 * share_tokens_keyboard.test.mjs
 *		One thing handed over without a mouse, from the Connection's page to the copy.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keyboardOf } from "./keyboard.mjs";
import { api, closePage, notice, offer, openPage, organization, settled, shareRows, sql } from "./world.mjs";

const source = organization("org_keys", "Keys Bank");
const destination = organization("org_keys_partner", "Keys Insurance");
const connection = await offer(source, destination, { name: "By hand", scopes: ["inquiry.read"] });
await api(destination, "POST", `/connections/${connection.id}/activate`);
shareRows("keys", source, 2);
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

test("the source goes to a Connection, and makes a token through it", async () => {
  await signInByKeyboard(source);
  await tabTo("By hand");
  await page.keyboard.press("Enter");
  await headingHasFocus("By hand");
  await tabTo("New Share Token");
  await page.keyboard.press("Space");
  await page.getByRole("dialog").waitFor();
  /* the Connection is chosen already */
  assert.equal((await focused()).name, "Id of what you hand over");
  await page.keyboard.type("keys_1");
  await tabTo("Can be redeemed for");
  await page.keyboard.press("ArrowUp");
  await tabTo("Create");
  await page.keyboard.press("Enter");
  await notice(page, /^Made\./);
  await headingHasFocus("keys keys_1");
  assert.equal(sql("SELECT expires_at - created_at FROM connect.share_token WHERE source_id = 'keys_1';"), "7 days");
});

test("what is wrong has the focus, and Escape leaves", async () => {
  await tabTo("Share Tokens");
  await page.keyboard.press("Enter");
  await headingHasFocus("Share Tokens");
  await tabTo("New Share Token");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await tabTo("Create");
  await page.keyboard.press("Enter");
  await page.locator("#token-source-error:not([hidden])").waitFor();
  assert.equal((await focused()).name, "Id of what you hand over");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal((await focused()).name, "New Share Token");
});

test("the source filters, and a filter keeps the focus", async () => {
  await tabTo(/^All/);
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/status=created/);
  await settled(page);
  assert.match((await focused()).name, /^Ready/);
  await tabTo("keys keys_1");
  await page.keyboard.press("Enter");
  await headingHasFocus("keys keys_1");
  await tabTo("Copy share token id");
  await tabTo("Sign out");
  await page.keyboard.press("Enter");
  await page.getByText("You are signed out.").waitFor();
});

test("the destination finds it, and redeems it into something of its own", async () => {
  await signInByKeyboard(destination);
  await tabTo("Share Tokens");
  await page.keyboard.press("Enter");
  await headingHasFocus("Share Tokens");
  await tabTo(/^keys cnst_/);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/cnst_/);
  await settled(page);
  await tabTo("Redeem");
  await page.keyboard.press("Space");
  await page.getByRole("dialog").waitFor();
  assert.equal((await focused()).name, "Id of your own to fill (optional)");
  await page.keyboard.type("keys_own");
  await tabTo("Fields that are called otherwise (optional)");
  await page.keyboard.type("born=birthday");
  const seen = new Set();
  for (let i = 0; i < 8; i += 1) {
    await page.keyboard.press("Tab");
    seen.add((await focused()).name);
  }
  assert.equal(seen.has("Sign out"), false, "the focus stays in the dialog");
  await tabTo("Redeem");
  await page.keyboard.press("Enter");
  await notice(page, /^Redeemed\. You have your copy\.$/);
  await page.getByRole("dialog").waitFor({ state: "detached" });
  /* the button that opened the dialog is gone */
  await page.waitForFunction(() => document.activeElement.matches("h1"));
  assert.equal(sql("SELECT options #>> '{field-mappings,0,destination-field-name}' FROM dashboard_keys.memo WHERE id = 'keys_own';"), "birthday");
});
