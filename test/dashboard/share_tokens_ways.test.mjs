/*
 * share_tokens_ways.test.mjs
 *		From a Connection's page to its share tokens and to a new one; what can be chosen, and what
 *		is said of a token whose Connection does not let it through.
 */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  api, closePage, comeBack, makeToken, newKey, notice, offer, openAs, organization, pageOf, settled, shareRows, sql,
} from "./world.mjs";

const TOKENS = "/connect/share-tokens";
const us = organization("org_ways", "Ways Bank");
const [first, second, third] = ["first", "second", "third"].map((name) => organization(`org_ways_${name}`, `Ways ${name}`));
const active = await offer(us, first, { name: "Accepted one", scopes: ["inquiry.read"] });
await api(first, "POST", `/connections/${active.id}/activate`);
const pending = await offer(us, second, { scopes: ["inquiry.read"] });
const ended = await offer(us, third, { name: "Ended one", scopes: ["inquiry.read"] });
await api(us, "POST", `/connections/${ended.id}/deactivate`);
shareRows("ways", us, 20);
shareRows("ways_later", us, 3, false);
let page;

afterEach(() => closePage(page));

async function openNew() {
  await page.getByRole("button", { name: "New Share Token" }).click();
  const dialog = page.getByRole("dialog", { name: "New Share Token" });
  await dialog.waitFor();
  return dialog;
}

/* Returns what can be chosen as the Connection, and what cannot, under the heading of each group. */
function choices(dialog) {
  return dialog.getByLabel("Connection").evaluate((select) => [...select.children].map(({ label, disabled, children }) =>
    [label, disabled, ...[...children].map((option) => option.textContent)]));
}

const outlook = () => page.locator(".outlook").innerText();

test("the source goes from a Connection to a new token through it, and back to all of them", async () => {
  page = await openAs(us, pageOf(pending));
  await page.getByText("You have handed nothing over through this Connection yet.").waitFor();
  const dialog = await openNew();
  assert.equal(await dialog.getByLabel("Connection").inputValue(), pending.id);
  await dialog.getByLabel("Id of what you hand over").fill("ways_1");
  await dialog.getByRole("button", { name: "Create" }).click();
  await notice(page, /^Made\. Ways second can redeem it once they have accepted the Connection\.$/);
  assert.match(await outlook(), /^Ways second can redeem it once they have accepted the Connection, until /);
  await page.getByRole("link", { name: "Connection with Ways second" }).click();
  await page.getByRole("link", { name: "ways ways_1" }).waitFor();
  assert.match(await page.locator(".handed-over li").innerText(), /^ways ways_1\s+Ready/);
  await page.getByRole("link", { name: "All share tokens of this Connection" }).click();
  await page.waitForURL(`**${TOKENS}?connection=${pending.id}`);
  assert.match(await page.locator(".narrowed").innerText(), /^Through Connection with Ways second\s+Show those of all Connections$/);
  assert.deepEqual(await page.locator(".list tbody th").allInnerTexts(), ["ways ways_1"]);
  assert.equal(await (await openNew()).getByLabel("Connection").inputValue(), pending.id);
  await page.keyboard.press("Escape");
  await page.locator(".segments label", { hasText: /^Ended$/ }).click();
  await page.getByRole("heading", { name: "No share token matches" }).waitFor();
  await page.getByRole("link", { name: "Show those of all Connections" }).click();
  await page.waitForURL(`**${TOKENS}?status=expired`);
  // the address changes before the page does
  await page.locator(".narrowed").waitFor({ state: "detached" });
});

test("what cannot be chosen stands there with the reason", async () => {
  page = await openAs(us, TOKENS);
  const dialog = await openNew();
  assert.deepEqual(await choices(dialog), [
    ["Active", false, "Accepted one · Ways first (org_ways_first)"],
    ["Not accepted yet: your partner can redeem it once they have", false, "Ways second (org_ways_second)"],
    ["Inactive: offer the Connection again first", true, "Ended one · Ways third (org_ways_third)"],
  ]);
  assert.equal(await dialog.getByLabel("Connection").inputValue(), active.id);
});

