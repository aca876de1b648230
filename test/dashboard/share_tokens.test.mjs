/*
 * share_tokens.test.mjs
 *		Connect > Share Tokens: made by the source, redeemed or ended, in both parties' views.
 */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { api, closePage, makeToken, notice, offer, openAs, organization, pageOf, shareRows, sql } from "./world.mjs";

const us = organization("org_tokens", "Tokens Bank");
const partner = organization("org_tokens_partner", "Tokens Insurance");
const connection = await offer(us, partner, { name: "Handed over", scopes: ["inquiry.read"] });
await api(partner, "POST", `/connections/${connection.id}/activate`);
shareRows("memo", us, 40);
let page;

afterEach(() => closePage(page));

const make = (sourceId) => makeToken(us, connection, sourceId);

test("a Connection that has handed something over still shows its own history", async () => {
  const { id } = await make("memo_1");
  await api(partner, "POST", `/share-tokens/${id}/redeem`);
  page = await openAs(us, pageOf(connection));
  assert.deepEqual(await page.locator(".event-title").allInnerTexts(), ["Tokens Insurance accepted it", "You offered the Connection"]);
});

const TOKENS = "/connect/share-tokens";

test("the source makes one, and what it hands over stands in no address, title or storage", async () => {
  page = await openAs(us, TOKENS);
  await page.getByRole("button", { name: "New Share Token" }).click();
  const dialog = page.getByRole("dialog", { name: "New Share Token" });
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("Enter the id.").waitFor();
  await dialog.getByLabel("Id of what you hand over").fill("memo_none");
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("You have nothing with this id.").waitFor();
  await dialog.getByLabel("Id of what you hand over").fill("memo_2");
  await dialog.getByRole("button", { name: "Create" }).click();
  await notice(page, /^Made\. Tokens Insurance finds it/);
  assert.equal(await page.locator("h1").innerText(), "memo memo_2");
  assert.deepEqual(await page.locator("main .heading button").allInnerTexts(), ["Withdraw"]);
  assert.match(page.url(), /\/connect\/share-tokens\/cnst_[0-9a-z]{26}$/);
  assert.equal(await page.title(), "Share token · Connect");
  assert.deepEqual(await page.evaluate(() => [localStorage.length, sessionStorage.length, history.state]), [0, 0, null]);
});

test("the destination sees neither id nor creator of the source's, and redeems it once", async () => {
  const { id } = await make("memo_3");
  page = await openAs(partner, `${TOKENS}/${id}`);
  assert.doesNotMatch(await page.locator("main").innerText(), /memo_3|Created by/);
  assert.deepEqual(await page.locator("main .heading button").allInnerTexts(), ["Redeem", "Decline"]);
  await page.getByRole("button", { name: "Redeem", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Id of your own to fill").fill("memo_mine");
  await page.getByRole("dialog").getByRole("button", { name: "Redeem" }).click();
  await notice(page, /^Redeemed\. You have your copy\.$/);
  await page.getByText("memo_mine").waitFor();
  assert.equal(await page.locator("main .heading button").count(), 0);
  assert.deepEqual(await page.locator(".event-title").allInnerTexts(), ["The copy was made", "You redeemed it", "Tokens Bank made it"]);
  assert.equal(sql("SELECT organization_id FROM dashboard_memo.memo WHERE id = 'memo_mine'"), partner.id);
});

test("either ends one with a reason; who was slower is told", async () => {
  const { id } = await make("memo_4");
  page = await openAs(us, `${TOKENS}/${id}`);
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Withdraw this share token?" });
  await dialog.getByLabel("Reason").fill("A mistake");
  await api(partner, "POST", `/share-tokens/${id}/redeem`);
  await dialog.getByRole("button", { name: "Withdraw" }).click();
  await notice(page, /Nothing was done: It has been redeemed or has ended already\./);
  const other = await make("memo_5");
  await closePage(page);
  page = await openAs(partner, `${TOKENS}/${other.id}`);
  await page.getByRole("button", { name: "Decline", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("Not now");
  await page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
  await notice(page, /^Ended\./);
  assert.equal(await page.locator(".badges .status").innerText(), "Ended");
  assert.match(await page.locator(".event").first().innerText(), /^You declined it[\s\S]*Not now/);
  assert.equal(sql("SELECT reason FROM connect.event WHERE subject_id = :'id' AND action = 'expire'", { id: other.id }), "Not now");
});

test("the list has filters and pages, and says so when there is nothing", async () => {
  for (let n = 6; n <= 30; n += 1) {
    await make(`memo_${n}`);
  }
  page = await openAs(us, TOKENS);
  assert.equal(await page.locator(".list tbody tr").count(), 20);
  await page.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/after=cnst_/);
  await page.locator("#page-newer").and(page.locator("a")).waitFor();
  assert.equal(await page.locator(".list tbody tr").count(), 10);
  await page.locator(".segments label", { hasText: /^Redeemed$/ }).click();
  await page.waitForURL(/status=redeemed/);
  await page.getByText("memo_30").waitFor({ state: "detached" });
  assert.deepEqual(await page.locator(".list tbody th").allInnerTexts(), ["memo memo_4", "memo memo_3", "memo memo_1"]);
  await closePage(page);
  page = await openAs(organization("org_tokens_other"), TOKENS);
  await page.getByRole("heading", { name: "No share tokens yet" }).waitFor();
});

test("one between others looks like one that does not exist", async () => {
  const { id } = await make("memo_6");
  page = await openAs(organization("org_tokens_curious"), `${TOKENS}/${id}`);
  await page.getByRole("heading", { name: "No such share token" }).waitFor();
});

test("fields that are called otherwise are named with the object that is filled, and only with one", async () => {
  const { id } = await make("memo_31");
  page = await openAs(partner, `${TOKENS}/${id}`);
  await page.getByRole("button", { name: "Redeem", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const names = dialog.getByLabel("Fields that are called otherwise");
  for (const wrong of ["one", "a = b = c", "= b", "a =", "a = b\nc"]) {
    await names.fill(wrong);
    await dialog.getByRole("button", { name: "Redeem" }).click();
    await dialog.getByText("Write one field a line").waitFor();
    assert.equal(await names.getAttribute("aria-invalid"), "true");
  }
  await names.fill(" name-first =first name\n\nborn = birthday ");
  await dialog.getByRole("button", { name: "Redeem" }).click();
  await dialog.getByText("Enter the id, or leave the fields’ names out").waitFor();
  await dialog.getByLabel("Id of your own to fill").fill("memo_named");
  await dialog.getByRole("button", { name: "Redeem" }).click();
  await notice(page, /^Redeemed\./);
  assert.deepEqual(JSON.parse(sql("SELECT options FROM dashboard_memo.memo WHERE id = 'memo_named'")), {
    "field-mappings": [
      { "source-field-name": "name-first", "destination-field-name": "first name" },
      { "source-field-name": "born", "destination-field-name": "birthday" },
    ],
  });
  assert.match(await page.locator(".facts").innerText(), /Redeemed into\s+something that the destination named[\s\S]*What you named\s+memo_named/);
});
