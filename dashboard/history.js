/*
 * history.js
 *		What happened to a Connection: who, what, when, why; newest first.
 */
import { get } from "./api.js";
import { h } from "./dom.js";
import { drawing } from "./icons.js";
import { id, time } from "./parts.js";
import { current, explain } from "./session.js";
import { ACTIONS, ending, namesOf, STATUSES } from "./words.js";

const PAGE = 20;

/* Says who did what: the reader's own organization is "You", and time is nobody. */
function title(what, connection) {
  const { action, "organization-id": organization, "from-status": from } = what;
  if (action === "expire") {
    return ACTIONS.expire.deed;
  }
  const who = organization === null ? "An administrator" : organization === current().id ? "You" : namesOf(connection, current())(organization);
  const deed = action === "deactivate" && organization !== null
    ? ending(from, organization === connection.attributes["source-organization-id"] ? "outbound" : "inbound").deed : ACTIONS[action]?.deed;
  return [who, " ", deed ?? action];
}

/* Says how name and scopes differ from what they were before, if that is known. */
function differences(event, before) {
  const said = [];
  if (before === undefined) {
    if (event.name !== null) {
      said.push(["Name: ", h("q", null, event.name)]);
    }
    said.push(["Scopes: ", event.scopes.join(", ")]);
    return said;
  }
  const added = event.scopes.filter((scope) => !before.scopes.includes(scope));
  const removed = before.scopes.filter((scope) => !event.scopes.includes(scope));
  if (added.length > 0) {
    said.push(["Added: ", added.join(", ")]);
  }
  if (removed.length > 0) {
    said.push(["Removed: ", removed.join(", ")]);
  }
  if (event.name !== before.name) {
    said.push(event.name === null ? ["Name cleared"] : ["New name: ", h("q", null, event.name)]);
  }
  return said;
}

/* Returns which key or user it was and in which request; only one's own organization learns that. */
function origin(what) {
  const actorId = what["actor-id"];
  const request = what["request-id"];
  return (actorId !== null || request !== null) && h("p", { class: "event-detail event-origin" },
    actorId !== null && h("span", null, what["actor-type"] ?? "actor", " ", id(actorId)), " ",
    request !== null && h("span", null, "request ", id(request)));
}

/* Returns one event; before is the attributes of the one before it, if loaded. */
function entry(event, before, connection) {
  const what = event.attributes;
  const from = what["from-status"];
  const to = what["to-status"];
  const moved = from !== to;
  const action = ACTIONS[what.action];
  return h("li", { class: `event event-${moved ? to : "change"}` },
    h("span", { class: "event-mark" }, drawing(moved ? to : "change")),
    h("div", { class: "event-body" },
      h("p", { class: "event-title" }, title(what, connection)),
      h("p", { class: "event-when" }, time(what["created-at"]), " ",
        from !== null && moved && h("span", null, `${STATUSES[from]} → ${STATUSES[to]}`)),
      what.reason !== null && h("blockquote", null, what.reason),
      action?.changes && differences(what, before).map((text) => h("p", { class: "event-detail" }, text)),
      origin(what)));
}

/* Returns a page of the history: {data, next}, next being a cursor or null. */
export async function loadHistory(connectionId, signal, after = null) {
  const { data, links } = await get("list_connection_events", {
    id: connectionId, signal,
    /* those of its share tokens stand in the same history, with neither name nor scopes */
    search: { "filter[subject-type]": "connection", "page[size]": PAGE, "page[after]": after },
  });
  return { data, next: links.next === null ? null : data.at(-1).id };
}

/* Returns the timeline, which grows by a button while there is more. */
export function timeline(connection, first, signal) {
  const list = h("ol", { class: "timeline", role: "list" });
  const told = h("p", { class: "field-error", role: "status", hidden: true });
  const older = h("button", { type: "button", class: "quiet" }, "Show older");
  let events = [];
  let next = null;

  const add = (page) => {
    events = [...events, ...page.data];
    next = page.next;
    list.replaceChildren(...events.map((event, i) => entry(event, events[i + 1]?.attributes, connection)));
    older.hidden = next === null;
  };
  older.addEventListener("click", async () => {
    const shown = events.length;
    told.hidden = true;
    try {
      add(await loadHistory(connection.id, signal, next));
      list.children[shown].setAttribute("tabindex", "-1");
      list.children[shown].focus();
    } catch (error) {
      if (!signal.aborted) {
        told.textContent = explain(error);
        told.hidden = false;
      }
    }
  });
  add(first);
  return [list, told, older];
}

/* What was done with a share token; what nobody of the two did, as a whole sentence. */
const TOKEN_DEEDS = { create: "made it", redeem: "redeemed it", expire: "ended it" };
const BY_ITSELF = { complete: "The copy was made", fail: "It failed", expire: "Its time passed" };

/* Says who did what with a share token; what time did has the moment from which it counts. */
function tokenTitle(what, nameOf) {
  const organization = what["organization-id"];
  if (organization === null && (what.action !== "expire" || what["effective-at"] !== null) && BY_ITSELF[what.action] !== undefined) {
    return BY_ITSELF[what.action];
  }
  const who = organization === null ? "An administrator" : organization === current().id ? "You" : nameOf(organization);
  return `${who} ${TOKEN_DEEDS[what.action] ?? what.action}`;
}

/* Returns what happened to a share token, as far as it is among the newest hundred of its Connection. */
export async function tokenHistory(token, connection, signal) {
  const { data } = await get("list_connection_events", {
    id: connection.id, signal, search: { "filter[subject-type]": "share_token", "page[size]": 100 },
  });
  const nameOf = namesOf(connection, current());
  const events = data.map(({ attributes }) => attributes).filter((what) => what["subject-id"] === token.id);
  if (events.length === 0) {
    return h("p", null, "It lies behind the newest hundred events of the Connection’s share tokens.");
  }
  return h("ol", { class: "timeline", role: "list" }, events.map((what) => h("li", { class: "event event-change" },
    h("span", { class: "event-mark" }, drawing(what["to-status"])),
    h("div", { class: "event-body" },
      h("p", { class: "event-title" }, tokenTitle(what, nameOf)),
      h("p", { class: "event-when" }, time(what["created-at"])),
      what.reason !== null && h("blockquote", null, what.reason), origin(what)))));
}
