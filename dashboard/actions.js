/*
 * actions.js
 *		What can be done with a Connection: its buttons and their confirmations.
 */
import { ApiError, Intent, get } from "./api.js";
import { h } from "./dom.js";
import { openForm, scopesField, textField } from "./form.js";
import { drawing } from "./icons.js";
import { scopesExplained } from "./parts.js";
import { refusal } from "./refused.js";
import { render } from "./router.js";
import { current } from "./session.js";
import { notify } from "./shell.js";
import { termFields } from "./terms.js";
import { ACTIONS, confirmation, ending, outcome, STATUSES, viewOf } from "./words.js";

/* Shows the Connection as it is now, under a message. */
async function showNow(kind, ...text) {
  await render({ refresh: true });
  notify(kind, text);
}

/* Says that somebody else was faster; the page shows the present state. */
export function tellChanged(...text) {
  return showNow("warning", h("strong", null, "This Connection changed meanwhile. "), text);
}

/*
 * Deals with the refusals that mean that the reader's picture of the Connection
 * was old: the state, the scopes or the reader's part changed.
 */
function wasOld(error) {
  if (!(error instanceof ApiError) || (error.status !== 409 && error.code !== "not_found")) {
    return false;
  }
  tellChanged(error.code === "scopes_changed"
    ? "The offer covers other kinds of data than those you saw, so it was not accepted. Look at it again."
    : ["Nothing was done: ", refusal(error), " You see it as it is now."]);
  return true;
}

function openConfirmation(action, connection, catalogue) {
  const words = confirmation(action, connection, current());
  const { scopes } = connection.attributes;
  const reason = words.why
    ? textField({ id: "reason", label: "Reason", optional: true, rows: 3, hint: "Both of you see it in the history." }) : null;
  const terms = words.terms ? termFields("again") : null;
  const intent = new Intent();
  openForm({
    title: words.title,
    button: words.button,
    danger: words.danger,
    content: [
      words.text.map((sentence) => h("p", null, sentence)),
      action === "activate" && scopesExplained(scopes, catalogue),
      (words.after ?? []).map((sentence) => h("p", null, sentence)),
      reason?.element, terms?.element,
    ],
    fields: {
      ...(reason === null ? {} : { "/meta/reason": reason }),
      ...(terms === null ? {} : { "/meta/respond-by": terms.fields["respond-by"], "/meta/expires-at": terms.fields["expires-at"] }),
    },
    rescue: wasOld,
    async submit() {
      const meta = { ...(action === "activate" ? { scopes } : {}), ...terms?.changes() };
      if (reason !== null && reason.control.value.trim() !== "") {
        meta.reason = reason.control.value.trim();
      }
      const { data } = await intent.send(`${action}_connection`, { id: connection.id, document: { meta } });
      await showNow("info", outcome(action, data, current().id));
    },
  });
}

function openEdit(connection, catalogue) {
  const { name, scopes, status: present } = connection.attributes;
  const nameField = textField({ id: "edit-name", label: "Name", optional: true, value: name ?? "", hint: "Both of you see it." });
  const chosen = scopesField("edit-scopes", catalogue, scopes);
  const note = h("p", { class: "hint", role: "status" });
  const terms = termFields("edit", connection.attributes);
  const intent = new Intent();
  const isWider = () => chosen.names().some((scope) => !scopes.includes(scope));
  chosen.element.addEventListener("change", () => {
    note.textContent = isWider() && present === "active"
      ? "Adding kinds of data asks for your partner’s consent again: the Connection goes back to pending, and sharing stops until they accept."
      : "";
  });
  openForm({
    title: "Change the Connection",
    button: "Save",
    content: [nameField.element, chosen.element, note, terms.element],
    fields: {
      "/data/attributes/name": nameField, "/data/attributes/scopes": chosen,
      "/data/attributes/respond-by": terms.fields["respond-by"], "/data/attributes/expires-at": terms.fields["expires-at"],
    },
    rescue: wasOld,
    async submit() {
      const attributes = terms.changes();
      if (nameField.control.value.trim() !== (name ?? "")) {
        attributes.name = nameField.control.value.trim() || null;
      }
      if (chosen.names().join() !== scopes.join()) {
        attributes.scopes = chosen.names();
      }
      /* the server takes a change that was based on an old state, so look first */
      if (!intent.isUncertain) {
        const { data: now } = await get("get_connection", { id: connection.id });
        if (now.attributes["updated-at"] !== connection.attributes["updated-at"]) {
          await tellChanged("Yours was not saved. You see it as it is now.");
          return;
        }
      }
      const { data } = await intent.send("update_connection", {
        id: connection.id,
        document: { data: { type: "connect/connection", id: connection.id, attributes } },
      });
      await showNow("info", data.attributes.status === present ? "Saved."
        : `Saved. The Connection is now ${STATUSES[data.attributes.status].toLowerCase()}.`);
    },
  });
}

/* Returns the buttons of what this reader may do now, and no others. */
export function actionButtons(connection, catalogue) {
  const allowed = connection.meta["allowed-actions"];
  const offered = Object.entries(ACTIONS).filter(([action, { button }]) => button !== undefined && allowed.includes(action));
  return h("div", { class: "buttons" }, offered.map(([action, { button, kind }]) =>
    h("button", {
      type: "button", class: kind, id: `action-${action}`,
      onclick: () => (action === "update" ? openEdit(connection, catalogue) : openConfirmation(action, connection, catalogue)),
    }, action === "update" && drawing("change"),
    action === "deactivate" ? ending(connection.attributes.status, viewOf(connection, current().id).direction).button : button)));
}
