/*
 * screenshots.mjs
 *		Makes the pictures of doc/images/ of every page, with an invented story to show.
 */
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { api, BASE, closeBrowser, closePage, LIST, makeToken, offer, openAs, openPage, organization, pageOf, sql } from "./world.mjs";

const FOLDER = fileURLToPath(new URL("../../doc/images/", import.meta.url));

const us = organization("org_ABC123", "ABC Bank");
const insurance = organization("org_DEF456", "DEF Insurance");
const payments = organization("org_XYZ789", "XYZ Payments");
const [lending, health, retail] = [
  ["org_initech_lending", "Initech Lending"], ["org_umbrella_health", "Umbrella Health"], ["org_globex01", "Globex Retail"],
].map(([id, name]) => organization(id, name));

function act(who, connection, action, meta) {
  return api(who, "POST", `/connections/${connection.id}/${action}`, meta && { meta });
}

/* Lets the events of a Connection have happened at these times, newest first. */
function happened(connection, ...times) {
  sql(`SET session_replication_role = replica;
    UPDATE connect.event SET created_at = (:'times'::timestamptz[])[numbered.n]
      FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM connect.event WHERE connection_id = :'id') AS numbered
      WHERE event.id = numbered.id;
    UPDATE connect.connection SET created_at = (:'times'::timestamptz[])[${times.length}], updated_at = (:'times'::timestamptz[])[1]
      WHERE id = :'id';`,
  { id: connection.id, times: `{${times.join(",")}}` });
}

/* Lets the events of a share token have happened at these times, newest first. */
function handedOver({ id }, ...times) {
  sql(`SET session_replication_role = replica;
    UPDATE connect.event SET created_at = (:'times'::timestamptz[])[numbered.n]
      FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM connect.event WHERE subject_id = :'id') AS numbered
      WHERE event.id = numbered.id;
    UPDATE connect.share_token SET created_at = (:'times'::timestamptz[])[${times.length}], updated_at = (:'times'::timestamptz[])[1],
        pending_at = CASE WHEN pending_at IS NOT NULL THEN (:'times'::timestamptz[])[1] END,
        redeemed_at = CASE WHEN redeemed_at IS NOT NULL THEN (:'times'::timestamptz[])[1] END,
        expires_at = CASE status WHEN 'expired' THEN (:'times'::timestamptz[])[1]
          ELSE (:'times'::timestamptz[])[${times.length}] + interval '14 days' END
      WHERE id = :'id';`,
  { id, times: `{${times.join(",")}}` });
}

/* Lets things be handed over through two Connections; returns the token whose page is shown. */
async function handOver(outbound, inbound) {
  sql(`CREATE SCHEMA shop;
    CREATE TABLE shop.inquiry (id text PRIMARY KEY, organization_id text NOT NULL);
    CREATE FUNCTION shop.redeem(source_id text, source_organization_id text, destination_organization_id text,
      destination_id text, options jsonb) RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
      INSERT INTO shop.inquiry VALUES (coalesce($4, 'inq_b71c20d4'), $3) RETURNING id $$;
    INSERT INTO shop.inquiry VALUES ('inq_8d0f42a1', :'us'), ('inq_8cf97e35', :'us'), ('inq_8ce2b016', :'us'), ('inq_5521ae90', :'them');
    SELECT connect.share_rows('inquiry', 'shop.inquiry', 'organization_id', 'id', 'inquiry.read', 'inq',
      'shop.redeem(text,text,text,text,jsonb)');`, { us: us.id, them: insurance.id });
  const withdrawn = await makeToken(us, outbound, "inq_8ce2b016");
  await api(us, "POST", `/share-tokens/${withdrawn.id}/expire`, { meta: { reason: "The wrong applicant." } });
  handedOver(withdrawn, "2026-11-20 09:14Z", "2026-11-20 09:02Z");
  const redeemed = await makeToken(us, outbound, "inq_8cf97e35");
  await api(insurance, "POST", `/share-tokens/${redeemed.id}/redeem`);
  handedOver(redeemed, "2026-11-24 13:37Z", "2026-11-24 13:37Z", "2026-11-23 16:20Z");
  const received = await makeToken(insurance, inbound, "inq_5521ae90");
  handedOver(received, "2026-11-25 08:55Z");
  handedOver(await makeToken(us, outbound, "inq_8d0f42a1"), "2026-11-26 10:31Z");
  return { redeemed, received };
}

