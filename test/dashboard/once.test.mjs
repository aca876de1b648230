/*
 * once.test.mjs
 *		What somebody wants once is done once, however often it is clicked or sent.
 */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { api, closePage, loseAnswers, notice, offer, openAs, organization, pageOf } from "./world.mjs";

const us = organization("org_once");
let page;

afterEach(() => closePage(page));

/* Opens the form of a new Connection with a partner, and collects what is sent. */
async function fillIn(partner) {
  page = await openAs(us);
  page.sent = [];
  page.on("request", (request) => {
    if (request.method() !== "GET") {
      page.sent.push({ key: request.headers()["idempotency-key"], body: request.postData() });
    }
  });
  await page.getByRole("button", { name: "New Connection" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Partner’s organization id").fill(partner.id);
  return dialog;
}

async function count(partner) {
  const found = await api(us, "GET", `/connections?filter%5Bdestination-organization-id%5D=${partner.id}`);
  return found.length;
}

test("a double click makes one Connection, by one request", async () => {
  const partner = organization("org_once_double");
  const dialog = await fillIn(partner);
  await dialog.getByRole("button", { name: "Create" }).dblclick();
  await notice(page, /Offered to/);
  assert.equal(page.sent.length, 1);
  assert.match(page.sent[0].key, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(await count(partner), 1);
});

test("a lost answer and another try make one Connection, under one key", async () => {
  const partner = organization("org_once_lost");
  const dialog = await fillIn(partner);
  await loseAnswers(page, "**/api/v1/connect/connections", 1);
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("nothing is done twice").waitFor();
  assert.equal(await count(partner), 1);
  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await dialog.getByRole("button", { name: "Try again" }).click();
  assert.equal((await answer).headers()["idempotency-replayed"], "true");
  await notice(page, /Offered to/);
  assert.equal(page.sent.length, 2);
  assert.equal(page.sent[0].key, page.sent[1].key);
  assert.equal(await count(partner), 1);
});

test("another wish has another key", async () => {
  const dialog = await fillIn({ id: "org_once_unknown" });
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.locator("[aria-invalid=true]").waitFor();
  await dialog.getByRole("button", { name: "Create" }).click();
  await page.waitForFunction(() => document.querySelector("dialog form").getAttribute("aria-busy") === "false");
  assert.equal(page.sent.length, 2);
  assert.notEqual(page.sent[0].key, page.sent[1].key);
});

test("a lost answer to an action, and to a change, does no harm", async () => {
  const partner = organization("org_once_action");
  const connection = await offer(us, partner, { name: "Old" });
  page = await openAs(us, pageOf(connection));
  await loseAnswers(page, "**/api/v1/connect/connections/*", 1);
  await page.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("New");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Saved.", { exact: true }).waitFor();
  await page.unrouteAll();
  await loseAnswers(page, "**/deactivate", 1);
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  await dialog.getByRole("button", { name: "Withdraw" }).click();
  await dialog.getByRole("button", { name: "Try again" }).click();
  await notice(page, /^Ended/);
  const events = await api(us, "GET", `/connections/${connection.id}/events`);
  assert.deepEqual(events.map((event) => event.attributes.action), ["deactivate", "update", "create"]);
});
