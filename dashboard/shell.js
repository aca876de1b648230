/*
 * shell.js
 *		What stands around every page of somebody signed in: navigation, who it
 *		is, messages, and the place of the page itself.
 */
import { INFORMATION, LIST, TOKENS } from "./addresses.js";
import { h, spoken } from "./dom.js";
import { drawing, mark } from "./icons.js";
import { id, message } from "./parts.js";

let shell = null;

function navigationLink(href, name, icon) {
  return h("a", { href }, drawing(icon), h("span", null, name));
}

/* Builds the shell for an organization. */
export function openShell(organization, onSignOut) {
  const waiting = h("span", { class: "count" });
  const connections = navigationLink(LIST, "Connections", "connections");
  const tokens = navigationLink(TOKENS, "Share Tokens", "tokens");
  const information = navigationLink(INFORMATION, "Information", "organization");
  const notices = h("div", { class: "notices", "aria-live": "polite" });
  const main = h("main", { id: "main", tabindex: "-1" });
  connections.append(waiting);
  document.body.replaceChildren(
    h("a", { class: "skip", href: "#main" }, "Skip to content"),
    h("header", { class: "side" },
      h("p", { class: "brand" }, mark(), "Connect"),
      h("nav", { "aria-label": "Main" },
        h("p", { class: "group", id: "group-connect" }, "Connect"),
        h("ul", { "aria-labelledby": "group-connect" }, h("li", null, connections), h("li", null, tokens)),
        h("p", { class: "group", id: "group-organization" }, "Organization"),
        h("ul", { "aria-labelledby": "group-organization" }, h("li", null, information))),
      h("div", { class: "who" },
        h("div", { class: "who-name" }, h("span", null, organization.name ?? "Your organization"), id(organization.id)),
        h("button", { type: "button", class: "quiet", onclick: onSignOut }, "Sign out"))),
    h("div", { class: "page" }, notices, main));
  shell = { main, notices, waiting, links: [connections, tokens, information] };
  return main;
}

/* Takes it away again. */
export function closeShell() {
  shell = null;
}

/* Tells how many offers wait for this organization: text such as "3" or "100+". */
export function showWaiting(count) {
  shell?.waiting.replaceChildren(...(count === "0" ? [] : [count, spoken(" waiting for you")]));
}

/* Tells the reader something; it goes when another page opens. */
export function notify(kind, ...children) {
  shell?.notices.replaceChildren(message(kind, children));
}

/* Gives the focus to what does not take it by itself. */
function focusOn(element, options) {
  element.setAttribute("tabindex", "-1");
  element.focus(options);
}

/* Gives the focus to the page's heading. */
export function focusHeading() {
  focusOn(shell.main.querySelector("h1"));
}

/* Shows that a page is on its way. */
export function setLoading(loading) {
  shell?.main.setAttribute("aria-busy", String(loading));
}

/*
 * Puts a page into its place.  The focus goes to the page's heading, or stays
 * on the control of the same id if this is the same page with other contents.
 */
export function placePage(title, content, { samePage, keepNotices }) {
  const { main, notices, links } = shell;
  const focused = document.activeElement?.id;
  if (!keepNotices) {
    notices.replaceChildren();
  }
  main.replaceChildren(...content);
  document.title = `${title} · Connect`;
  for (const link of links) {
    if (location.pathname === link.pathname) {
      link.setAttribute("aria-current", "page");
    } else if (location.pathname.startsWith(link.pathname)) {
      link.setAttribute("aria-current", "true");
    } else {
      link.removeAttribute("aria-current");
    }
  }
  const isBusyElsewhere = samePage && (document.querySelector("dialog[open]") || document.activeElement?.closest(".side"));
  if (!isBusyElsewhere) {
    const again = samePage && focused ? document.getElementById(focused) : null;
    if (again !== null) {
      again.focus({ preventScroll: true });
    } else {
      focusOn((samePage && main.querySelector("#results")) || main.querySelector("h1"), { preventScroll: samePage });
    }
  }
  if (!samePage) {
    scrollTo(0, 0);
  }
}
