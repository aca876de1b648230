/*
 * terms.test.mjs
 *		How old an offer is, how long it lasts, what it says ahead, and notes that move nothing.
 */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { api, closePage, LIST, notice, offer, openAs, organization, pageOf, sql } from "./world.mjs";

const us = organization("org_terms", "Terms Bank");
const partner = organization("org_terms_partner", "Terms Insurance");
const DAY = 86400000;
let page;

afterEach(() => closePage(page));

const inDays = (days) => new Date(Date.now() + days * DAY);
/* a day as a field for days has it, in the zone of the browser */
const dayOf = (date) => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(date);

test("an offer with terms is made by choosing days, and says whose it is from then on", async () => {
  page = await openAs(us);
  await page.getByRole("button", { name: "New Connection" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Partner’s organization id").fill(partner.id);
  await dialog.getByLabel("The offer stands until").fill(dayOf(inDays(3)));
  await dialog.getByLabel("Sharing ends on").fill(dayOf(inDays(60)));
  assert.doesNotMatch(await dialog.innerText(), /Terms Insurance/);
  await dialog.getByRole("button", { name: "Create" }).click();
  await notice(page, /^Offered to Terms Insurance org_terms_partner\./);
  assert.match(await page.locator(".ahead").innerText(), /^This offer lapses in 3 days, on .* 23:59\. Unless Terms Insurance accepts before then, it ends\./);
  const [{ attributes }] = await api(us, "GET", "/connections");
  assert.equal(dayOf(new Date(attributes["respond-by"])), dayOf(inDays(3)));
  assert.equal(dayOf(new Date(attributes["expires-at"])), dayOf(inDays(60)));
});

test("the list tells how old an offer is and how many days are left", async () => {
  const [{ id }] = await api(us, "GET", "/connections");
  sql(`SET session_replication_role = replica;
    UPDATE connect.connection SET created_at = now() - interval '40 days', updated_at = now() - interval '12 days' WHERE id = :'id';
    UPDATE connect.event SET created_at = now() - interval '12 days' WHERE connection_id = :'id'`, { id });
  page = await openAs(us);
  assert.match(await page.locator(".list .term").innerText(), /^12 days ago\s+3 days left$/);
  assert.equal(await page.locator(".list .term .soon").innerText(), "3 days left");
  await page.goto(page.url().replace(LIST, pageOf({ id })));
  await page.getByLabel("API key or token").fill(us.key);
  await page.keyboard.press("Enter");
  await page.locator(".age").waitFor();
  assert.equal(await page.locator(".age").innerText(), "12 days ago");
});

test("the destination declines with a reason, the source offers again until another day", async () => {
  const [{ id }] = await api(us, "GET", "/connections");
  page = await openAs(partner, pageOf({ id }));
  assert.match(await page.locator(".ahead").innerText(), /Accept it before then/);
  const top = () => page.locator("h1").evaluate((node) => node.getBoundingClientRect().top);
  const before = await top();
  await page.getByRole("button", { name: "Decline", exact: true }).click();
  await page.getByRole("dialog", { name: "Decline this offer?" }).getByLabel("Reason").fill("Not now");
  await page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
  await notice(page, /^Ended/);
  assert.equal(await top(), before, "the note has moved nothing");
  assert.match(await page.locator(".event").first().innerText(), /^You declined it[\s\S]*Not now/);
  await closePage(page);
  page = await openAs(us, pageOf({ id }));
  assert.match(await page.locator(".event-title").first().innerText(), /^Terms Insurance declined it$/);
  await page.getByRole("button", { name: "Offer again", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Offer it again?" });
  await dialog.getByLabel("The offer stands until").fill("2020-01-01");
  await dialog.getByRole("button", { name: "Offer again" }).click();
  await dialog.getByText("This day has passed. Choose a later one.").waitFor();
  await dialog.getByLabel("The offer stands until").fill(dayOf(inDays(30)));
  await dialog.getByRole("button", { name: "Offer again" }).click();
  await notice(page, /^Offered again/);
  assert.equal(await page.locator(".ahead").count(), 0);
});

test("terms are changed and taken away, and what was not touched stays to the second", async () => {
  const [{ id, attributes: { "respond-by": kept } }] = await api(us, "GET", "/connections");
  page = await openAs(us, pageOf({ id }));
  await page.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Sharing ends on").fill("");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.", { exact: true }).waitFor();
  const { attributes } = await api(us, "GET", `/connections/${id}`);
  assert.deepEqual([attributes["expires-at"], attributes["respond-by"]], [null, kept]);
});

test("sharing that ends within a week is told ahead, and what has ended says why", async () => {
  const [{ id }] = await api(us, "GET", "/connections");
  await api(us, "PATCH", `/connections/${id}`, { data: { attributes: { "expires-at": inDays(6).toISOString() } } });
  await api(partner, "POST", `/connections/${id}/activate`);
  page = await openAs(partner, pageOf({ id }));
  assert.match(await page.locator(".ahead").innerText(), /^Sharing ends in 6 days, on .*Terms Bank can set a later day\./);
  await closePage(page);
  sql("SET session_replication_role = replica; UPDATE connect.connection SET expires_at = now() - interval '1 hour' WHERE id = :'id'", { id });
  page = await openAs(us, pageOf({ id }));
  assert.match(await page.locator(".outlook").innerText(), /^Its term has passed\. Nothing is shared\. You can offer it again; Terms Insurance/);
  assert.equal(await page.locator(".badges .status").innerText(), "Inactive");
});

test("kinds of data have their titles, and one that is no longer offered can be taken away", async () => {
  sql(`INSERT INTO connect.scope (name, title, description) VALUES ('terms.read', 'Terms', 'Read what was agreed.')`);
  const other = organization("org_terms_scopes", "Terms Scopes");
  const connection = await offer(us, other, { scopes: ["inquiry.read", "terms.read"] });
  page = await openAs(us, pageOf(connection));
  assert.equal((await page.locator(".scopes-explained li").last().innerText()).replace(/\s+/g, " "), "Terms terms.read Read what was agreed.");
  sql("UPDATE connect.scope SET retired_at = now() WHERE name = 'terms.read'");
  await closePage(page);
  page = await openAs(us, pageOf(connection));
  assert.match(await page.locator(".scopes-explained li").last().innerText(), /No longer offered/);
  await page.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Named, and nothing taken away");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.", { exact: true }).waitFor();
  assert.deepEqual((await api(us, "GET", `/connections/${connection.id}`)).attributes.scopes, ["inquiry.read", "terms.read"]);
  sql("UPDATE connect.connection SET scopes = '{inquiry.read}' WHERE id = :'id'; DELETE FROM connect.scope WHERE name = 'terms.read'", { id: connection.id });
});
