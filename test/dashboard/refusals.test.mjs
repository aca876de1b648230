/*
 * refusals.test.mjs
 *		Each way to be refused: said where it belongs, with the reader's entries kept.
 */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  api, BASE, closePage, LIST, newKey, notice, offer, openAs, openPage, organization, pageOf, revokeKeys,
  settled, signIn, sql,
} from "./world.mjs";

const us = organization("org_refused");
const partner = organization("org_refused_partner");
const other = organization("org_refused_other");
let page;

afterEach(() => closePage(page));

async function openCreate() {
  await page.getByRole("button", { name: "New Connection" }).click();
  return page.getByRole("dialog");
}

/* Submits and returns what is said beside the control that is marked as invalid. */
async function refusal(dialog, button) {
  await dialog.getByRole("button", { name: button }).click();
  const control = dialog.locator("[aria-invalid=true]").first();
  await control.waitFor();
  const owner = await control.evaluate((node) => {
    const described = node.closest("fieldset") ?? node;
    return { ids: described.getAttribute("aria-describedby"), focused: document.activeElement === node };
  });
  assert.equal(owner.focused, true, "the focus goes to the field");
  return page.locator(`#${owner.ids.split(" ").at(-1)}`).innerText();
}

for (const [what, key, why] of [
  ["an unknown key", "connect_unknown", /not accepted: it is unknown, expired or revoked/],
  ["no key", "  ", /Enter a key/],
  ["a text that is no key", "two words", /This is no key/],
  ["a JWT that nobody signed", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", /not accepted/],
]) {
  test(`signing in with ${what}`, async () => {
    page = await openPage();
    await page.goto(BASE + LIST);
    await page.getByLabel("API key or token").fill(key);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.locator("#token-error:not([hidden])").waitFor();
    assert.match(await page.locator("#token-error").innerText(), why);
  });
}

test("a partner that does not exist", async () => {
  page = await openAs(us);
  const dialog = await openCreate();
  await dialog.getByLabel("Partner’s organization id").fill("org_nobody");
  await dialog.getByLabel("Name").fill("Kept");
  assert.match(await refusal(dialog, "Create"), /No organization has this id\. Your partner finds theirs under Organization/);
  assert.equal(await dialog.getByLabel("Name").inputValue(), "Kept");
  sql("SELECT connect.register_organization('org_nobody', 'now registered');");
  await dialog.getByRole("button", { name: "Create" }).click();
  await notice(page, /Offered to/);
});

test("a partner's id that can be none, and none at all", async () => {
  page = await openAs(us);
  const dialog = await openCreate();
  await dialog.getByLabel("Partner’s organization id").fill("no id!");
  assert.match(await refusal(dialog, "Create"), /cannot be an organization id/);
  await dialog.getByLabel("Partner’s organization id").fill("");
  assert.match(await refusal(dialog, "Create"), /Enter the id/);
});

test("no scope", async () => {
  page = await openAs(us);
  const dialog = await openCreate();
  await dialog.getByLabel("Partner’s organization id").fill(partner.id);
  await dialog.getByLabel("account.read").uncheck();
  await dialog.getByLabel("inquiry.read").uncheck();
  assert.match(await refusal(dialog, "Create"), /Choose at least one kind of data/);
});

test("a name that is too long", async () => {
  page = await openAs(us);
  const dialog = await openCreate();
  await dialog.getByLabel("Partner’s organization id").fill(partner.id);
  await dialog.getByLabel("Name").fill("n".repeat(256));
  assert.match(await refusal(dialog, "Create"), /255/);
});

test("a second Connection to the same partner leads to the first", async () => {
  const connection = await offer(us, partner, { name: "First" });
  page = await openAs(us);
  const dialog = await openCreate();
  await dialog.getByLabel("Partner’s organization id").fill(partner.id);
  await dialog.getByRole("button", { name: "Create" }).click();
  await notice(page, /already: there is one for each partner/);
  assert.equal(new URL(page.url()).pathname, pageOf(connection));
});

test("a reason that is too long", async () => {
  const connection = await offer(us, other);
  page = await openAs(us, pageOf(connection));
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("r".repeat(1001));
  assert.match(await refusal(dialog, "Withdraw"), /1000/);
});

test("a key that may only read sees everything and is offered no action", async () => {
  const reader = { id: partner.id, key: newKey(partner.id, "{read}") };
  const [connection] = await api(us, "GET", `/connections?filter%5Bdestination-organization-id%5D=${partner.id}`);
  page = await openAs(reader, pageOf(connection));
  assert.equal(await page.locator("main .heading button").count(), 0);
  await page.getByRole("link", { name: "Connections" }).first().click();
  await settled(page);
  const dialog = await openCreate();
  await dialog.getByLabel("Partner’s organization id").fill(us.id);
  await dialog.getByRole("button", { name: "Create" }).click();
  await dialog.getByText("Your key may only read.").waitFor();
});

test("a Connection between others looks like one that does not exist", async () => {
  const [connection] = await api(us, "GET", `/connections?filter%5Bdestination-organization-id%5D=${partner.id}`);
  page = await openAs(other, pageOf(connection));
  const text = await page.locator("main").innerText();
  await page.goto(`${BASE}${LIST}/cxn_none`);
  await page.getByLabel("API key or token").fill(other.key);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "No such Connection" }).waitFor();
  assert.equal(await page.locator("main").innerText(), text);
});

