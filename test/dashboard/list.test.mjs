/*
 * list.test.mjs
 *		The list of an organization with 10,000 Connections: pages, filters, counts, times.
 */
import assert from "node:assert/strict";
import { afterEach, before, test } from "node:test";
import { BASE, closePage, LIST, offer, openAs, organization, sql } from "./world.mjs";

const PAGE = 20;
const us = organization("org_list", "List Bank");
let page;

/* 9,899 outbound ones and 101 offers to us; ids, and so the order, follow the number. */
before(() => sql(`
  INSERT INTO connect.organization (id, name)
    SELECT 'org_list_' || n, 'Partner ' || n FROM generate_series(1, 10000) AS n;
  INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name, scopes)
    SELECT 'cxn_list_' || lpad(n::text, 5, '0'),
      CASE WHEN n % 100 = 1 OR n = 2 THEN 'org_list_' || n ELSE 'org_list' END,
      CASE WHEN n % 100 = 1 OR n = 2 THEN 'org_list' ELSE 'org_list_' || n END, 'Number ' || n, '{inquiry.read}'
    FROM generate_series(1, 10000) AS n;
  UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_list_09999';
  UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_list_09998';
  ANALYZE connect.connection;`));

afterEach(() => closePage(page));

async function open(path = LIST, options = {}) {
  page = await openAs(us, path, options);
}

function names() {
  return page.locator(".list tbody th").allInnerTexts();
}

/* Returns the names of those from one number down to another. */
function numbers(from, to) {
  return Array.from({ length: from - to + 1 }, (_, i) => `Number ${from - i}`);
}

async function follow(name) {
  await page.getByRole("link", { name, exact: true }).first().click();
  await page.waitForFunction(() => document.querySelector("main").getAttribute("aria-busy") === "false");
}

async function choose(label) {
  await page.locator(".segments label", { hasText: new RegExp(`^${label}( \\d+\\+?)?$`) }).click();
  await page.waitForFunction(() => document.querySelector("main").getAttribute("aria-busy") === "false");
}

test("it shows the newest twenty of 10,000, and loads no more than that and a count", async () => {
  const asked = [];
  page = await openAs(us);
  page.on("response", (response) => response.url().includes("/connections") && asked.push(response));
  await follow("Information");
  await follow(/^Connections/);
  assert.deepEqual(await names(), numbers(10000, 9981));
  const answers = await Promise.all(asked.map(async (response) => (await response.json()).data));
  assert.deepEqual(answers.map((data) => data.length).sort((a, b) => a - b), [PAGE, 100, 100]);
  /* the hundreds that are counted carry nothing but what is counted */
  for (const data of answers.filter(({ length }) => length === 100)) {
    assert.deepEqual(Object.keys(data[0].attributes), ["status"]);
  }
});

test("beyond a hundred the count of offers that wait is 100+", async () => {
  await open();
  assert.equal(await page.locator(".side .count").textContent(), "100+ waiting for you");
  assert.match(await page.locator(".waiting").innerText(), /^100\+ offers wait for you to accept or decline/);
});

test("the count is right at and below a hundred", async () => {
  sql("UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_list_00002';");
  await open();
  assert.equal(await page.locator(".side .count").textContent(), "100 waiting for you");
  sql("UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_list_00001';");
  await follow("Information");
  await follow(/^Connections/);
  assert.equal(await page.locator(".side .count").textContent(), "99 waiting for you");
});

test("pages go both ways, without a gap and without a repetition", async () => {
  await open();
  await follow("Older");
  assert.deepEqual(await names(), numbers(9980, 9961));
  await follow("Older");
  assert.deepEqual(await names(), numbers(9960, 9941));
  await follow("Newer");
  assert.deepEqual(await names(), numbers(9980, 9961));
  await page.goBack();
  await page.getByRole("link", { name: "Number 9960" }).waitFor();
  assert.deepEqual(await names(), numbers(9960, 9941));
  await follow("Newest");
  assert.deepEqual(await names(), numbers(10000, 9981));
  assert.equal(await page.getByRole("link", { name: "Newer" }).count(), 0);
});

test("the last page has no older one", async () => {
  await open(`${LIST}?after=cxn_list_00021`);
  assert.deepEqual(await names(), numbers(20, 1));
  assert.equal(await page.getByRole("link", { name: "Older" }).count(), 0);
  await follow("Newer");
  assert.deepEqual(await names(), numbers(40, 21));
});

