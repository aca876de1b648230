/*
 * share-tokens.js
 *		Connect > Share Tokens: the list, its filters and its pages.
 */
import { pageOf, tokenPageOf, TOKENS } from "./addresses.js";
import { ApiError, get, query } from "./api.js";
import { openCreateToken } from "./create-token.js";
import { h } from "./dom.js";
import { drawing } from "./icons.js";
import { cursor, pager, segments } from "./list.js";
import { connectionName, direction, party, time, tokenName, tokenStatus } from "./parts.js";
import { navigate, render } from "./router.js";
import { current } from "./session.js";
import { watch } from "./watch.js";
import { TOKEN_STATUSES, viewOf, wayOf } from "./words.js";

const PAGE = 20;

function address(filters) {
  return TOKENS + query(filters);
}

function row(token) {
  const href = tokenPageOf(token.id);
  const open = (event) => {
    if (!event.target.closest("a, button") && String(getSelection()) === "") {
      navigate(href);
    }
  };
  const cell = (label, ...content) => h("td", { role: "cell", "data-label": label }, content);
  const { attributes } = token;
  return h("tr", { role: "row", onclick: open },
    h("th", { role: "rowheader", scope: "row" }, h("a", { href }, tokenName(token))),
    cell("Partner", h("span", { class: "party-name" }, token.meta["partner-name"])),
    cell("Direction", direction(wayOf(token))),
    cell("Status", tokenStatus(attributes.status)),
    cell("Until", attributes.status === "created" && [h("span", { class: "until" }, "until "), time(attributes["expires-at"])]),
    cell("Last change", time(attributes["updated-at"])));
}

function table(tokens) {
  return h("table", { class: "list", role: "table", "aria-labelledby": "results" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      ["Share token", "Partner", "Direction", "Status", "Until", "Last change"].map((title) =>
        h("th", { role: "columnheader", scope: "col" }, title)))),
    h("tbody", { role: "rowgroup" }, tokens.map(row)));
}

function nothing(isFiltered) {
  return isFiltered
    ? h("div", { class: "empty" }, h("h3", null, "No share token matches"),
      h("p", null, h("a", { class: "button", href: TOKENS }, "Show all share tokens")))
    : h("div", { class: "empty" }, drawing("tokens"), h("h3", null, "No share tokens yet"),
      h("p", null, "With a share token one of you hands over one thing through an active Connection, once. "
        + "What partners hand over to you stands here for you to redeem."));
}

/* Asks for what the page shows: a page of tokens, and the Connection to which the filters narrow it. */
async function load(filters, signal) {
  const [{ data, links }, connection] = await Promise.all([
    get("list_share_tokens", {
      search: {
        "filter[status]": filters.status, "filter[direction]": filters.direction, "filter[connection-id]": filters.connection,
        "page[size]": PAGE, "page[after]": filters.after, "page[before]": filters.before,
      },
      signal,
    }),
    filters.connection === "" ? null : get("get_connection", { id: filters.connection, signal }).then(({ data: one }) => one),
  ]);
  return { data, connection, before: cursor(links.prev, "before"), after: cursor(links.next, "after") };
}

/* Returns the Connection if this organization can make a token through it, and else null. */
function choosable(connection) {
  return connection !== null && connection.attributes.status !== "inactive"
    && viewOf(connection, current().id).direction !== "inbound" ? connection : null;
}

/* Says through which Connection all that is listed goes. */
function throughNote(connection, all) {
  const { partner } = viewOf(connection, current().id);
  return h("p", { class: "narrowed" }, h("span", null, "Through ", h("a", { href: pageOf(connection.id) }, connectionName(connection, partner)),
    connection.attributes.name !== null && [", with ", party(partner)]),
  h("a", { class: "button quiet", id: "all-connections", href: all }, "Show those of all Connections"));
}

/* Shows the list anew if it is another one by now. */
async function look(shown, filters, signal) {
  const { data } = await load(filters, signal);
  if (JSON.stringify(data) !== JSON.stringify(shown) && !signal.aborted) {
    await render({ refresh: true });
  }
}

export async function tokensPage({ search, signal }) {
  const filters = Object.fromEntries(["status", "direction", "connection", "before", "after"].map((name) => [name, search.get(name) ?? ""]));
  let loaded;
  try {
    loaded = await load(filters, signal);
  } catch (error) {
    if (!(error instanceof ApiError && (error.status === 400 || error.status === 404))) {
      throw error;
    }
    navigate(TOKENS, { replace: true });
    return null;
  }
  const { data, connection } = loaded;
  const to = (change) => address({ ...filters, before: "", after: "", ...change });
  const isFiltered = filters.status !== "" || filters.direction !== "" || filters.connection !== "";
  const go = (change) => navigate(to(change));
  watch(() => look(data, filters, signal), signal);
  return {
    title: "Share Tokens",
    content: [
      h("div", { class: "heading" }, h("h1", null, "Share Tokens"),
        h("button", { type: "button", class: "primary", onclick: () => openCreateToken(choosable(connection)) }, drawing("plus"), "New Share Token")),
      connection === null ? "" : throughNote(connection, to({ connection: "" })),
      data.length > 0 || isFiltered ? h("div", { class: "filters", role: "search", "aria-label": "Share tokens" },
        segments("status", "Status", [["", "All"], ...Object.entries(TOKEN_STATUSES)], filters.status, (status) => go({ status })),
        segments("direction", "Direction", [["", "Both"], ["outbound", "Outbound"], ["inbound", "Inbound"]],
          filters.direction, (way) => go({ direction: way }))) : "",
      h("section", { class: "results" },
        h("h2", { id: "results", class: "spoken" }, data.length === 0 ? "No share tokens" : `${data.length} share tokens on this page`),
        data.length > 0 ? table(data) : nothing(isFiltered),
        pager(to, loaded)),
    ],
  };
}
