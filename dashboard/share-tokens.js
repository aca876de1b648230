/*
 * share-tokens.js
 *		Connect > Share Tokens: the list, its filters and pages, and the form for a new one.
 */
import { tokenPageOf, TOKENS } from "./addresses.js";
import { ApiError, get, Intent, query } from "./api.js";
import { h } from "./dom.js";
import { openForm, selectField, textField } from "./form.js";
import { drawing } from "./icons.js";
import { cursor, pager, segments } from "./list.js";
import { direction, time, tokenStatus } from "./parts.js";
import { navigate } from "./router.js";
import { current, explain } from "./session.js";
import { notify } from "./shell.js";
import { tokenName, wayOf } from "./share-token.js";
import { TOKEN_STATUSES, viewOf } from "./words.js";

const PAGE = 20;
const DAY = 86400;
const LIVES = [[3600, "1 hour"], [DAY, "1 day"], [7 * DAY, "7 days"], [14 * DAY, "14 days"], [21 * DAY, "21 days"]];

function address(filters) {
  return TOKENS + query(filters);
}

/* Opens the form for a new token, through one of the newest hundred active Connections. */
async function openCreate() {
  let connections;
  try {
    ({ data: connections } = await get("list_connections", {
      search: { "filter[direction]": "outbound", "filter[status]": "active", "page[size]": 100 },
    }));
  } catch (error) {
    notify("warning", explain(error));
    return;
  }
  if (connections.length === 0) {
    notify("info", "None of your partners has accepted a Connection from you. One must be active before something can be handed over.");
    return;
  }
  const through = selectField({
    id: "token-connection", label: "Connection", hint: "Only this partner can redeem it.",
    options: connections.map((one) => [one.id,
      [one.attributes.name, viewOf(one, current().id).partner.name].filter((text) => text !== null).join(" · ")]),
  });
  const source = textField({
    id: "token-source", label: "Id of what you hand over", spellcheck: "false", autocapitalize: "off",
    hint: "Your partner gets a copy of it, and is not told this id.",
  });
  const life = selectField({
    id: "token-life", label: "Can be redeemed for", value: String(14 * DAY), options: LIVES.map(([seconds, text]) => [String(seconds), text]),
  });
  const intent = new Intent();
  openForm({
    title: "New Share Token",
    button: "Create",
    content: [h("p", { class: "lead" }, "You hand over one thing to one partner, once."), through.element, source.element, life.element],
    fields: {
      "/data/attributes/connection-id": through, "/data/attributes/source-id": source,
      "/data/attributes/expires-in-seconds": life,
    },
    check() {
      if (source.control.value.trim() !== "") {
        return null;
      }
      source.fail("Enter the id.");
      return source;
    },
    async submit() {
      const { data } = await intent.send("create_share_token", {
        document: {
          data: {
            type: "connect/share-token",
            attributes: {
              "connection-id": through.control.value, "source-id": source.control.value.trim(),
              "expires-in-seconds": Number(life.control.value),
            },
          },
        },
      });
      await navigate(tokenPageOf(data.id));
      notify("info", `Made. ${data.meta["partner-name"]} finds it under Share Tokens, or by the id below.`);
    },
  });
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
    cell("Partner", token.meta["partner-name"]),
    cell("Direction", direction(wayOf(token))),
    cell("Status", tokenStatus(attributes.status)),
    cell("Until", attributes.status === "created" && ["until ", time(attributes["expires-at"])]),
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

export async function tokensPage({ search, signal }) {
  const filters = Object.fromEntries(["status", "direction", "connection", "before", "after"].map((name) => [name, search.get(name) ?? ""]));
  let answer;
  try {
    answer = await get("list_share_tokens", {
      search: {
        "filter[status]": filters.status, "filter[direction]": filters.direction, "filter[connection-id]": filters.connection,
        "page[size]": PAGE, "page[after]": filters.after, "page[before]": filters.before,
      },
      signal,
    });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 400)) {
      throw error;
    }
    navigate(TOKENS, { replace: true });
    return null;
  }
  const { data, links } = answer;
  const to = (change) => address({ ...filters, before: "", after: "", ...change });
  const isFiltered = filters.status !== "" || filters.direction !== "" || filters.connection !== "";
  const go = (change) => navigate(to(change));
  return {
    title: "Share Tokens",
    content: [
      h("div", { class: "heading" }, h("h1", null, "Share Tokens"),
        h("button", { type: "button", class: "primary", onclick: openCreate }, drawing("plus"), "New Share Token")),
      data.length > 0 || isFiltered ? h("div", { class: "filters", role: "search", "aria-label": "Share tokens" },
        segments("status", "Status", [["", "All"], ...Object.entries(TOKEN_STATUSES)], filters.status, (status) => go({ status })),
        segments("direction", "Direction", [["", "Both"], ["outbound", "Outbound"], ["inbound", "Inbound"]],
          filters.direction, (way) => go({ direction: way }))) : "",
      h("section", { class: "results" },
        h("h2", { id: "results", class: "spoken" }, data.length === 0 ? "No share tokens" : `${data.length} share tokens on this page`),
        data.length > 0 ? table(data) : nothing(isFiltered),
        pager(to, { before: cursor(links.prev, "before"), after: cursor(links.next, "after") })),
    ],
  };
}
