/*
 * story.test.mjs
 *		The guide's story, told by both parties in two browsers side by side.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closePage, comeBack, isAllowed, LIST, notice, openAs, organization, settled } from "./world.mjs";

const source = organization("org_story_source", "Story Bank");
const destination = organization("org_story_partner", "Story Insurance");
let ours;
let theirs;
let address;

before(async () => {
  ours = await openAs(source);
  /* somewhere else, and so in a browser of their own */
  theirs = await openAs(destination, LIST, { timezoneId: "Asia/Kolkata" });
});

after(async () => {
  await closePage(ours);
  await closePage(theirs);
});

async function confirm(page, action) {
  await page.getByRole("button", { name: action, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: action, exact: true }).click();
}

/* Waits until a page shows this status, in words and in the picture. */
async function isNow(page, status) {
  await page.locator(".badges .status", { hasText: status }).waitFor();
  await page.locator(".states .present", { hasText: status }).waitFor();
}

test("who has no Connections is told what to do", async () => {
  await ours.getByRole("heading", { name: "No Connections yet" }).waitFor();
  assert.match(await ours.locator(".empty").innerText(), /ask for their organization id[\s\S]*org_story_source/);
});

test("Organization > Information shows the id that a partner needs, and copies it", async () => {
  await theirs.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await theirs.getByRole("link", { name: "Information" }).click();
  await theirs.getByRole("heading", { name: "Information", level: 1 }).waitFor();
  assert.equal(new URL(theirs.url()).pathname, "/organization/information");
  await theirs.getByRole("button", { name: "Copy organization id" }).click();
  await theirs.getByText("Copied").waitFor();
  assert.equal(await theirs.evaluate(() => navigator.clipboard.readText()), destination.id);
});

test("the source offers a Connection with the scopes it picks", async () => {
  await ours.getByRole("button", { name: "New Connection" }).click();
  const dialog = ours.getByRole("dialog", { name: "New Connection" });
  assert.match(await dialog.innerText(), /Read the shared accounts\s+account\.read/);
  assert.equal(await dialog.getByLabel("account.read").isChecked(), true);
  assert.equal(await dialog.getByLabel("verification.read").isChecked(), false);
  await dialog.getByLabel("Partner’s organization id").fill(destination.id);
  await dialog.getByLabel("Name").fill("Partner Connection");
  await dialog.getByLabel("account.read").uncheck();
  await dialog.getByRole("button", { name: "Create" }).click();
  await notice(ours, /Offered to/);
  address = new URL(ours.url()).pathname;
  assert.match(address, /^\/connect\/connections\/cxn_/);
  await isNow(ours, "Pending");
  assert.equal(isAllowed(source, destination, "inquiry.read"), false);
});

test("the source knows to whom it has offered, and cannot accept its own offer", async () => {
  assert.deepEqual(await ours.locator("main .heading button").allInnerTexts(), ["Change", "Withdraw"]);
  assert.equal(await ours.locator(".badges .party").innerText(), `Story Insurance ${destination.id}`);
  assert.match(await ours.locator(".outlook").innerText(), /^Waiting for Story Insurance to accept\. .* Offered today\.$/);
});

test("the destination sees one offer waiting, and accepts it knowing whose it is and its scopes", async () => {
  await theirs.getByRole("link", { name: "Connections" }).first().click();
  await theirs.getByRole("link", { name: "1 offer waits for you to accept or decline" }).click();
  await theirs.getByRole("link", { name: "Partner Connection" }).click();
  await settled(theirs);
  assert.equal(new URL(theirs.url()).pathname, address);
  assert.deepEqual(await theirs.locator("main .heading button").allInnerTexts(), ["Accept", "Decline"]);
  await theirs.getByRole("button", { name: "Accept", exact: true }).click();
  const dialog = theirs.getByRole("dialog", { name: "Accept this offer?" });
  const text = await dialog.innerText();
  assert.match(text, /From now on Story Bank shares the following with Story Insurance/);
  assert.match(text, /inquiry\.read/);
  assert.doesNotMatch(text, /account\.read/);
  const sent = theirs.waitForRequest((request) => request.url().endsWith("/activate"));
  await dialog.getByRole("button", { name: "Accept" }).click();
  assert.deepEqual((await sent).postDataJSON(), { meta: { scopes: ["inquiry.read"] } });
  await notice(theirs, /^Accepted\. The Connection is now active: Story Bank shares this data with you\.$/);
  await isNow(theirs, "Active");
  assert.equal(await theirs.locator(".side .count").innerText(), "");
  assert.equal(isAllowed(source, destination, "inquiry.read"), true);
});