test("a day that has passed", async () => {
  page = await openAs(us);
  const dialog = await openCreate();
  await dialog.getByLabel("Partner’s organization id").fill(organization("org_refused_late").id);
  await dialog.getByLabel("Sharing ends on").fill("2020-02-29");
  assert.match(await refusal(dialog, "Create"), /This day has passed/);
});

test("whatever is searched for, the page has something to say and a way on", async () => {
  page = await openAs(us, `${LIST}?partner=no%20id!%20%25_<b>`);
  assert.match(await page.locator(".empty").innerText(), /whose name or id begins with .*no id! %_<b>/);
  await page.getByRole("link", { name: "Show all Connections" }).click();
  await page.locator(".list").waitFor();
});

test("an address with filters that do not exist leads to the list", async () => {
  page = await openAs(us, `${LIST}?status=sideways&direction=up`);
  await page.locator(".list").waitFor();
  assert.equal(new URL(page.url()).search, "");
});

test("an address with a cursor of somebody else leads to the list", async () => {
  page = await openAs(us, `${LIST}?after=cxn_of_others`);
  await page.locator(".list").waitFor();
  assert.equal(new URL(page.url()).search, "");
});

test("a key revoked meanwhile leads back to sign-in, and from there to where it was", async () => {
  const connection = await offer(other, us, { name: "Until then" });
  page = await openAs(us, pageOf(connection));
  await page.getByRole("button", { name: "Accept", exact: true }).click();
  revokeKeys(us.id);
  await page.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
  await page.getByText("Your key is no longer accepted").waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.doesNotMatch(await page.locator("body").innerText(), /Until then/);
  us.key = newKey(us.id);
  await page.getByLabel("API key or token").fill(us.key);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Until then" }).waitFor();
  assert.equal(await page.locator(".badges .status").innerText(), "Pending");
});

test("a network that is gone is told, and trying again helps", async () => {
  page = await openAs(us);
  await page.context().setOffline(true);
  await page.getByRole("link", { name: "Information" }).click();
  await page.getByRole("heading", { name: "This could not be loaded" }).waitFor();
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Your organization" }).waitFor();
});

test("more requests than the rate allows are told apart from a fault", async () => {
  page = await openPage();
  await signIn(page, us);
  /* what nginx answers is tested elsewhere; here, that the page words it */
  const words = await page.evaluate(async () => {
    const { ApiError } = await import("/dashboard/api.js");
    const { explain } = await import("/dashboard/session.js");
    return [explain(new ApiError(429, [])), explain(new ApiError(503, [])), explain(new ApiError(422, [{ detail: "As it is." }])),
      explain(new ApiError(422, [{ code: "name_too_long", detail: "Not as it is." }]))];
  });
  assert.match(words[0], /Too many requests/);
  assert.match(words[1], /cannot answer right now/);
  assert.equal(words[2], "This was refused: As it is.");
  assert.equal(words[3], "A name has at most 255 characters.");
});
