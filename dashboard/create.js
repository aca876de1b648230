/*
 * create.js
 *		The form that offers a Connection to a partner.
 */
import { pageOf } from "./addresses.js";
import { ApiError, Intent, get } from "./api.js";
import { h } from "./dom.js";
import { openForm, scopesField, textField } from "./form.js";
import { party } from "./parts.js";
import { NO_ID } from "./refused.js";
import { navigate } from "./router.js";
import { catalogue, current, explain } from "./session.js";
import { notify } from "./shell.js";
import { termFields } from "./terms.js";
import { viewOf } from "./words.js";

/* Opens the existing Connection with a partner, since there can be no second one. */
async function openExisting(partner) {
  const { data } = await get("list_connections", {
    search: { "filter[direction]": "outbound", "filter[destination-organization-id]": partner },
  });
  if (data.length > 0) {
    await navigate(pageOf(data[0].id));
    notify("info", "This is your Connection with ", party(viewOf(data[0], current().id).partner), " already: there is one for each partner.");
  }
}

/* Opens the form. */
export async function openCreate() {
  let scopes;
  try {
    scopes = await catalogue();
  } catch (error) {
    notify("warning", explain(error));
    return;
  }
  const partner = textField({
    id: "new-partner", label: "Partner’s organization id", spellcheck: "false", autocapitalize: "off",
    hint: "Your partner finds it under Organization > Information.",
  });
  const name = textField({ id: "new-name", label: "Name", optional: true, hint: "Both of you see it." });
  const chosen = scopesField("new-scopes", scopes, scopes.filter((scope) => scope.isDefault).map((scope) => scope.name));
  const terms = termFields("new");
  const intent = new Intent();
  const fields = {
    "/data/attributes/destination-organization-id": partner,
    "/data/attributes/name": name,
    "/data/attributes/scopes": chosen,
    "/data/attributes/respond-by": terms.fields["respond-by"],
    "/data/attributes/expires-at": terms.fields["expires-at"],
  };

  openForm({
    title: "New Connection",
    button: "Create",
    content: [
      h("p", { class: "lead" }, "You offer to share your data with a partner. Nothing is shared until they accept."),
      partner.element, name.element, chosen.element, terms.element,
    ],
    fields,
    check() {
      if (partner.control.value.trim() !== "") {
        return null;
      }
      partner.fail(NO_ID);
      return partner;
    },
    async submit() {
      const destination = partner.control.value.trim();
      const attributes = {
        "destination-organization-id": destination,
        ...(name.control.value.trim() === "" ? {} : { name: name.control.value.trim() }),
        scopes: chosen.names(), ...terms.changes(),
      };
      const { data } = await intent.send("create_connection", { document: { data: { type: "connect/connection", attributes } } });
      await navigate(pageOf(data.id));
      notify("info", "Offered to ", party(viewOf(data, current().id).partner), ". Tell them that it waits for them to accept.");
    },
    rescue(error) {
      if (!(error instanceof ApiError && error.code === "connection_exists")) {
        return false;
      }
      openExisting(partner.control.value.trim()).catch((failure) => notify("warning", explain(failure)));
      return true;
    },
  });
  partner.focus();
}
