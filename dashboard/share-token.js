/*
 * share-token.js
 *		One share token, in the reader's own view, and what can be done with it.
 */
import { pageOf, TOKENS } from "./addresses.js";
import { ApiError, get, Intent } from "./api.js";
import { fact } from "./connection.js";
import { h } from "./dom.js";
import { openForm, textField } from "./form.js";
import { tokenHistory } from "./history.js";
import { drawing } from "./icons.js";
import { connectionName, copyableId, direction, id, party, time, tokenStatus } from "./parts.js";
import { refusal } from "./refused.js";
import { render } from "./router.js";
import { current } from "./session.js";
import { notify } from "./shell.js";
import { viewOf } from "./words.js";

const FAILURES = {
  source_not_found: "What was to be handed over is gone, or is not the source’s any more.",
  source_redacted: "What was to be handed over has been redacted.",
  import_failed: "The copy could not be made.",
  unrecoverable_error: "It was not completed.",
};

/* Returns which way a token goes; only who is both sees both ends of it. */
export function wayOf({ attributes, relationships }) {
  return relationships.source !== undefined && relationships.destination !== undefined ? "both" : attributes.direction;
}

/* Returns what a token is called: its kind, with the id by which the reader knows it. */
export function tokenName(token) {
  return [token.attributes.kind, " ", id(token.relationships.source?.data.id ?? token.id)];
}

function outlook({ attributes, meta, relationships }) {
  const partner = meta["partner-name"];
  const { status } = attributes;
  if (status === "created") {
    if (relationships.source !== undefined) {
      return ["Waits for ", partner, " to redeem it, until ", time(attributes["expires-at"]), "."];
    }
    return meta["allowed-actions"].includes("redeem")
      ? [partner, " hands this over to you. You can redeem it once, until ", time(attributes["expires-at"]), "."]
      : ["You cannot redeem it now: the Connection does not let it, or your key may only read."];
  }
  return {
    pending: "The copy is being made.", redeemed: "It was handed over. It cannot be redeemed again.",
    expired: "It ended without being redeemed.", failed: FAILURES[attributes["failure-reason"]],
  }[status];
}

/* The page shows the present state where the one that was acted upon is old. */
function wasOld(error) {
  if (!(error instanceof ApiError) || (error.status !== 409 && error.code !== "share_token_not_found")) {
    return false;
  }
  render({ refresh: true });
  notify("warning", "Nothing was done: ", refusal(error), " You see it as it is now.");
  return true;
}

/* Sends an action, then shows the token as it is and what was done. */
async function act(intent, operation, token, document, done) {
  const { data } = await intent.send(operation, { id: token.id, document });
  await render({ refresh: true });
  notify(data.attributes.status === "failed" ? "warning" : "info", done(data.attributes));
}

function openRedeem(token) {
  const intent = new Intent();
  const into = textField({
    id: "redeem-into", label: "Id of your own to fill", optional: true, spellcheck: "false", autocapitalize: "off",
    hint: "Left empty, you get a new copy.",
  });
  openForm({
    title: "Redeem this share token?",
    button: "Redeem",
    content: [h("p", null, `You get a copy from ${token.meta["partner-name"]}. This can be done once.`), into.element],
    fields: { "/data/attributes/destination-id": into },
    rescue: wasOld,
    submit() {
      const chosen = into.control.value.trim();
      return act(intent, "redeem_share_token", token, { data: { attributes: chosen === "" ? {} : { "destination-id": chosen } } },
        ({ status, "failure-reason": reason }) => ({ redeemed: "Redeemed. You have your copy.", failed: FAILURES[reason] }[status]
          ?? "Redeemed. The copy is being made; look again in a while."));
    },
  });
}

function openEnd(token, button) {
  const intent = new Intent();
  const reason = textField({ id: "reason", label: "Reason", optional: true, rows: 3, hint: "Both of you see it in the history." });
  openForm({
    title: `${button} this share token?`,
    button,
    danger: true,
    content: [h("p", null, "It cannot be redeemed any more. Another one can be made."), reason.element],
    fields: { "/meta/reason": reason },
    rescue: wasOld,
    submit: () => act(intent, "expire_share_token", token, { meta: { reason: reason.control.value.trim() || null } },
      () => "Ended. It cannot be redeemed any more."),
  });
}

function buttons(token) {
  const allowed = token.meta["allowed-actions"];
  const end = token.relationships.source === undefined ? "Decline" : "Withdraw";
  return h("div", { class: "buttons" },
    allowed.includes("redeem") && h("button", { type: "button", class: "primary", id: "action-redeem", onclick: () => openRedeem(token) }, "Redeem"),
    allowed.includes("expire") && h("button", {
      type: "button", class: "danger-quiet", id: "action-expire", onclick: () => openEnd(token, end),
    }, end));
}

function facts(token, connection) {
  const { attributes, relationships } = token;
  const { partner } = viewOf(connection, current().id);
  const when = (term, name) => attributes[name] !== null && fact(term, time(attributes[name]));
  return h("dl", { class: "facts" },
    fact("Share token id", copyableId(token.id, "share token id")),
    fact("Partner", party(partner)),
    fact("Connection", h("a", { href: pageOf(connection.id) }, connectionName(connection, partner))),
    fact("Kind", attributes.kind),
    relationships.source && fact("What is handed over", copyableId(relationships.source.data.id, "id of what is handed over")),
    relationships.destination?.data && fact("Your copy", copyableId(relationships.destination.data.id, "id of your copy")),
    when("Created", "created-at"), when(attributes.status === "expired" ? "Ended" : "Can be redeemed until", "expires-at"),
    when("Redemption began", "pending-at"), when("Redeemed", "redeemed-at"), when("Failed", "failed-at"),
    relationships.creator && fact("Created by", relationships.creator.data.type, " ", id(relationships.creator.data.id)));
}

export async function tokenPage({ parameters: [tokenId], signal }) {
  const { data } = await get("get_share_token", { id: tokenId, signal });
  const { data: connection } = await get("get_connection", { id: data.relationships.connection.data.id, signal });
  const history = await tokenHistory(data, connection, signal);
  return {
    /* browsers keep titles in their history, where the id of what is handed over has no place */
    title: "Share token",
    content: [
      h("p", { class: "trail" }, h("a", { href: TOKENS }, drawing("back"), "Share Tokens")),
      h("div", { class: "heading" },
        h("div", null, h("h1", null, tokenName(data)), h("p", { class: "badges" },
          tokenStatus(data.attributes.status), direction(wayOf(data)))),
        buttons(data)),
      h("p", { class: "outlook" }, outlook(data)),
      h("section", { class: "card", "aria-labelledby": "details" }, h("h2", { id: "details" }, "Details"), facts(data, connection)),
      h("section", { class: "card", "aria-labelledby": "history" }, h("h2", { id: "history" }, "History"), history),
    ],
  };
}
