/*
 * connection.js
 *		One Connection: everything about it, its history, and what can be done.
 */
import { actionButtons, tellChanged } from "./actions.js";
import { LIST } from "./addresses.js";
import { get } from "./api.js";
import { h } from "./dom.js";
import { drawing } from "./icons.js";
import { loadHistory, timeline } from "./history.js";
import { connectionName, copyableId, direction, id, scopesExplained, status, time } from "./parts.js";
import { catalogue, current } from "./session.js";
import { statesPicture } from "./states.js";
import { refreshWaiting } from "./waiting.js";
import { outlook, viewOf } from "./words.js";

function fact(term, ...description) {
  return h("div", null, h("dt", null, term), h("dd", null, description));
}

function end(term, organizationId) {
  return fact(term, id(organizationId), organizationId === current().id && h("span", { class: "you" }, "you"));
}

function facts(connection, way) {
  const { attributes } = connection;
  const creator = attributes["creator-id"];
  return h("dl", { class: "facts" },
    fact("Connection id", copyableId(connection.id, "Connection id")),
    end("Source, who shares", attributes["source-organization-id"]),
    end("Destination, who receives", attributes["destination-organization-id"]),
    fact("Direction", direction(way)),
    fact("Created", time(attributes["created-at"])),
    fact("Last change", time(attributes["updated-at"])),
    creator && fact("Created by", attributes["creator-type"] ?? "", " ", id(creator)));
}

/* Looks again whenever the reader comes back to the page, and tells of a change. */
function watch(connection, signal) {
  const look = async () => {
    if (document.visibilityState !== "visible" || document.querySelector("dialog[open]")) {
      return;
    }
    try {
      const { data } = await get("get_connection", { id: connection.id, signal });
      if (data.attributes["updated-at"] !== connection.attributes["updated-at"] && !signal.aborted) {
        await tellChanged("You see it as it is now.");
      }
    } catch {
      /* what is shown stays; an action would tell */
    }
  };
  document.addEventListener("visibilitychange", look, { signal });
  addEventListener("focus", look, { signal });
}

export async function connectionPage({ parameters: [connectionId], signal }) {
  const [{ data }, first, scopes] = await Promise.all([
    get("get_connection", { id: connectionId, signal }), loadHistory(connectionId, signal), catalogue(signal),
    refreshWaiting(signal),
  ]);
  const { attributes } = data;
  const { partner, direction: way } = viewOf(data, current().id);
  watch(data, signal);
  return {
    title: attributes.name ?? `Connection with ${partner}`,
    content: [
      h("p", { class: "trail" }, h("a", { href: LIST }, drawing("back"), "Connections")),
      h("div", { class: "heading" },
        h("div", null, h("h1", null, connectionName(data, partner)), h("p", { class: "badges" }, status(attributes.status), direction(way))),
        actionButtons(data, scopes)),
      h("p", { class: "outlook" }, outlook(data, current().id)),
      h("div", { class: "columns" },
        h("div", null,
          h("section", { class: "card", "aria-labelledby": "shared" }, h("h2", { id: "shared" }, "What is shared"),
            scopesExplained(attributes.scopes, scopes)),
          h("section", { class: "card", "aria-labelledby": "history" }, h("h2", { id: "history" }, "History"),
            timeline(connectionId, first, signal))),
        h("div", null,
          h("section", { class: "card", "aria-labelledby": "state" }, h("h2", { id: "state" }, "State"),
            statesPicture(attributes.status, data.meta["allowed-actions"])),
          h("section", { class: "card", "aria-labelledby": "details" }, h("h2", { id: "details" }, "Details"),
            facts(data, way)))),
    ],
  };
}
