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
export function origin(what) {
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

/*
 * Returns a timeline, which grows by a button while there is more: first and what more(next) answers
 * are pages, {data, next}, and entry(event, before) is the element of one.
 */
export function timeline(first, more, entry, signal) {
  const list = h("ol", { class: "timeline", role: "list" });
  const told = h("p", { role: "status", tabindex: "-1", hidden: true });
  const older = h("button", { type: "button", class: "quiet" }, "Show older");
  let events = [];
  let next = null;

  const tell = (kind, text) => {
    told.className = kind;
    told.textContent = text;
    told.hidden = text === "";
  };
  const add = (page) => {
    const shown = events.length;
    events = [...events, ...page.data];
    next = page.next;
    list.replaceChildren(...events.map((event, i) => entry(event, events[i + 1])));
    older.hidden = next === null;
    if (page.data.length === 0) {
      tell("hint", next === null ? "There is nothing older." : "What happened lies further back.");
    }
    return list.children[shown];
  };
  older.addEventListener("click", async () => {
    tell("", "");
    try {
      const added = add(await more(next));
      if (added !== undefined) {
        added.setAttribute("tabindex", "-1");
        added.focus();
      } else if (older.hidden) {
        told.focus();
      }
    } catch (error) {
      if (!signal.aborted) {
        tell("field-error", explain(error));
      }
    }
  });
  add(first);
  return [list, told, older];
}

/* Returns the timeline of a Connection. */
export function connectionTimeline(connection, first, signal) {
  return timeline(first, (next) => loadHistory(connection.id, signal, next),
    (event, before) => entry(event, before?.attributes, connection), signal);
}