test("who has nothing to choose from is told what to do", async () => {
  page = await openAs(organization("org_ways_new"), TOKENS);
  await page.getByRole("button", { name: "New Share Token" }).click();
  await notice(page, /^You have not offered a Connection yet/);
  await closePage(page);
  const tired = organization("org_ways_tired");
  const { id } = await offer(tired, first);
  await api(tired, "POST", `/connections/${id}/deactivate`);
  page = await openAs(tired, TOKENS);
  await page.getByRole("button", { name: "New Share Token" }).click();
  await notice(page, /^All Connections that you have offered are inactive/);
});

test("of more than a hundred, the one whose page it is can be chosen", async () => {
  const many = organization("org_ways_many", "Ways of many");
  sql(`INSERT INTO connect.organization (id, name) SELECT 'org_ways_many_' || n, 'Many ' || n FROM generate_series(1, 101) AS n;
    INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, scopes)
      SELECT 'cxn_ways_' || lpad(n::text, 5, '0'), 'org_ways_many', 'org_ways_many_' || n, '{inquiry.read}' FROM generate_series(1, 101) AS n;`);
  page = await openAs(many, pageOf({ id: "cxn_ways_00001" }));
  const dialog = await openNew();
  assert.equal(await dialog.getByLabel("Connection").inputValue(), "cxn_ways_00001");
  assert.equal((await choices(dialog))[0].length, 2 + 101);
  await dialog.getByText("the page of an older one has this form too").waitFor();
});

test("neither an inactive Connection nor the destination's page offers a new one", async () => {
  page = await openAs(us, pageOf(ended));
  await page.getByText("Nothing was handed over, and nothing can be while the Connection is inactive.").waitFor();
  assert.equal(await page.getByRole("button", { name: "New Share Token" }).count(), 0);
  await closePage(page);
  page = await openAs(first, pageOf(active));
  await page.getByText("Nothing was handed over through this Connection yet.").waitFor();
  assert.equal(await page.getByRole("button", { name: "New Share Token" }).count(), 0);
  await closePage(page);
  page = await openAs({ id: us.id, key: newKey(us.id, "{read}") }, pageOf(active));
  await page.getByText("Nothing was handed over through this Connection yet.").waitFor();
  assert.equal(await page.getByRole("button", { name: "New Share Token" }).count(), 0);
});

test("the destination is told why it cannot redeem a token, and when it can", async () => {
  const { id } = await makeToken(us, pending, "ways_2");
  page = await openAs(second, `${TOKENS}/${id}`);
  assert.match(await outlook(), /^Ways Bank hands this over to you\. You can redeem it once you have accepted the Connection, until /);
  assert.deepEqual(await page.locator("main .heading button").allInnerTexts(), ["Decline"]);
  await api(second, "POST", `/connections/${pending.id}/activate`);
  await comeBack(page);
  await notice(page, /^This share token changed meanwhile\. You see it as it is now\.$/);
  assert.match(await outlook(), /^Ways Bank hands this over to you\. You can redeem it once, until /);
  assert.deepEqual(await page.locator("main .heading button").allInnerTexts(), ["Redeem", "Decline"]);
  await api(us, "PATCH", `/connections/${pending.id}`, { data: { attributes: { scopes: ["inquiry.read", "account.read"] } } });
  await api(second, "POST", `/connections/${pending.id}/activate`);
  await api(us, "PATCH", `/connections/${pending.id}`, { data: { attributes: { scopes: ["account.read"] } } });
  await comeBack(page);
  await page.getByText("the Connection does not share this kind of data").waitFor();
  await api(us, "POST", `/connections/${pending.id}/deactivate`);
  await comeBack(page);
  await page.getByText("You cannot redeem it while the Connection is inactive. Only Ways Bank, the source, can offer that again.").waitFor();
  await closePage(page);
  page = await openAs(us, `${TOKENS}/${id}`);
  assert.match(await outlook(), /^Ways second cannot redeem it while the Connection is inactive\./);
  await closePage(page);
  const other = await makeToken(us, active, "ways_3");
  page = await openAs({ id: first.id, key: newKey(first.id, "{read}") }, `${TOKENS}/${other.id}`);
  assert.equal(await outlook(), "Ways Bank hands this over to you, but your key may only read.");
  assert.equal(await page.locator("main .heading button").count(), 0);
});