/* Returns the Connection whose page is shown. */
async function story() {
  sql("UPDATE connect.organization SET created_at = '2026-08-31 08:00Z' WHERE id = :'id';", { id: us.id });
  happened(await offer(us, retail, { name: "Fraud signals", scopes: ["inquiry.read"] }), "2026-10-05 07:12Z");
  const ended = await offer(us, lending, { name: "Credit checks, pilot" });
  await act(lending, ended, "activate");
  await act(lending, ended, "deactivate", { reason: "The pilot is over." });
  happened(ended, "2026-10-16 15:40Z", "2026-09-02 10:03Z", "2026-09-01 16:20Z");
  const received = await offer(payments, us, { name: "Payment accounts", scopes: ["account.read"] });
  await act(us, received, "activate");
  happened(received, "2026-11-02 08:31Z", "2026-10-30 13:05Z");
  const shown = await offer(us, insurance, { name: "Partner Connection" });
  await act(insurance, shown, "activate");
  await act(us, shown, "deactivate", { reason: "Under review until the new agreement is signed." });
  await act(us, shown, "reactivate");
  await act(insurance, shown, "activate");
  happened(shown, "2026-11-19 09:47Z", "2026-11-18 16:02Z", "2026-11-12 11:26Z", "2026-10-21 08:15Z", "2026-10-20 14:58Z");
  happened(await offer(us, health), "2026-11-20 10:09Z");
  const claims = await offer(insurance, us, {
    name: "Claims history", scopes: ["inquiry.read", "verification.read"],
    "respond-by": new Date(Date.now() + 4 * 86400000).toISOString(),
  });
  happened(claims, "2026-11-23 07:29Z");
  return { shown, claims };
}

/* Takes a picture of the window, which first grows to the page if it is to be seen whole. */
async function shoot(page, name, { isWhole = false } = {}) {
  const size = page.viewportSize();
  await page.mouse.move(0, 0);
  if (isWhole) {
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...size, height });
  }
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  await page.setViewportSize(size);
}

async function openDialog(page, button) {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("dialog").waitFor();
}

const { shown, claims } = await story();
const tokens = await handOver(shown, claims);
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });

let page = await openPage({ viewport: { width: 1280, height: 720 } });
await page.goto(BASE + LIST);
await page.getByLabel("API key or token").waitFor();
await shoot(page, "sign-in");
await closePage(page);

for (const [colorScheme, suffix] of [["light", ""], ["dark", "-dark"]]) {
  page = await openAs(us, LIST, { colorScheme, viewport: { width: 1280, height: 720 } });
  await shoot(page, `list${suffix}`);
  if (colorScheme === "light") {
    await openDialog(page, "New Connection");
    await page.getByRole("dialog").getByLabel("Partner’s organization id").fill(payments.id);
    await page.getByRole("dialog").getByLabel("Name").fill("Account balances");
    await shoot(page, "create");
    await page.keyboard.press("Escape");
  }
  await page.getByRole("link", { name: "Partner Connection", exact: true }).click();
  await page.getByRole("heading", { name: "History" }).waitFor();
  await shoot(page, `connection${suffix}`, { isWhole: true });
  if (colorScheme === "light") {
    await openDialog(page, "Deactivate");
    await page.getByRole("dialog").getByLabel("Reason").fill("The agreement has ended.");
    await shoot(page, "deactivate");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "Information" }).click();
    await page.getByRole("heading", { name: "Your organization" }).waitFor();
    await shoot(page, "organization");
    await page.getByRole("link", { name: "Share Tokens" }).click();
    await page.getByRole("link", { name: "inquiry inq_8d0f42a1" }).waitFor();
    await shoot(page, "share-tokens");
    await openDialog(page, "New Share Token");
    await page.getByRole("dialog").getByLabel("Id of what you hand over").fill("inq_8d0f42a1");
    await shoot(page, "create-token");
    await page.keyboard.press("Escape");
    await page.getByRole("link", { name: "inquiry inq_8cf97e35" }).click();
    await page.getByRole("heading", { name: "History" }).waitFor();
    await shoot(page, "share-token", { isWhole: true });
  }
  await closePage(page);
}

page = await openAs(insurance, `/connect/share-tokens/${tokens.redeemed.id}`, { colorScheme: "dark", viewport: { width: 1280, height: 720 } });
await shoot(page, "share-token-dark", { isWhole: true });
await closePage(page);
page = await openAs(us, "/connect/share-tokens", { viewport: { width: 360, height: 740 } });
await shoot(page, "share-tokens-narrow", { isWhole: true });
await closePage(page);
page = await openAs(us, LIST, { viewport: { width: 360, height: 740 } });
await shoot(page, "list-narrow", { isWhole: true });
await closePage(page);
page = await openAs(us, pageOf(shown), { viewport: { width: 360, height: 740 } });
await shoot(page, "connection-narrow", { isWhole: true });
await closePage(page);
await api(us, "POST", `/connections/${claims.id}/activate`);
page = await openAs(us, `/connect/share-tokens/${tokens.received.id}`, { viewport: { width: 1280, height: 720 } });
await openDialog(page, "Redeem");
await shoot(page, "redeem");
await closePage(page);
await closeBrowser();
