/*
 * share_tokens_once.test.mjs
 *		A share token is made, redeemed and ended once, though answers are lost and others are faster.
 */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { api, closePage, loseAnswers, makeToken, notice, offer, openAs, organization, shareRows, sql } from "./world.mjs";

const TOKENS = "/connect/share-tokens";
const us = organization("org_tokens_once", "Once Bank");
const partner = organization("org_tokens_once_partner", "Once Insurance");
const connection = await offer(us, partner, { name: "Once", scopes: ["inquiry.read"] });
await api(partner, "POST", `/connections/${connection.id}/activate`);
shareRows("once", us, 10);
let page;

afterEach(() => closePage(page));

/* Opens a token's page and collects what is sent from there. */
async function open(who, id) {
  page = await openAs(who, id === undefined ? TOKENS : `${TOKENS}/${id}`);
  page.keys = [];
  page.on("request", (request) => request.method() === "POST" && page.keys.push(request.headers()["idempotency-key"]));
}

async function openDialog(button) {
  await page.getByRole("button", { name: button, exact: true }).click();
  return page.getByRole("dialog");
}

const copies = () => Number(sql("SELECT count(*) FROM dashboard_once.memo WHERE organization_id = 'org_tokens_once_partner';"));
const actions = (id) => sql("SELECT string_agg(action, ' ' ORDER BY position, id) FROM connect.event WHERE subject_id = :'id';", { id });

/* Sends what a dialog has, loses the answer, and tries again. */
async function tryTwice(dialog, pattern, button) {
  await loseAnswers(page, pattern, 1);
  await dialog.getByRole("button", { name: button }).click();
  await dialog.getByText("nothing is done twice").waitFor();
  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await dialog.getByRole("button", { name: "Try again" }).click();
  assert.equal((await answer).headers()["idempotency-replayed"], "true");
  await dialog.waitFor({ state: "detached" });
  assert.equal(page.keys.length, 2);
  assert.equal(page.keys[0], page.keys[1]);
}

test("a lost answer and another try redeem once, under one key", async () => {
  const { id } = await makeToken(us, connection, "once_1");
  const before = copies();
  await open(partner, id);
  await tryTwice(await openDialog("Redeem"), "**/redeem", "Redeem");
  await notice(page, /^Redeemed\. You have your copy\.$/);
  assert.equal(copies(), before + 1);
  assert.equal(actions(id), "create redeem complete");
});

test("a lost answer and no other try: the page shows what was done", async () => {
  const { id } = await makeToken(us, connection, "once_2");
  const before = copies();
  await open(partner, id);
  const dialog = await openDialog("Redeem");
  await loseAnswers(page, "**/redeem", 1);
  await dialog.getByRole("button", { name: "Redeem" }).click();
  await dialog.getByText("nothing is done twice").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.locator(".badges .status", { hasText: "Redeemed" }).waitFor();
  assert.equal(await page.locator("main .heading button").count(), 0);
  assert.equal(copies(), before + 1);
});

test("a lost answer and another try end a token once, and make one once", async () => {
  const { id } = await makeToken(us, connection, "once_3");
  await open(us, id);
  await tryTwice(await openDialog("Withdraw"), "**/expire", "Withdraw");
  await notice(page, /^Ended\./);
  assert.equal(actions(id), "create expire");
  await closePage(page);
  await open(us);
  const dialog = await openDialog("New Share Token");
  await dialog.getByLabel("Id of what you hand over").fill("once_4");
  await tryTwice(dialog, "**/api/v1/connect/share-tokens", "Create");
  await notice(page, /^Made\./);
  assert.equal(sql("SELECT count(*) FROM connect.share_token WHERE source_id = 'once_4';"), "1");
});

test("a double click redeems once, by one request", async () => {
  const { id } = await makeToken(us, connection, "once_5");
  await open(partner, id);
  const dialog = await openDialog("Redeem");
  await dialog.getByRole("button", { name: "Redeem" }).dblclick();
  await notice(page, /^Redeemed\./);
  assert.equal(page.keys.length, 1);
});

test("who is slower than a colleague, the source, or the end of the Connection is told", async () => {
  const { id } = await makeToken(us, connection, "once_6");
  await open(partner, id);
  let dialog = await openDialog("Redeem");
  await api(partner, "POST", `/share-tokens/${id}/redeem`);
  const before = copies();
  await dialog.getByRole("button", { name: "Redeem" }).click();
  await notice(page, /^Nothing was done: It has been redeemed or has ended already\. You see it as it is now\.$/);
  await page.locator(".badges .status", { hasText: "Redeemed" }).waitFor();
  assert.equal(copies(), before);
  await closePage(page);

  const withdrawn = await makeToken(us, connection, "once_7");
  await open(partner, withdrawn.id);
  dialog = await openDialog("Redeem");
  await api(us, "POST", `/share-tokens/${withdrawn.id}/expire`);
  await dialog.getByRole("button", { name: "Redeem" }).click();
  await notice(page, /^Nothing was done/);
  await page.getByText("Once Bank withdrew it. It was not redeemed, and cannot be any more.").waitFor();
  await closePage(page);

  const stopped = await makeToken(us, connection, "once_8");
  await open(partner, stopped.id);
  dialog = await openDialog("Redeem");
  await api(us, "POST", `/connections/${connection.id}/deactivate`);
  await dialog.getByRole("button", { name: "Redeem" }).click();
  await notice(page, /^Nothing was done: The Connection is not active, and nothing can be handed over through it now\./);
  assert.equal(actions(stopped.id), "create");
});
