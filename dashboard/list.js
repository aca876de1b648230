/*
 * list.js
 *		Connect > Connections: the list, its filters and its pages.
 */
import { LIST, pageOf } from "./addresses.js";
import { ApiError, get, query } from "./api.js";
import { openCreate } from "./create.js";
import { h, spoken } from "./dom.js";
import { drawing } from "./icons.js";
import { connectionName, copyableId, direction, id, scopeNames, status, time } from "./parts.js";
import { navigate } from "./router.js";
import { current } from "./session.js";
import { refreshWaiting } from "./waiting.js";
import { STATUSES, viewOf } from "./words.js";

const PAGE = 20;
const WAITING = `${LIST}?status=pending&direction=inbound`;

/* Returns the cursor that a link of the API carries, or null. */
function cursor(link, name) {
  return link === null ? null : new URL(link, location.origin).searchParams.get(`page[${name}]`);
}

/*
 * Asks for what the filters leave.  With a partner that is one Connection each
 * way at most: the two filters by id, one asked for each direction.
 */
async function load(filters, signal) {
  const common = { "filter[status]": filters.status };
  if (filters.partner === "") {
    const { data, links } = await get("list_connections", {
      search: {
        ...common, "filter[direction]": filters.direction, "page[size]": PAGE,
        "page[after]": filters.after, "page[before]": filters.before,
      },
      signal,
    });
    return { data, before: cursor(links.prev, "before"), after: cursor(links.next, "after") };
  }
  const ways = [
    { way: "outbound", end: "destination" }, { way: "inbound", end: "source" },
  ].filter(({ way }) => filters.direction === "" || filters.direction === way);
  const answers = await Promise.all(ways.map(({ way, end }) => get("list_connections", {
    search: { ...common, "filter[direction]": way, [`filter[${end}-organization-id]`]: filters.partner }, signal,
  })));
  const found = new Map(answers.flatMap(({ data }) => data).map((one) => [one.id, one]));
  return { data: [...found.values()], before: null, after: null };
}

/* Returns the address of the list with these filters. */
function address({ status: wanted, direction: way, partner, before, after }) {
  return LIST + query({ status: wanted, direction: way, partner, before, after });
}

/* Returns one choice of few: radio buttons that look like one bar. */
function segments(name, legend, options, chosen, onChoose) {
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

function filterBar(filters, error) {
  const go = (change) => navigate(address({ ...filters, before: "", after: "", ...change }));
  const partner = h("input", {
    type: "search", id: "partner", name: "partner", value: filters.partner, autocomplete: "off", spellcheck: "false",
    autocapitalize: "off", placeholder: "org_…", "aria-invalid": error ? "true" : null,
    "aria-describedby": error ? "partner-error" : null,
  });
  return h("div", { class: "filters", role: "search", "aria-label": "Connections" },
    segments("status", "Status", [["", "All"], ...Object.entries(STATUSES)], filters.status,
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
    h("label", { for: "partner" }, "Partner’s organization id"),
    h("div", { class: "joined" }, partner,
      h("button", { type: "submit", id: "search" }, drawing("search"), spoken("Search"))),
    error && h("p", { class: "field-error", id: "partner-error" }, drawing("warning"), error)));
}

function row(connection) {
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
    cell("Partner", id(partner), way === "both" && spoken(" (your own organization)")),
    cell("Direction", direction(way)),
    cell("Status", status(attributes.status)),
    cell("Scopes", scopeNames(attributes.scopes)),
    cell("Last change", time(attributes["updated-at"])));
}

/* Roles are spelled out because narrow screens lay the rows out as cards. */
function table(connections) {
  return h("table", { class: "list", role: "table", "aria-labelledby": "results" },
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      ["Name", "Partner", "Direction", "Status", "Scopes", "Last change"].map((title) =>
        h("th", { role: "columnheader", scope: "col" }, title)))),
    h("tbody", { role: "rowgroup" }, connections.map(row)));
}

function pager(filters, { before, after }) {
  if (before === null && after === null) {
    return null;
  }
  const link = (key, target, label) => (target === null
    ? h("span", { class: "button", "aria-disabled": "true" }, label)
    : h("a", { class: "button", id: key, href: target }, label));
  const to = (change) => address({ ...filters, before: "", after: "", ...change });
  return h("nav", { class: "pager", "aria-label": "Pages" },
    before !== null && h("a", { class: "button quiet", id: "page-first", href: to({}) }, "Newest"),
    link("page-newer", before === null ? null : to({ before }), [drawing("back"), "Newer"]),
    link("page-older", after === null ? null : to({ after }), ["Older", drawing("next")]));
}

function nothing(filters, isFiltered, create) {
  if (address(filters) === WAITING) {
    return h("div", { class: "empty" }, h("h3", null, "No offers wait for you"),
      h("p", null, "When a partner offers to share data with you, the offer stands here for you to activate."),
      h("p", null, h("a", { class: "button", href: LIST }, "Show all Connections")));
  }
  if (isFiltered) {
    return h("div", { class: "empty" }, h("h3", null, "No Connection matches"),
      h("p", null, "None of your Connections fits these filters."),
      h("p", null, h("a", { class: "button", href: LIST }, "Show all Connections")));
  }
  return h("div", { class: "empty" }, drawing("connections"), h("h3", null, "No Connections yet"),
    h("p", null, "To share data with a partner, ask for their organization id and create a Connection; "
      + "they activate it, and sharing begins."),
    h("p", null, h("button", { type: "button", class: "primary", onclick: create }, drawing("plus"), "New Connection")),
    h("p", { class: "aside" }, "To receive data, give a partner your own id:"),
    copyableId(current().id, "organization id"));
}

function waitingNote(count) {
  return h("a", { class: "waiting", href: WAITING }, drawing("bell"),
    h("span", null, count === "1" ? "1 offer waits for you to activate" : `${count} offers wait for you to activate`),
    drawing("next"));
}

export async function listPage({ search, signal }) {
  const value = (name) => search.get(name) ?? "";
  const filters = {
    status: value("status"), direction: value("direction"), partner: value("partner"),
    before: value("before"), after: value("after"),
  };
  const isFiltered = filters.status !== "" || filters.direction !== "" || filters.partner !== "";
  let page = { data: [], before: null, after: null };
  let partnerError = null;
  const waiting = refreshWaiting(signal);
  try {
    page = await load(filters, signal);
  } catch (error) {
    waiting.catch(() => {});
    if (!(error instanceof ApiError && error.status === 400)) {
      throw error;
    }
    if (error.parameter.startsWith("page[") || error.parameter === "filter[status]" || error.parameter === "filter[direction]") {
      /* an address kept from another organization, or made by hand */
      navigate(LIST, { replace: true });
      return null;
    }
    partnerError = error.message;
  }
  const count = await waiting;
  const create = () => openCreate();
  const { data } = page;
  return {
    title: "Connections",
    content: [
      h("div", { class: "heading" }, h("h1", null, "Connections"),
        data.length > 0 || isFiltered
          ? h("button", { type: "button", class: "primary", onclick: create }, drawing("plus"), "New Connection") : null),
      count !== "0" && address(filters) !== WAITING ? waitingNote(count) : "",
      data.length > 0 || isFiltered ? filterBar(filters, partnerError) : "",
      h("section", { class: "results" },
        h("h2", { id: "results", class: "spoken" },
          data.length === 0 ? "No Connections" : `${data.length} Connections on this page`),
        data.length > 0 ? table(data) : partnerError === null && nothing(filters, isFiltered, create),
        pager(filters, page)),
    ],
  };
}
