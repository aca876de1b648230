/*
 * share-token.js
 *		One share token, in the reader's own view: everything about it, and its history.
 */
import { pageOf, TOKENS } from "./addresses.js";
import { get } from "./api.js";
import { h } from "./dom.js";
import { drawing } from "./icons.js";
import { connectionName, copyableId, direction, fact, id, party, time, tokenName, tokenStatus } from "./parts.js";
import { render } from "./router.js";
import { current } from "./session.js";
import { notify } from "./shell.js";
import { tokenButtons } from "./token-actions.js";
import { loadTokenHistory, tokenTimeline } from "./token-history.js";
import { tokenOutlook } from "./token-words.js";
import { watch } from "./watch.js";
import { viewOf, wayOf } from "./words.js";

/* So often, in milliseconds, the page looks whether the copy has been made. */
const SOON = 5000;

function facts(token, connection) {
  const { attributes, relationships } = token;
  const { partner } = viewOf(connection, current().id);
  const when = (term, name) => attributes[name] !== null && fact(term, time(attributes[name]));
  const { status, "redeem-mode": mode } = attributes;
  const isFilled = mode === "hydrate";
  return h("dl", { class: "facts" },
    fact("Share token id", copyableId(token.id, "share token id")),
    fact("Partner", party(partner)),
    fact("Connection", h("a", { href: pageOf(connection.id) }, connectionName(connection, partner))),
    fact("Kind", attributes.kind),
    relationships.source && fact("What is handed over", copyableId(relationships.source.data.id, "id of what is handed over")),
    mode !== null && status !== "failed" && fact("Redeemed into", isFilled ? "something that the destination named" : "a new copy"),
    relationships.destination?.data && fact(isFilled ? "What you named" : "Your copy",
      copyableId(relationships.destination.data.id, "id of your copy")),
    when("Created", "created-at"), status === "created" && when("Can be redeemed until", "expires-at"),
    status === "expired" && when("Ended", "expires-at"),
    when("Redemption began", "pending-at"), when("Redeemed", "redeemed-at"), when("Failed", "failed-at"),
    relationships.creator && fact("Created by", relationships.creator.data.type, " ", id(relationships.creator.data.id)));
}

/* Asks for all that the page shows: the token, its Connection and its history. */
async function load(tokenId, signal) {
  const { data: token } = await get("get_share_token", { id: tokenId, signal });
  const [{ data: connection }, history] = await Promise.all([
    get("get_connection", { id: token.relationships.connection.data.id, signal }), loadTokenHistory(token, signal),
  ]);
  return { token, connection, history };
}

/* What of a token and its Connection the page must not show as it was. */
function stateOf({ attributes, meta }, connection) {
  return JSON.stringify([attributes, meta["allowed-actions"], connection.attributes.status]);
}

/* Shows the token as it is now if it has changed; a copy that was waited for is no surprise. */
async function look(token, connection, signal) {
  const { data } = await get("get_share_token", { id: token.id, signal });
  const { data: through } = await get("get_connection", { id: connection.id, signal });
  if (stateOf(data, through) === stateOf(token, connection) || signal.aborted) {
    return;
  }
  await render({ refresh: true });
  if (token.attributes.status === "pending") {
    notify(data.attributes.status === "redeemed" ? "info" : "warning",
      data.attributes.status === "redeemed" ? "The copy has been made." : "The copy has not been made.");
  } else {
    notify("warning", h("strong", null, "This share token changed meanwhile. "), "You see it as it is now.");
  }
}

export async function tokenPage({ parameters: [tokenId], signal }) {
  const { token, connection, history } = await load(tokenId, signal);
  const { status } = token.attributes;
  watch(() => look(token, connection, signal), signal, status === "pending" ? SOON : null);
  return {
    /* browsers keep titles in their history, where the id of what is handed over has no place */
    title: "Share token",
    content: [
      h("p", { class: "trail" }, h("a", { href: TOKENS }, drawing("back"), "Share Tokens")),
      h("div", { class: "heading" },
        h("div", null, h("h1", null, tokenName(token)), h("p", { class: "badges" },
          tokenStatus(status), direction(wayOf(token)),
          h("span", { class: "with" }, party(viewOf(connection, current().id).partner)))),
        tokenButtons(token)),
      h("p", { class: "outlook" }, tokenOutlook(token, connection, history)),
      h("div", { class: "columns" },
        h("div", null, h("section", { class: "card", "aria-labelledby": "history" }, h("h2", { id: "history" }, "History"),
          tokenTimeline(token, connection, history, signal))),
        h("div", null, h("section", { class: "card", "aria-labelledby": "details" }, h("h2", { id: "details" }, "Details"),
          facts(token, connection)))),
    ],
  };
}
