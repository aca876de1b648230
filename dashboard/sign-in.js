/*
 * sign-in.js
 *		The page of somebody who is not signed in.
 */
import { looksLikeToken } from "./api.js";
import { h } from "./dom.js";
import { textField } from "./form.js";
import { mark } from "./icons.js";
import { message } from "./parts.js";
import { explain, signIn } from "./session.js";

/* Shows the form; why says what brought the reader here, then() goes on. */
export function showSignIn(why, then) {
  const field = textField({
    id: "token", label: "API key or token", type: "password", spellcheck: "false", autocapitalize: "off",
    autocomplete: "current-password",
    hint: "A key that begins with connect_, or a JWT of your organization.",
  });
  const button = h("button", { type: "submit", class: "primary wide" }, "Sign in");
  const form = h("form", { novalidate: true, "aria-labelledby": "sign-in-title" }, field.element, button);
  let busy = false;

  const fail = (text) => {
    field.fail(text);
    field.focus();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    const token = field.control.value.trim();
    field.clear();
    if (token === "") {
      fail("Enter a key.");
      return;
    }
    if (!looksLikeToken(token)) {
      fail("This is no key: it has spaces or letters that keys never have.");
      return;
    }
    busy = true;
    form.setAttribute("aria-busy", "true");
    try {
      await signIn(token);
      then();
    } catch (error) {
      fail(error.status === 401 ? "This key is not accepted: it is unknown, expired or revoked." : explain(error));
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  });

  document.title = "Sign in · Connect";
  document.body.replaceChildren(h("main", { class: "sign-in" },
    h("div", { class: "card" }, mark(),
      h("h1", { id: "sign-in-title" }, "Sign in to Connect"),
      h("p", { class: "lead" }, "Share data with a partner, and decide which data partners share with you."),
      h("div", { role: "status" }, why && message("info", why)),
      form),
    h("p", { class: "small-print" },
      "Your key stays in this page’s memory only. Reloading or closing the page signs you out. ",
      "Your browser’s password manager can keep the key and fill it in.")));
  field.focus();
}
