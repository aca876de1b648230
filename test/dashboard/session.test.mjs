/*
 * session.test.mjs
 *		Signing in by key and by JWT, and being sent back when either ends.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { afterEach, test } from "node:test";
import {
  BASE, closePage, LIST, newKey, notice, offer, openAs, openPage, organization, revokeKeys, settled, signIn,
  sql,
} from "./world.mjs";

const us = organization("org_session", "Session Bank");
const partner = organization("org_session_partner");
let page;

afterEach(() => closePage(page));

/* Returns a JWT as the identity provider would sign it. */
function jwt(claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${body}.${createHmac("sha256", process.env.CONNECT_JWT_SECRET).update(body).digest("base64url")}`;
}

const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

async function refusal() {
  await page.locator("#token-error:not([hidden])").waitFor();
  return page.locator("#token-error").innerText();
}

async function enter(token) {
  await page.goto(BASE + LIST);
  await page.getByLabel("API key or token").fill(token);
  await page.keyboard.press("Enter");
}

test("with a JWT: the user who offers a Connection stands in its history", async () => {
  const user = { ...us, key: jwt({ organization_id: us.id, sub: "user_1", exp: inSeconds(600) }) };
  page = await openAs(user);
  assert.equal(await page.locator(".who-name").innerText(), `Session Bank\n${us.id}`);
  await page.getByRole("button", { name: "New Connection" }).click();
  await page.getByLabel("Partner’s organization id").fill(partner.id);
  await page.getByRole("button", { name: "Create" }).click();
  await notice(page, /Offered to/);
  assert.match(await page.locator(".event").innerText(), /You offered the Connection[\s\S]*user user_1/);
});

for (const [what, claims] of [
  ["an expired JWT", { organization_id: us.id, exp: 1 }],
  ["a JWT of no organization", { sub: "user_1" }],
]) {
  test(`with ${what}: refused`, async () => {
    page = await openPage();
    await enter(jwt({ exp: inSeconds(600), ...claims }));
    assert.match(await refusal(), /not accepted/);
  });
}

test("a JWT that stands for nobody any more leads back to sign-in", async () => {
  const leaver = organization("org_session_leaver");
  page = await openAs({ key: jwt({ organization_id: leaver.id, exp: inSeconds(600) }) });
  sql("DELETE FROM connect.api_key WHERE organization_id = :'id'; DELETE FROM connect.organization WHERE id = :'id';", { id: leaver.id });
  await page.getByRole("link", { name: "Information" }).click();
  await page.getByText("Your key is no longer accepted").waitFor();
  assert.equal(new URL(page.url()).pathname, "/organization/information");
});

test("a key that is revoked meanwhile leads back to sign-in with a word of why, whatever is done next", async () => {
  const connection = await offer(partner, us, { name: "Still secret" });
  const steps = {
    "a link": () => page.getByRole("link", { name: "Information" }).click(),
    "a filter": () => page.locator(".segments label", { hasText: /^Inactive/ }).click(),
    "a form": async () => {
      await page.getByRole("button", { name: "New Connection" }).click();
      await page.getByRole("dialog").getByLabel("Partner’s organization id").fill(partner.id);
      await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
    },
    "coming back": () => page.evaluate(() => dispatchEvent(new Event("focus"))),
  };
  page = await openPage();
  for (const [what, step] of Object.entries(steps)) {
    us.key = newKey(us.id);
    await signIn(page, us, what === "coming back" ? `${LIST}/${connection.id}` : LIST);
    await page.getByText("Still secret").first().waitFor();
    revokeKeys(us.id);
    await step();
    await page.getByText("Your key is no longer accepted: it has expired or was revoked.").waitFor();
    const text = await page.locator("body").innerText();
    assert.doesNotMatch(text, /Still secret|org_session/, what);
    assert.equal(await page.getByRole("dialog").count(), 0);
  }
  us.key = newKey(us.id);
  await page.getByLabel("API key or token").fill(us.key);
  await page.keyboard.press("Enter");
  await settled(page);
  await page.getByRole("heading", { name: "Still secret", level: 1 }).waitFor();
});

test("two in one browser do not share a key", async () => {
  page = await openAs(us);
  const other = await page.context().newPage();
  await other.goto(BASE + LIST);
  await other.getByLabel("API key or token").waitFor();
  await other.close();
  await settled(page);
});