test("a copy that the application makes later shows when it is there", async () => {
  const { id } = await makeToken(us, active, "ways_later_1");
  page = await openAs(first, `${TOKENS}/${id}`);
  await page.getByRole("button", { name: "Redeem", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Redeem" }).click();
  await notice(page, /^Redeemed\. The copy is being made/);
  assert.equal(await outlook(), "You have redeemed it. Your copy is being made; this page shows when it is there.");
  sql("SELECT connect.complete_share_token(:'id', 'ways_later_copy');", { id });
  await notice(page, /^The copy has been made\.$/);
  await page.getByText("ways_later_copy").waitFor();
  assert.deepEqual(await page.locator(".event-title").allInnerTexts(), ["The copy was made", "You redeemed it", "Ways Bank made it"]);
});

test("a copy that fails says why", async () => {
  const { id } = await makeToken(us, active, "ways_4");
  sql("DELETE FROM dashboard_ways.memo WHERE id = 'ways_4';");
  page = await openAs(first, `${TOKENS}/${id}`);
  await page.getByRole("button", { name: "Redeem", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Redeem" }).click();
  await notice(page, /^What was to be handed over is gone/);
  assert.match(await outlook(), /^What was to be handed over is gone, or is not the source’s any more\. It cannot be redeemed again/);
  assert.equal(await page.locator(".badges .status").innerText(), "Failed");
});

test("time that has passed is told as such, before anybody has recorded it and after", async () => {
  const { id } = await makeToken(us, active, "ways_5");
  sql("SET session_replication_role = replica; UPDATE connect.share_token SET expires_at = now() - interval '1 hour' WHERE id = :'id';", { id });
  page = await openAs(first, `${TOKENS}/${id}`);
  assert.equal(await outlook(), "Its time passed. It was not redeemed, and cannot be any more.");
  assert.deepEqual(await page.locator(".event-title").allInnerTexts(), ["Ways Bank made it"]);
  sql("SELECT connect.expire_due();");
  await closePage(page);
  page = await openAs(us, `${TOKENS}/${id}`);
  assert.deepEqual(await page.locator(".event-title").allInnerTexts(), ["Its time passed", "You made it"]);
});

test("the history is found behind those of many other tokens of the Connection", async () => {
  const [long, partner] = [organization("org_ways_long", "Long Bank"), organization("org_ways_long_partner", "Long Insurance")];
  const through = await offer(long, partner, { scopes: ["inquiry.read"] });
  shareRows("ways_long", long, 1);
  const { id } = await makeToken(long, through, "ways_long_1");
  /* as many as are looked through at once, and one */
  sql(`INSERT INTO connect.share_token (connection_id, kind, source_id, status, expires_at)
    SELECT :'through', 'ways_long', 'ways_long_1', 'created', now() + interval '1 day' FROM generate_series(1, 501);`, { through: through.id });
  page = await openAs(long, `${TOKENS}/${id}`);
  await page.getByText("What happened lies further back.").waitFor();
  await page.getByRole("button", { name: "Show older" }).click();
  await page.getByText("You made it").waitFor();
  assert.equal(await page.locator(".event").evaluate((node) => node === document.activeElement), true);
  assert.equal(await page.getByRole("button", { name: "Show older" }).count(), 0);
  await closePage(page);
  page = await openAs(long, pageOf(through));
  assert.equal(await page.locator(".handed-over li").count(), 5);
});

test("the list shows what is new when its reader comes back, and leaves an address that leads nowhere", async () => {
  page = await openAs(first, `${TOKENS}?status=created&connection=${active.id}`);
  const before = await page.locator(".list tbody tr").count();
  await makeToken(us, active, "ways_6");
  await comeBack(page);
  await page.locator(".list tbody tr").nth(before).waitFor();
  for (const nowhere of ["cxn_none", pending.id, "a/b", "..%2Forganization"]) {
    await page.evaluate((target) => {
      history.pushState(null, "", target);
      dispatchEvent(new PopStateEvent("popstate"));
    }, `${TOKENS}?connection=${nowhere}`);
    await page.waitForURL(`**${TOKENS}`);
    await settled(page);
  }
});
