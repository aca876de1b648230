/*
 * token-actions.js
 *		What can be done with a share token: its buttons and their confirmations.
 */
import { ApiError, Intent } from "./api.js";
import { h } from "./dom.js";
import { openForm, textField } from "./form.js";
import { refusal } from "./refused.js";
import { render } from "./router.js";
import { notify } from "./shell.js";
import { FAILURES } from "./token-words.js";

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

/* Reads lines such as "theirs = ours"; returns field mappings, or null if one is none. */
function readMappings(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const pairs = lines.map((line) => line.split("=").map((name) => name.trim()));
  return pairs.every((names) => names.length === 2 && names.every((name) => name !== ""))
    ? pairs.map(([source, destination]) => ({ "source-field-name": source, "destination-field-name": destination })) : null;
}

/* What redeeming led to, by the status of the token. */
function outcome({ status, "failure-reason": reason }) {
  return { redeemed: "Redeemed. You have your copy.", failed: FAILURES[reason] }[status]
    ?? "Redeemed. The copy is being made, which this page shows when it is there.";
}

function openRedeem(token) {
  const intent = new Intent();
  const into = textField({
    id: "redeem-into", label: "Id of your own to fill", optional: true, spellcheck: "false", autocapitalize: "off",
    hint: "Left empty, you get a new copy.",
  });
  const names = textField({
    id: "redeem-names", label: "Fields that are called otherwise", optional: true, rows: 3, spellcheck: "false", autocapitalize: "off",
    hint: "Only with an id of your own: one field a line, their name = your name.",
  });
  openForm({
    title: "Redeem this share token?",
    button: "Redeem",
    content: [h("p", null, `You get a copy from ${token.meta["partner-name"]}. This can be done once.`), into.element, names.element],
    fields: { "/data/attributes/destination-id": into, "/meta/field-mappings": names },
    rescue: wasOld,
    check() {
      const mappings = readMappings(names.control.value);
      if (mappings === null) {
        names.fail("Write one field a line, with one = between their name and yours.");
        return names;
      }
      if (mappings.length > 0 && into.control.value.trim() === "") {
        into.fail("Enter the id, or leave the fields’ names out: a new copy has theirs.");
        return into;
      }
      return null;
    },
    submit() {
      const chosen = into.control.value.trim();
      const mappings = readMappings(names.control.value);
      return act(intent, "redeem_share_token", token, {
        data: { attributes: chosen === "" ? {} : { "destination-id": chosen } },
        ...(mappings.length === 0 ? {} : { meta: { "field-mappings": mappings } }),
      }, outcome);
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

/* Returns the buttons of what this reader may do now, and no others. */
export function tokenButtons(token) {
  const allowed = token.meta["allowed-actions"];
  const end = token.relationships.source === undefined ? "Decline" : "Withdraw";
  return h("div", { class: "buttons" },
    allowed.includes("redeem") && h("button", { type: "button", class: "primary", id: "action-redeem", onclick: () => openRedeem(token) }, "Redeem"),
    allowed.includes("expire") && h("button", {
      type: "button", class: "danger-quiet", id: "action-expire", onclick: () => openEnd(token, end),
    }, end));
}