test("the source, coming back to the page, sees that it is active", async () => {
  await comeBack(ours);
  await notice(ours, /changed meanwhile/);
  await isNow(ours, "Active");
});

test("the source deactivates it with a reason, and sharing stops at once", async () => {
  await ours.getByRole("button", { name: "Deactivate", exact: true }).click();
  const dialog = ours.getByRole("dialog", { name: "Deactivate this Connection?" });
  assert.match(await dialog.innerText(), /Sharing stops at once: Story Insurance can no longer read/);
  await dialog.getByLabel("Reason").fill("Contract ended.\nSee you.");
  await dialog.getByRole("button", { name: "Deactivate" }).click();
  await notice(ours, /^Ended\. The Connection is now inactive/);
  await isNow(ours, "Inactive");
  assert.equal(isAllowed(source, destination, "inquiry.read"), false);
});

test("the destination sees who ended it and why, and can do nothing", async () => {
  await comeBack(theirs);
  await isNow(theirs, "Inactive");
  assert.match(await theirs.locator(".event").first().innerText(), /Story Bank deactivated it[\s\S]*Active → Inactive[\s\S]*Contract ended\.\nSee you\./);
  assert.equal(await theirs.locator("main .heading button").count(), 0);
  assert.match(await theirs.locator(".outlook").innerText(), /Only Story Bank, the source, can offer it again/);
});

test("the source offers it again, the destination accepts again", async () => {
  await confirm(ours, "Offer again");
  await isNow(ours, "Pending");
  assert.equal(isAllowed(source, destination, "inquiry.read"), false);
  await comeBack(theirs);
  await theirs.getByRole("button", { name: "Accept", exact: true }).waitFor();
  await confirm(theirs, "Accept");
  await isNow(theirs, "Active");
  assert.equal(isAllowed(source, destination, "inquiry.read"), true);
});

test("the source renames it and takes nothing away; more scopes need consent again", async () => {
  await comeBack(ours);
  await isNow(ours, "Active");
  await ours.getByRole("button", { name: "Change" }).click();
  const dialog = ours.getByRole("dialog", { name: "Change the Connection" });
  await dialog.getByLabel("Name").fill("Second name");
  await dialog.getByRole("button", { name: "Save" }).click();
  await ours.getByText("Saved.", { exact: true }).waitFor();
  await ours.getByRole("heading", { name: "Second name", level: 1 }).waitFor();
  await isNow(ours, "Active");
  await ours.getByRole("button", { name: "Change" }).click();
  await dialog.getByLabel("account.read").check();
  assert.match(await dialog.innerText(), /goes back to pending, and sharing stops/);
  await dialog.getByRole("button", { name: "Save" }).click();
  await ours.getByText("Saved. The Connection is now pending.").waitFor();
  assert.equal(isAllowed(source, destination, "inquiry.read"), false);
});

test("the history tells it all, newest first", async () => {
  const titles = await ours.locator(".event-title").allInnerTexts();
  assert.deepEqual(titles, [
    "You added scopes", "You changed it", "Story Insurance accepted it", "You offered it again",
    "You deactivated it", "Story Insurance accepted it", "You offered the Connection",
  ]);
  const events = await ours.locator(".event").allInnerTexts();
  assert.match(events[0], /Active → Pending[\s\S]*Added: account\.read/);
  assert.match(events[1], /New name: .?Second name/);
  assert.match(events[1], /api-key api_/);
  assert.doesNotMatch(events[2], /api_|request/);
});

test("times are the reader's, with the exact UTC on hover", async () => {
  const time = ours.locator(".event time").first();
  const iso = await time.getAttribute("datetime");
  assert.match(iso, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(await time.getAttribute("title"), iso.replace("T", " ").replace("Z", " UTC"));
  const shown = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "Europe/Berlin" }).format(new Date(iso));
  assert.equal(await time.innerText(), shown);
});

test("signing out and reloading both ask for the key again", async () => {
  await ours.getByRole("button", { name: "Sign out" }).click();
  await ours.getByText("You are signed out.").waitFor();
  await theirs.reload();
  await theirs.getByLabel("API key or token").waitFor();
  assert.equal(await theirs.getByRole("heading", { level: 1 }).innerText(), "Sign in to Connect");
});

test("nothing happened that must not", async () => {
  await closePage(ours);
  await closePage(theirs);
});
