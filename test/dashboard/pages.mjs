/*
 * pages.mjs
 *		Every page of the dashboard, filled with what strains it, for the suites that look at all.
 */
import { api, LIST, offer, openPage, organization, pageOf, settled, signIn, sql } from "./world.mjs";

/* Makes two organizations of a suite's, with the longest ids and names, and all that the pages can show. */
export async function strain(suite) {
  const us = organization(`org_${suite}_us_`.padEnd(64, "W"), "Our own organization ".repeat(5).trim());
  const partner = organization(`org_${suite}_partner_`.padEnd(64, "w"), "Partner Organization With A Name ".repeat(7).trim());
  const giver = organization(`org_${suite}_giver`, "Giving Organization");
  const offered = await offer(us, partner, {
    name: "Supercalifragilistic".repeat(12), scopes: ["account.read", "inquiry.read", "verification.read"],
  });
  await api(us, "POST", `/connections/${offered.id}/deactivate`, { meta: { reason: "Because".repeat(140) } });
  await api(us, "POST", `/connections/${offered.id}/reactivate`);
  await api(partner, "POST", `/connections/${offered.id}/activate`);
  const ended = await offer(us, us);
  await api(us, "POST", `/connections/${ended.id}/deactivate`);
  const soon = new Date(Date.now() + 4 * 86400000).toISOString();
  const waiting = await offer(partner, us, { name: "An offer", "respond-by": soon, "expires-at": "2999-12-31T23:59:59Z" });
  sql(`CREATE SCHEMA dashboard_${suite};
    CREATE TABLE dashboard_${suite}.paper (id text PRIMARY KEY, organization_id text NOT NULL);
    INSERT INTO dashboard_${suite}.paper VALUES (:'paper', :'us'), ('their_${suite}', :'partner'), ('giver_${suite}', :'giver');
    SELECT connect.share_rows('paper_${suite}', 'dashboard_${suite}.paper', 'organization_id', 'id', 'inquiry.read');`,
  { paper: `paper_${suite}_`.padEnd(200, "W"), us: us.id, partner: partner.id, giver: giver.id });
  const token = (who, through, sourceId) => api(who, "POST", "/share-tokens", {
    data: { attributes: { "connection-id": through.id, "source-id": sourceId, kind: `paper_${suite}` } },
  });
  const handed = await token(us, offered, `paper_${suite}_`.padEnd(200, "W"));
  const received = await token(partner, waiting, `their_${suite}`);
  const given = await offer(giver, us, { scopes: ["inquiry.read"] });
  await api(us, "POST", `/connections/${given.id}/activate`);
  const ready = await token(giver, given, `giver_${suite}`);
  return { handed, received, ready, us, nobody: organization(`org_${suite}_empty`), offered, ended, waiting };
}

async function openDialog(page, button) {
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.getByRole("dialog").waitFor();
}

/* Goes to another page of the dashboard without signing in once more. */
async function go(page, address) {
  await page.evaluate((target) => {
    history.pushState(null, "", target);
    dispatchEvent(new PopStateEvent("popstate"));
  }, address);
  await page.waitForFunction(() => document.querySelector("main").getAttribute("aria-busy") !== "true");
  await settled(page);
}

/*
 * Walks through every page and calls look(page, name) on each; the options are a
 * browser context's.  Returns the page, which the caller closes.
 */
export async function walk({ us, nobody, handed, received, ready, offered, ended, waiting }, options, look) {
  const page = await openPage(options);
  await signIn(page, nobody);
  await look(page, "the empty list");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
  await look(page, "sign-in with a message");
  await page.getByLabel("API key or token").fill("connect_unknown");
  await page.keyboard.press("Enter");
  await page.locator("#token-error:not([hidden])").waitFor();
  await look(page, "sign-in refused");
  await page.getByLabel("API key or token").fill(us.key);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await settled(page);
  await look(page, "the list");
  await openDialog(page, "New Connection");
  await look(page, "create");
  await page.getByRole("button", { name: "Create" }).click();
  await page.locator("[aria-invalid=true]").waitFor();
  await look(page, "create refused");
  await page.keyboard.press("Escape");
  await go(page, `${LIST}?status=inactive&direction=inbound&partner=${"nobody%20".repeat(28)}`);
  await look(page, "the list with a search that finds nothing");
  await go(page, `${LIST}?partner=our%20OWN`);
  await look(page, "the list with a search");
  await go(page, pageOf(offered));
  await look(page, "an active Connection");
  await openDialog(page, "Change");
  await look(page, "change");
  await page.keyboard.press("Escape");
  await openDialog(page, "Deactivate");
  await look(page, "deactivate");
  await page.keyboard.press("Escape");
  await go(page, pageOf(waiting));
  await openDialog(page, "Accept");
  await look(page, "accept");
  await page.keyboard.press("Escape");
  await openDialog(page, "Decline");
  await look(page, "decline");
  await page.keyboard.press("Escape");
  await look(page, "a pending Connection");
  await go(page, pageOf(ended));
  await openDialog(page, "Offer again");
  await look(page, "offer again");
  await page.getByRole("dialog").getByRole("button", { name: "Offer again" }).click();
  await page.locator(".notices .message").waitFor();
  await look(page, "a Connection with oneself, and a message");
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  await page.locator(".badges .status", { hasText: "Inactive" }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await look(page, "an inactive Connection");
  await go(page, "/organization/information");
  await look(page, "Information");
  await go(page, "/connect/share-tokens");
  await look(page, "share tokens");
  await openDialog(page, "New Share Token");
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await page.locator("[aria-invalid=true]").waitFor();
  await look(page, "a new share token refused");
  await page.keyboard.press("Escape");
  await go(page, "/connect/share-tokens?status=failed");
  await look(page, "no share token matches");
  await go(page, `/connect/share-tokens/${received.id}`);
  await look(page, "a share token to redeem once its Connection is active");
  await go(page, `/connect/share-tokens?connection=${offered.id}`);
  await look(page, "the share tokens of one Connection");
  await go(page, `/connect/share-tokens/${ready.id}`);
  await openDialog(page, "Redeem");
  await page.getByRole("dialog").getByLabel("Fields that are called otherwise").fill("nothing");
  await page.getByRole("dialog").getByRole("button", { name: "Redeem" }).click();
  await page.locator("[aria-invalid=true]").waitFor();
  await look(page, "redeem refused");
  await page.getByRole("dialog").getByLabel("Fields that are called otherwise").fill("");
  await page.getByRole("dialog").getByRole("button", { name: "Redeem" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await look(page, "a share token whose copy is being made");
  await go(page, `/connect/share-tokens/${handed.id}`);
  await openDialog(page, "Withdraw");
  await look(page, "withdraw a share token");
  await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await look(page, "a share token that has ended");
  await go(page, `${LIST}/cxn_none`);
  await look(page, "no such Connection");
  return page;
}
