/*
 * create.js
 *		The form that offers a Connection to a partner.
 */
import { pageOf } from "./addresses.js";
import { ApiError, Intent, get } from "./api.js";
import { h } from "./dom.js";
import { openForm, scopesField, textField } from "./form.js";
import { id, message } from "./parts.js";
import { navigate } from "./router.js";
import { catalogue, explain } from "./session.js";
import { notify } from "./shell.js";

/* Opens the existing Connection with a partner, since there can be no second one. */
async function openExisting(partner) {
  const { data } = await get("list_connections", {
    search: { "filter[direction]": "outbound", "filter[destination-organization-id]": partner },
  });
  if (data.length > 0) {
    await navigate(pageOf(data[0].id));
    notify("info", "You share with ", id(partner), " through this Connection already; there is one for each partner, for ever.");
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
  const intent = new Intent();
  const fields = {
    "/data/attributes/destination-organization-id": partner,
    "/data/attributes/name": name,
    "/data/attributes/scopes": chosen,
  };

  openForm({
    title: "New Connection",
    button: "Create",
    content: [
      h("p", { class: "lead" }, "You offer to share your data with a partner. Nothing is shared until they activate it."),
      partner.element, name.element, chosen.element,
    ],
    fields,
    async submit() {
      const destination = partner.control.value.trim();
      const attributes = {
        "destination-organization-id": destination,
        ...(name.control.value.trim() === "" ? {} : { name: name.control.value.trim() }),
        scopes: chosen.names(),
      };
      const { data } = await intent.send("create_connection", { document: { data: { type: "connect/connection", attributes } } });
      await navigate(pageOf(data.id));
      notify("info", "Offer created. Tell ", id(destination), " that it waits for them to activate it.");
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
