/*
 * safety.test.mjs
 *		What a name, an injected script or a curious neighbour gets: nothing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, closePage, LIST, offer, openAs, openPage, organization, pageOf, signIn } from "./world.mjs";

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; "
  + "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const HOSTILE = "<img src=x onerror=\"document.title='owned'\">";
const us = organization("org_safe", HOSTILE);
const partner = organization("org_safe_partner");

test("every file of the dashboard comes with the policy, and with no cookie", async () => {
  const page = await openPage();
  const files = new Set();
  page.on("response", async (response) => {
    const url = new URL(response.url());
    if (!url.pathname.startsWith("/api/")) {
      files.add(url.pathname);
      const headers = await response.allHeaders();
      const got = ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control", "set-cookie"]
        .map((name) => headers[name]);
      if (JSON.stringify(got) !== JSON.stringify([POLICY, "nosniff", "no-referrer", "no-cache", undefined])) {
        page.troubles.push(`headers of ${url.pathname}: ${got}`);
      }
    }
  });
  await signIn(page, us);
  for (const path of [LIST, `${LIST}/cxn_any`, "/organization/information"]) {
    await page.goto(BASE + path);
  }
  await page.getByLabel("API key or token").waitFor();
  assert.ok(files.has("/dashboard/main.js") && files.has("/dashboard/connect.css") && files.size > 20, [...files].join());
  await closePage(page);
});

/* Opens the dashboard with scripts smuggled into its document; says which of them ran. */
async function smuggle(withPolicy) {
  const page = await openPage();
  await page.route(BASE + LIST, async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    if (!withPolicy) {
      delete headers["content-security-policy"];
    }
    const body = (await response.text()).replace("<body>", `<body>
      <script>window.ran = ["inline"]</script>
      <img src="/nothing.png" onerror="(window.ran ??= []).push('handler')">
      <base href="http://127.0.0.2/">`);
    await route.fulfill({ response, headers, body });
  });
  await page.goto(BASE + LIST);
  await page.getByLabel("API key or token").waitFor();
  const ran = await page.evaluate(async () => {
    await new Promise((resolve) => { setTimeout(resolve, 300); });
    const done = window.ran ?? [];
    try {
      document.createElement("div").innerHTML = "<b>parsed</b>";
      done.push("parsed");
    } catch {
      /* refused */
    }
    try {
      await fetch("http://127.0.0.2:1/", { mode: "no-cors" });
    } catch {
      /* refused or nobody there */
    }
    return done;
  });
  const { troubles } = page;
  await page.close();
  return { ran, troubles: troubles.join("\n") };
}

test("the policy is in force: what is injected does not run", async () => {
  const { ran, troubles } = await smuggle(true);
  assert.deepEqual(ran, []);
  assert.match(troubles, /inline script/);
  assert.match(troubles, /inline event handler/);
  assert.match(troubles, /127\.0\.0\.2:1/);
});

test("and without the policy it would", async () => {
  const { ran } = await smuggle(false);
  assert.deepEqual(ran.sort(), ["handler", "inline", "parsed"]);
});

test("a name that looks like HTML stays text, wherever it is shown", async () => {
  const connection = await offer(us, partner, { name: HOSTILE });
  const page = await openAs(us);
  await page.getByRole("link", { name: HOSTILE }).waitFor();
  assert.equal(await page.locator(".who-name > span").innerText(), HOSTILE);
  await page.getByRole("link", { name: HOSTILE }).click();
  await page.getByRole("heading", { name: HOSTILE, level: 1 }).waitFor();
  assert.equal(await page.locator("q").first().innerText(), HOSTILE);
  assert.equal(await page.title(), `${HOSTILE} · Connect`);
  await page.getByRole("button", { name: "Change" }).click();
  assert.equal(await page.getByRole("dialog").getByLabel("Name").inputValue(), HOSTILE);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Withdraw", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill(HOSTILE);
  await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
  await page.locator("blockquote", { hasText: HOSTILE }).waitFor();
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(new URL(page.url()).pathname, pageOf(connection));
  await page.getByRole("link", { name: "Information" }).click();
  await page.locator("dd", { hasText: HOSTILE }).waitFor();
  assert.equal(await page.locator("img").count(), 0);
  await closePage(page);
});

test("the key is in memory only: not in storage, a cookie, an address, the history or the document", async () => {
  const page = await openAs(us);
  await page.getByRole("link", { name: "Information" }).click();
  await page.getByRole("heading", { name: "Information", level: 1 }).waitFor();
  const kept = await page.evaluate(async () => ({
    local: Object.entries(localStorage), session: Object.entries(sessionStorage), cookie: document.cookie,
    databases: (await indexedDB.databases()).length, caches: globalThis.caches ? (await caches.keys()).length : 0,
    workers: navigator.serviceWorker ? (await navigator.serviceWorker.getRegistrations()).length : 0,
    state: history.state, windowName: window.name,
  }));
  assert.deepEqual(kept, {
    local: [], session: [], cookie: "", databases: 0, caches: 0, workers: 0, state: null, windowName: "",
  });
  assert.deepEqual(await page.context().cookies(), []);
  assert.ok(!(await page.content()).includes(us.key));
  assert.ok(!page.url().includes(us.key));
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goBack();
  await page.getByLabel("API key or token").waitFor();
  assert.equal(await page.getByLabel("API key or token").inputValue(), "");
  await closePage(page);
});

test("what must never happen is noticed", async () => {
  const page = await openPage();
  await page.goto(`${BASE}${LIST}?key=connect_${"x".repeat(43)}`);
  await page.getByLabel("API key or token").waitFor();
  const thrown = page.waitForEvent("pageerror");
  await page.evaluate(() => {
    document.cookie = "crumb=1";
    console.error("said");
    setTimeout(() => { throw new Error("thrown"); });
  });
  await thrown;
  await page.goto("about:blank");
  await page.route("http://127.0.0.2/**", (route) => route.fulfill({ body: "" }));
  await page.goto("http://127.0.0.2/elsewhere");
  await assert.rejects(closePage(page), ({ actual }) => {
    assert.deepEqual(actual.map((trouble) => trouble.split("\n")[0]).sort(), [
      "a key in an address", "console: said", "cookie: crumb", "exception: Error: thrown",
      "request: http://127.0.0.2/elsewhere",
    ]);
    return true;
  });
});
