/*
 * world.mjs
 *		What the suites share: organizations and keys from the database itself, the
 *		API without a page, and pages that notice what must never happen.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chromium } from "playwright-core";

export const BASE = process.env.CONNECT_URL;
export const LIST = "/connect/connections";
const SECRET = /connect_[A-Za-z0-9_-]{43}/;

/* Runs SQL as the cluster's superuser and returns what it prints, unaligned. */
export function sql(text, variables = {}) {
  const settings = Object.entries(variables).flatMap(([name, value]) => ["-v", `${name}=${value}`]);
  return execFileSync("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", ...settings, process.env.CONNECT_PGURL], {
    input: text, encoding: "utf8",
  }).trim();
}

/* Registers an organization and returns {id, key}; permissions as create_api_key() takes them. */
export function organization(id, name = id, permissions = "{read,write}") {
  sql("SELECT connect.register_organization(:'id', :'name');", { id, name });
  return { id, key: newKey(id, permissions) };
}

export function newKey(id, permissions = "{read,write}") {
  return sql("SELECT secret FROM connect.create_api_key(:'id', 'test', :'permissions');", { id, permissions });
}

/* Revokes all keys of an organization. */
export function revokeKeys(id) {
  sql("SELECT connect.revoke_api_key(id) FROM connect.api_key WHERE organization_id = :'id';", { id });
}

/* Does the Source share with the Destination now? */
export function isAllowed(source, destination, scope) {
  return sql("SELECT connect.is_allowed(:'source', :'destination', :'scope');", { source: source.id, destination: destination.id, scope }) === "t";
}

/* Asks the API as an organization; returns its data. */
export async function api(who, method, path, body) {
  const response = await fetch(`${BASE}/api/v1/connect${path}`, {
    method, body: body && JSON.stringify(body),
    headers: { Authorization: `Bearer ${who.key}`, ...(body && { "Content-Type": "application/json" }) },
  });
  const answer = await response.json();
  assert.ok(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
  return answer.data;
}

/* Offers a Connection and returns it. */
export function offer(source, destination, attributes = {}) {
  return api(source, "POST", "/connections", {
    data: { attributes: { "destination-organization-id": destination.id, ...attributes } },
  });
}

/* Lets share tokens name rows of an organization's, SUITE_1 to SUITE_n, which a function copies. */
export function shareRows(suite, owner, n, withFunction = true) {
  sql(`CREATE SCHEMA dashboard_${suite};
    CREATE TABLE dashboard_${suite}.memo (id text PRIMARY KEY, organization_id text NOT NULL, options jsonb);
    CREATE FUNCTION dashboard_${suite}.redeem(source_id text, source_organization_id text, destination_organization_id text,
      destination_id text, options jsonb) RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
      INSERT INTO dashboard_${suite}.memo VALUES (coalesce($4, $1 || '_copy'), $3, $5) RETURNING id $$;
    INSERT INTO dashboard_${suite}.memo SELECT '${suite}_' || n, :'owner' FROM generate_series(1, :n) AS n;
    SELECT connect.share_rows('${suite}', 'dashboard_${suite}.memo', 'organization_id', 'id', 'inquiry.read', '${suite}'
      ${withFunction ? `, 'dashboard_${suite}.redeem(text,text,text,text,jsonb)'` : ""});`, { owner: owner.id, n });
}

/* Makes a share token for a row, through a Connection. */
export function makeToken(source, connection, sourceId) {
  return api(source, "POST", "/share-tokens", { data: { attributes: { "connection-id": connection.id, "source-id": sourceId } } });
}

let browser = null;
const contexts = new Map();

/* Returns a promise of the one browser, also to two who ask for it at once. */
function theBrowser() {
  browser ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell",
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  return browser;
}

/*
 * Returns a context with these options and script.  Pages that want the same share one, so that
 * the dashboard's files are fetched once; they still have nothing in common but what tabs have.
 */
async function contextFor({ initScript, ...options }) {
  const wanted = JSON.stringify([initScript, options]);
  if (!contexts.has(wanted)) {
    const context = await (await theBrowser()).newContext({
      viewport: { width: 1280, height: 860 }, locale: "en-GB", timezoneId: "Europe/Berlin", ...options,
    });
    /* generous, for a machine that does other things besides */
    context.setDefaultTimeout(180000);
    if (initScript !== undefined) {
      await context.addInitScript({ path: initScript });
    }
    contexts.set(wanted, context);
  }
  return contexts.get(wanted);
}

export async function closeBrowser() {
  await (await browser)?.close();
}

/* The browser itself reports answers such as 409 as errors; those the page deals with. */
function isAnswer(text, url) {
  return text.startsWith("Failed to load resource") && url.startsWith(`${BASE}/api/`);
}

/*
 * Opens a page with the options of a browser context, and with a script that runs before any
 * other if there is an initScript.  page.troubles collects console errors, which refusals
 * by the policy are too, exceptions, and requests to anywhere else or with a key in
 * their address.
 */
export async function openPage(options = {}) {
  const page = await (await contextFor(options)).newPage();
  page.troubles = [];
  page.on("console", (message) => {
    if (message.type() === "error" && !isAnswer(message.text(), message.location().url)) {
      page.troubles.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => page.troubles.push(`exception: ${error.stack}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${BASE}/`)) {
      page.troubles.push(`request: ${request.url()}`);
    }
    if (SECRET.test(request.url())) {
      page.troubles.push("a key in an address");
    }
  });
  return page;
}

/* Lets a page's requests reach the server and loses the first so many answers to writes. */
export async function loseAnswers(page, pattern, times) {
  let lost = 0;
  await page.route(pattern, async (route) => {
    if (route.request().method() === "GET" || lost === times) {
      return route.continue();
    }
    lost += 1;
    await route.fetch();
    return route.abort("connectionreset");
  });
}

/* Comes back to a page, as somebody does who looks at another window meanwhile. */
export function comeBack(page) {
  return page.evaluate(() => dispatchEvent(new Event("focus")));
}

/* Closes a page; fails if there was anything that must never be, cookies among it. */
export async function closePage(page) {
  const { troubles } = page;
  const context = page.context();
  const cookies = await context.cookies();
  await page.close();
  await context.clearCookies();
  troubles.push(...cookies.map(({ name }) => `cookie: ${name}`));
  assert.deepEqual(troubles, []);
}

/* Opens an address of the dashboard and signs in with a key. */
export async function signIn(page, who, path = LIST) {
  await page.goto(BASE + path);
  await page.getByLabel("API key or token").fill(who.key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await settled(page);
}

/* Waits until the page shown is complete. */
export async function settled(page) {
  await page.locator("main[aria-busy=false] h1, main:not([aria-busy]) h1").first().waitFor();
}

/* Opens a page of a signed-in organization. */
export async function openAs(who, path = LIST, options = {}) {
  const page = await openPage(options);
  await signIn(page, who, path);
  return page;
}

/* Waits for a message above the page that says this. */
export async function notice(page, pattern) {
  await page.locator(".notices .message", { hasText: pattern }).waitFor();
}

/* Returns the address of one Connection's page. */
export function pageOf(connection) {
  return `${LIST}/${connection.id}`;
}
