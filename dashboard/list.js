/*
 * list.js
 *		Connect > Connections: the list, its filters and its pages.
 */
import { LIST, pageOf } from "./addresses.js";
import { ApiError, get, query } from "./api.js";
import { countByStatus } from "./counts.js";
import { openCreate } from "./create.js";
import { h, spoken } from "./dom.js";
import { drawing } from "./icons.js";
import { connectionName, copyableId, direction, party, scopeNames, status, time } from "./parts.js";
import { navigate } from "./router.js";
import { catalogue, current } from "./session.js";
import { termLine } from "./terms.js";
import { refreshWaiting } from "./waiting.js";
import { STATUSES, viewOf } from "./words.js";

const PAGE = 20;
const WAITING = `${LIST}?status=pending&direction=inbound`;

/* Returns the cursor that a link of the API carries, or null. */
export function cursor(link, name) {
  return link === null ? null : new URL(link, location.origin).searchParams.get(`page[${name}]`);
}

/* Asks for a page of what the filters leave. */
async function load(filters, signal) {
  const { data, links } = await get("list_connections", {
    search: {
      ...common(filters), "filter[status]": filters.status, "page[size]": PAGE,
      "page[after]": filters.after, "page[before]": filters.before,
    },
    signal,
  });
  return { data, before: cursor(links.prev, "before"), after: cursor(links.next, "after") };
}

/* Returns the filters that the tabs of statuses have in common, as the API calls them. */
function common(filters) {
  return { "filter[direction]": filters.direction, "filter[partner]": filters.partner };
}

/* Returns the address of the list with these filters. */
function address({ status: wanted, direction: way, partner, before, after }) {
  return LIST + query({ status: wanted, direction: way, partner, before, after });
}

/* Returns one choice of few: radio buttons that look like one bar. */
export function segments(name, legend, options, chosen, onChoose) {
  return h("fieldset", { class: "segments" }, h("legend", null, legend),
    h("div", null, options.map(([value, label]) => {
      const key = `${name}-${value || "all"}`;
      return [
        h("input", {
          type: "radio", name, id: key, value, checked: value === chosen, onchange: () => onChoose(value),
        }),
        h("label", { for: key }, label),
      ];
    })));
}

/* Returns the tabs of statuses with how many Connections each holds, where that is known. */
function tabs(counts) {
  return [["", "All"], ...Object.entries(STATUSES)].map(([value, label]) => [value,
    [label, counts[value] !== undefined && h("span", { class: "tab-count" }, " ", counts[value])]]);
}

function filterBar(filters, counts) {
  const go = (change) => navigate(address({ ...filters, before: "", after: "", ...change }));
  const partner = h("input", {
    type: "search", id: "partner", name: "partner", value: filters.partner, autocomplete: "off", spellcheck: "false",
    autocapitalize: "off", placeholder: "Name or id", maxlength: 255,
  });
  return h("div", { class: "filters", role: "search", "aria-label": "Connections" },
    segments("status", "Status", tabs(counts), filters.status,
      (value) => go({ status: value })),
    segments("direction", "Direction", [["", "Both"], ["outbound", "Outbound"], ["inbound", "Inbound"]],
      filters.direction, (value) => go({ direction: value })),
    h("form", {
      class: "partner-search", novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        go({ partner: partner.value.trim() });
      },
    },
    h("label", { for: "partner" }, "Partner, by what its name or id begins with"),
    h("div", { class: "joined" }, partner,
      h("button", { type: "submit", id: "search" }, drawing("search"), spoken("Search")))));
}

function row(connection, scopes) {
  const { attributes } = connection;
  const { partner, direction: way } = viewOf(connection, current().id);
  const href = pageOf(connection.id);
  const open = (event) => {
    if (!event.target.closest("a, button") && String(getSelection()) === "") {
      navigate(href);
    }
  };
  const cell = (label, ...content) => h("td", { role: "cell", "data-label": label }, content);
  return h("tr", { role: "row", onclick: open },
    h("th", { role: "rowheader", scope: "row" }, h("a", { href }, connectionName(connection, partner))),
    cell("Partner", party(partner), way === "both" && spoken(" (your own organization)")),
    cell("Direction", direction(way)),
    cell("Status", status(attributes.status), termLine(connection)),
    cell("Scopes", scopeNames(attributes.scopes, scopes)),
    cell("Last change", time(attributes["updated-at"])));
}

