/*
 * organization.js
 *		Organization > Information: the id that a partner needs.
 */
import { LIST } from "./addresses.js";
import { get } from "./api.js";
import { h } from "./dom.js";
import { copyableId, fact, time } from "./parts.js";

export async function organizationPage({ signal }) {
  const { data } = await get("get_organization", { signal });
  return {
    title: "Information",
    content: [
      h("div", { class: "heading" }, h("h1", null, "Information")),
      h("section", { class: "card", "aria-labelledby": "organization" },
        h("h2", { id: "organization" }, "Your organization"),
        h("dl", { class: "facts" },
          h("div", null, h("dt", null, "Organization id"), h("dd", { class: "prominent" }, copyableId(data.id, "organization id"))),
          fact("Name", data.attributes.name ?? "none"),
          fact("Registered", time(data.attributes["created-at"])))),
      h("section", { class: "card", "aria-labelledby": "use" },
        h("h2", { id: "use" }, "What the id is for"),
        h("p", null, "A partner who wants to share data with you needs your organization id to create a Connection. "
          + "The id is no secret: with it, a partner can make you an offer and nothing else."),
        h("p", null, "To share your own data, ask your partner for theirs, then create a Connection under ",
          h("a", { href: LIST }, "Connections"), "."),
        h("p", null, "A Connection goes one way. To share both ways, each of you creates one.")),
    ],
  };
}