test("filters by status and direction, alone and together, and keeps them from page to page", async () => {
  await open();
  await choose("Active");
  assert.deepEqual(await names(), ["Number 9999"]);
  await choose("Pending");
  assert.deepEqual(await names(), ["Number 10000", ...numbers(9997, 9979)]);
  await choose("Inbound");
  assert.deepEqual((await names()).slice(0, 3), ["Number 9901", "Number 9801", "Number 9701"]);
  await follow("Older");
  assert.deepEqual((await names()).slice(0, 2), ["Number 7901", "Number 7801"]);
  assert.equal(new URL(page.url()).search, "?status=pending&direction=inbound&after=cxn_list_08001");
  assert.equal(await page.getByLabel("Inbound").isChecked(), true);
  await choose("Outbound");
  assert.equal((await names())[0], "Number 10000");
  await choose("All");
  assert.equal((await names())[1], "Number 9999");
});

test("finds partners by what their names or ids begin with, both ways at once, and says so when there is none", async () => {
  await offer(us, { id: "org_list_101" }, { name: "Back to 101" });
  await open();
  await page.getByLabel(/^Partner, by what/).fill("org_list_101");
  await page.keyboard.press("Enter");
  await page.waitForURL(/partner=org_list_101/);
  await page.waitForFunction(() => document.querySelector("main").getAttribute("aria-busy") === "false");
  assert.deepEqual((await names()).sort(),
    ["Back to 101", "Number 101", ...Array.from({ length: 10 }, (_, i) => `Number 101${i}`)]);
  await page.getByLabel(/^Partner, by what/).fill("partNER 1010");
  await page.getByRole("button", { name: "Search" }).click();
  await page.waitForURL(/partner=partNER/);
  await page.waitForFunction(() => document.querySelector("main").getAttribute("aria-busy") === "false");
  assert.deepEqual(await names(), ["Number 1010"]);
  assert.deepEqual(await page.locator("#status-all + label, #status-pending + label, #status-active + label").allInnerTexts(),
    ["All 1", "Pending 1", "Active 0"]);
  await page.goBack();
  await page.getByRole("link", { name: "Back to 101" }).waitFor();
  await choose("Inbound");
  assert.deepEqual(await names(), ["Number 101"]);
  await page.getByLabel(/^Partner, by what/).fill("org_list_none");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByRole("heading", { name: "No Connection matches" }).waitFor();
  await follow("Show all Connections");
  assert.equal((await names()).length, PAGE);
});

test("a row says everything, and opens by a click anywhere", async () => {
  await open(`${LIST}?status=active`);
  const row = page.locator(".list tbody tr");
  assert.deepEqual((await row.locator("th, td").allTextContents()).slice(0, 5),
    ["Number 9999", "Partner 9999 org_list_9999", "Outbound: you share with them", "Active", "inquiry.read"]);
  await row.locator("td").nth(4).click({ position: { x: 2, y: 2 } });
  await page.getByRole("heading", { name: "Number 9999", level: 1 }).waitFor();
  assert.match(await page.locator(".event-title").first().innerText(), /^An administrator accepted it/);
});

test("nobody who is not asked is told: another organization's list is empty", async () => {
  page = await openAs(organization("org_list_bystander"));
  await page.getByRole("heading", { name: "No Connections yet" }).waitFor();
  assert.equal(await page.locator(".side .count").textContent(), "");
});

for (const [timezoneId, locale, shown] of [
  ["Asia/Kolkata", "en-GB", "31 Dec 2026, 23:30"],
  ["America/New_York", "en-US", "Dec 31, 2026, 1:00 PM"],
]) {
  test(`times in ${timezoneId}, the exact UTC on hover`, async () => {
    sql(`SET session_replication_role = replica;
      UPDATE connect.connection SET updated_at = '2026-12-31 18:00:00.123Z' WHERE id = 'cxn_list_09999';`);
    await open(`${LIST}?status=active`, { timezoneId, locale });
    const time = page.locator(".list time");
    assert.equal((await time.innerText()).replace(/\s/g, " "), shown);
    assert.equal(await time.getAttribute("title"), "2026-12-31 18:00:00.123 UTC");
  });
}

test("the document's own address leads to the list", async () => {
  page = await openAs(us, "/dashboard/index.html");
  assert.equal(page.url(), BASE + LIST);
});
