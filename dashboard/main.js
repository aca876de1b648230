/*
 * main.js
 *		Begins: sign-in first, then the page of the address.
 */
import { INFORMATION, LIST, pageOf, TOKENS, tokenPageOf } from "./addresses.js";
import { ApiError, NoAnswer, whenRefused } from "./api.js";
import { connectionPage } from "./connection.js";
import { h } from "./dom.js";
import { closeForms } from "./form.js";
import { listPage } from "./list.js";
import { organizationPage } from "./organization.js";
import { render, start, stop } from "./router.js";
import { current, explain, signOut } from "./session.js";
import { closeShell, openShell, placePage, setLoading } from "./shell.js";
import { tokenPage } from "./share-token.js";
import { tokensPage } from "./share-tokens.js";
import { showSignIn } from "./sign-in.js";

const routes = [
  { pattern: new RegExp(`^${LIST}$`), page: listPage },
  { pattern: new RegExp(`^${pageOf("([A-Za-z0-9_-]{1,64})")}$`), page: connectionPage },
  { pattern: new RegExp(`^${TOKENS}$`), page: tokensPage },
  { pattern: new RegExp(`^${tokenPageOf("([A-Za-z0-9_-]{1,64})")}$`), page: tokenPage },
  { pattern: new RegExp(`^${INFORMATION}$`), page: organizationPage },
];

/* The address whose page is shown, to tell the next page from the same one again. */
let shown = null;

function failed(error) {
  if (error instanceof ApiError && error.status === 404) {
    const [what, home, name] = location.pathname.startsWith(TOKENS)
      ? ["share token", TOKENS, "Share Tokens"] : ["Connection", LIST, "Connections"];
    return {
      title: "Not found",
      content: [h("div", { class: "empty" }, h("h1", null, `No such ${what}`),
        h("p", null, "There is none with this id, or it belongs to other organizations."),
        h("p", null, h("a", { class: "button", href: home }, `Go to ${name}`)))],
    };
  }
  return {
    title: "Not loaded",
    content: [h("div", { class: "empty" }, h("h1", null, "This could not be loaded"), h("p", null, explain(error)),
      h("p", null, h("button", { type: "button", class: "primary", onclick: () => render() }, "Try again")))],
  };
}

/* Shows a page, unless another one was asked for before it was ready. */
async function show(page, request) {
  if (current() === null) {
    return;
  }
  setLoading(true);
  let result;
  try {
    result = await page(request);
  } catch (error) {
    if (request.signal.aborted || current() === null) {
      return;
    }
    if (!(error instanceof ApiError || error instanceof NoAnswer)) {
      console.error(error);
    }
    result = failed(error);
  }
  if (request.signal.aborted || result === null) {
    return;
  }
  const samePage = shown === location.pathname;
  shown = location.pathname;
  setLoading(false);
  placePage(result.title, result.content, { samePage, keepNotices: request.refresh });
}

function leave(why) {
  stop();
  signOut();
  closeForms();
  closeShell();
  shown = null;
  showSignIn(why, enter);
}

function enter() {
  openShell(current(), () => leave("You are signed out."));
  render();
}

whenRefused(() => leave("Your key is no longer accepted: it has expired or was revoked. Sign in again to go on."));
start(routes, LIST, show);
showSignIn(null, enter);