/* Roles are spelled out because narrow screens lay the rows out as cards. */
function table(connections, scopes) {
  return h("table", { class: "list", role: "table", "aria-labelledby": "results" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      ["Name", "Partner", "Direction", "Status", "Scopes", "Last change"].map((title) =>
        h("th", { role: "columnheader", scope: "col" }, title)))),
    h("tbody", { role: "rowgroup" }, connections.map((one) => row(one, scopes))));
}

/* Returns the links to the pages around; to(change) is the address of one of them. */
export function pager(to, { before, after }) {
  if (before === null && after === null) {
    return null;
  }
  const link = (key, target, label) => (target === null
    ? h("span", { class: "button", "aria-disabled": "true" }, label)
    : h("a", { class: "button", id: key, href: target }, label));
  return h("nav", { class: "pager", "aria-label": "Pages" },
    before !== null && h("a", { class: "button quiet", id: "page-first", href: to({}) }, "Newest"),
    link("page-newer", before === null ? null : to({ before }), [drawing("back"), "Newer"]),
    link("page-older", after === null ? null : to({ after }), ["Older", drawing("next")]));
}

function nothing(filters, isFiltered, create) {
  if (address(filters) === WAITING) {
    return h("div", { class: "empty" }, h("h3", null, "No offers wait for you"),
      h("p", null, "When a partner offers to share data with you, the offer stands here for you to accept or decline."),
      h("p", null, h("a", { class: "button", href: LIST }, "Show all Connections")));
  }
  if (isFiltered) {
    return h("div", { class: "empty" }, h("h3", null, "No Connection matches"),
      h("p", null, filters.partner === "" ? "None of your Connections fits these filters."
        : ["You have no such Connection with a partner whose name or id begins with ", h("q", null, filters.partner), "."]),
      h("p", null, h("a", { class: "button", href: LIST }, "Show all Connections")));
  }
  return h("div", { class: "empty" }, drawing("connections"), h("h3", null, "No Connections yet"),
    h("p", null, "To share data with a partner, ask for their organization id and create a Connection; "
      + "they accept it, and sharing begins."),
    h("p", null, h("button", { type: "button", class: "primary", onclick: create }, drawing("plus"), "New Connection")),
    h("p", { class: "aside" }, "To receive data, give a partner your own id:"),
    copyableId(current().id, "organization id"));
}

function waitingNote(count) {
  return h("a", { class: "waiting", href: WAITING }, drawing("bell"),
    h("span", null, count === "1" ? "1 offer waits for you to accept or decline" : `${count} offers wait for you to accept or decline`),
    drawing("next"));
}

export async function listPage({ search, signal }) {
  const value = (name) => search.get(name) ?? "";
  const filters = {
    status: value("status"), direction: value("direction"), partner: value("partner"),
    before: value("before"), after: value("after"),
  };
  const isFiltered = filters.status !== "" || filters.direction !== "" || filters.partner !== "";
  const others = Promise.all([refreshWaiting(signal), countByStatus(common(filters), signal), catalogue(signal)]);
  let page;
  try {
    page = await load(filters, signal);
  } catch (error) {
    others.catch(() => {});
    if (!(error instanceof ApiError && error.status === 400)) {
      throw error;
    }
    /* an address kept from another organization, or made by hand: what it looked for still counts */
    const isCursor = error.parameter.startsWith("page[");
    navigate(isCursor ? address({ ...filters, before: "", after: "" }) : LIST, { replace: true });
    return null;
  }
  const [count, counts, scopes] = await others;
  const create = () => openCreate();
  const { data } = page;
  return {
    title: "Connections",
    content: [
      h("div", { class: "heading" }, h("h1", null, "Connections"),
        data.length > 0 || isFiltered
          ? h("button", { type: "button", class: "primary", onclick: create }, drawing("plus"), "New Connection") : null),
      count !== "0" && address(filters) !== WAITING ? waitingNote(count) : "",
      data.length > 0 || isFiltered ? filterBar(filters, counts) : "",
      h("section", { class: "results" },
        h("h2", { id: "results", class: "spoken" },
          data.length === 0 ? "No Connections" : `${data.length} Connections on this page`),
        data.length > 0 ? table(data, scopes) : nothing(filters, isFiltered, create),
        pager((change) => address({ ...filters, before: "", after: "", ...change }), page)),
    ],
  };
}
