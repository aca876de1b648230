/*
 * screenshots.mjs
 *		Makes the pictures of doc/images/ of every page, with an invented story to show.
 */
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { api, BASE, closeBrowser, closePage, LIST, offer, openAs, openPage, organization, pageOf, sql } from "./world.mjs";

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
  happened(await offer(insurance, us, {
    name: "Claims history", scopes: ["inquiry.read", "verification.read"],
    "respond-by": new Date(Date.now() + 4 * 86400000).toISOString(),
  }), "2026-11-23 07:29Z");
  return shown;
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

const shown = await story();
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
  }
  await closePage(page);
}

page = await openAs(us, LIST, { viewport: { width: 360, height: 740 } });
await shoot(page, "list-narrow", { isWhole: true });
await closePage(page);
page = await openAs(us, pageOf(shown), { viewport: { width: 360, height: 740 } });
await shoot(page, "connection-narrow", { isWhole: true });
await closePage(page);
await closeBrowser();
