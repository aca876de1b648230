/*
 * conflict.test.mjs
 *		Somebody else was faster: the page says so and shows the present state.
 */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { api, closePage, isAllowed, notice, offer, openAs, organization, pageOf } from "./world.mjs";

const source = organization("org_conflict_source");
let page;
let number = 0;

afterEach(() => closePage(page));

/* Returns a new partner with an offer of the source. */
async function newOffer(attributes) {
  number += 1;
  const partner = organization(`org_conflict_${number}`);
  return { partner, connection: await offer(source, partner, attributes) };
}

async function openDialog(action) {
  await page.getByRole("button", { name: action, exact: true }).click();
  return page.getByRole("dialog");
}

function post(who, connection, action) {
  return api(who, "POST", `/connections/${connection.id}/${action}`);
}

function patch(connection, attributes) {
  return api(source, "PATCH", `/connections/${connection.id}`, { data: { attributes } });
}

async function shows(status) {
  await page.locator(".badges .status", { hasText: status }).waitFor();
}

test("an offer that was widened while the destination decided is not activated", async () => {
  const { partner, connection } = await newOffer({ scopes: ["inquiry.read"] });
  page = await openAs(partner, pageOf(connection));
  const dialog = await openDialog("Accept");
  await patch(connection, { scopes: ["inquiry.read", "verification.read"] });
  await dialog.getByRole("button", { name: "Accept" }).click();
  await notice(page, /changed meanwhile[\s\S]*other kinds of data than those you saw/);
  await shows("Pending");
  assert.match(await page.locator("main").innerText(), /verification\.read/);
  assert.equal(isAllowed(source, partner, "inquiry.read"), false);
});

test("an activation after the source has withdrawn the offer", async () => {
  const { partner, connection } = await newOffer();
  page = await openAs(partner, pageOf(connection));
  const dialog = await openDialog("Accept");
  await post(source, connection, "deactivate");
  await dialog.getByRole("button", { name: "Accept" }).click();
  await notice(page, /changed meanwhile[\s\S]*Nothing was done/);
  await shows("Inactive");
  assert.equal(await page.locator("main .heading button").count(), 0);
});

test("a deactivation that both ask for at once", async () => {
  const { partner, connection } = await newOffer();
  await post(partner, connection, "activate");
  page = await openAs(source, pageOf(connection));
  const dialog = await openDialog("Deactivate");
  await post(partner, connection, "deactivate");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await notice(page, /changed meanwhile/);
  await shows("Inactive");
});

test("a reactivation that a colleague was faster with", async () => {
  const { connection } = await newOffer();
  await post(source, connection, "deactivate");
  page = await openAs(source, pageOf(connection));
  const dialog = await openDialog("Offer again");
  await post(source, connection, "reactivate");
  await dialog.getByRole("button", { name: "Offer again" }).click();
  await notice(page, /changed meanwhile/);
  await shows("Pending");
});

test("a change that does not overwrite a colleague's", async () => {
  const { connection } = await newOffer({ name: "Before" });
  page = await openAs(source, pageOf(connection));
  const dialog = await openDialog("Change");
  await patch(connection, { name: "Colleague's" });
  await dialog.getByLabel("Name").fill("Mine");
  await dialog.getByRole("button", { name: "Save" }).click();
  await notice(page, /changed meanwhile[\s\S]*not saved/);
  await page.getByRole("heading", { name: "Colleague's", level: 1 }).waitFor();
  assert.equal((await api(source, "GET", `/connections/${connection.id}`)).attributes.name, "Colleague's");
});
