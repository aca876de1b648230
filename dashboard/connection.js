/*
 * connection.js
 *		One Connection: everything about it, its history, and what can be done.
 */
import { actionButtons, tellChanged } from "./actions.js";
import { LIST } from "./addresses.js";
import { get } from "./api.js";
import { loadTokens, tokensCard } from "./connection-tokens.js";
import { h } from "./dom.js";
import { drawing } from "./icons.js";
import { connectionTimeline, loadHistory } from "./history.js";
import { connectionName, copyableId, direction, fact, id, party, scopesExplained, status, time } from "./parts.js";
import { catalogue, current } from "./session.js";
import { statesPicture } from "./states.js";
import { age, termWarning } from "./terms.js";
import { refreshWaiting } from "./waiting.js";
import { watch } from "./watch.js";
import { namesOf, outlook, viewOf } from "./words.js";

function end(term, organizationId, nameOf) {
  return fact(term, party({ id: organizationId, name: nameOf(organizationId) }),
    organizationId === current().id && h("span", { class: "you" }, "you"));
}

function facts(connection, way) {
  const { attributes } = connection;
  const creator = attributes["creator-id"];
  const nameOf = namesOf(connection, current());
  return h("dl", { class: "facts" },
    end("Source, who shares", attributes["source-organization-id"], nameOf),
    end("Destination, who receives", attributes["destination-organization-id"], nameOf),
    fact("Direction", direction(way)),
    attributes["respond-by"] !== null && fact("The offer stands until", time(attributes["respond-by"])),
    attributes["expires-at"] !== null && fact("Sharing ends", time(attributes["expires-at"])),
    fact("Connection id", copyableId(connection.id, "Connection id")),
    fact("Created", time(attributes["created-at"])),
    fact("Last change", time(attributes["updated-at"])),
    creator && fact("Created by", attributes["creator-type"] ?? "", " ", id(creator)));
}

/* Says since when an offer waits, by the event that made it, if that is among the newest. */
function waitingSince(connection, events) {
  const made = events.find(({ attributes: what }) => what["to-status"] === "pending" && what["from-status"] !== "pending");
  return connection.attributes.status === "pending" && made !== undefined
    && [" Offered ", h("span", { class: "age" }, age(made.attributes["created-at"])), "."];
}

/* Tells of a change that somebody else has made. */
async function look(connection, signal) {
  const { data } = await get("get_connection", { id: connection.id, signal });
  if (data.attributes["updated-at"] !== connection.attributes["updated-at"] && !signal.aborted) {
    await tellChanged("You see it as it is now.");
  }
}

export async function connectionPage({ parameters: [connectionId], signal }) {
  const [{ data }, first, scopes, newest] = await Promise.all([
    get("get_connection", { id: connectionId, signal }), loadHistory(connectionId, signal), catalogue(signal),
    loadTokens(connectionId, signal), refreshWaiting(signal),
  ]);
  const { attributes } = data;
  const { partner, direction: way } = viewOf(data, current().id);
  watch(() => look(data, signal), signal);
  return {
    title: attributes.name ?? `Connection with ${partner.name}`,
    content: [
      h("p", { class: "trail" }, h("a", { href: LIST }, drawing("back"), "Connections")),
      h("div", { class: "heading" },
        h("div", null, h("h1", null, connectionName(data, partner)), h("p", { class: "badges" },
          status(attributes.status), direction(way), h("span", { class: "with" }, party(partner)))),
        actionButtons(data, scopes)),
      h("p", { class: "outlook" }, outlook(data, current().id), waitingSince(data, first.data)),
      termWarning(data, partner, way) || "",
      h("div", { class: "columns" },
        h("div", null,
          h("section", { class: "card", "aria-labelledby": "shared" }, h("h2", { id: "shared" }, "What is shared"),
            scopesExplained(attributes.scopes, scopes)),
          tokensCard(data, newest),
          h("section", { class: "card", "aria-labelledby": "history" }, h("h2", { id: "history" }, "History"),
            connectionTimeline(data, first, signal))),
        h("div", null,
          h("section", { class: "card", "aria-labelledby": "details" }, h("h2", { id: "details" }, "Details"),
            facts(data, way)),
          h("section", { class: "card", "aria-labelledby": "state" }, h("h2", { id: "state" }, "States"),
            statesPicture(attributes.status, data.meta["allowed-actions"])))),
    ],
  };
}
