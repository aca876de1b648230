/*
 * form.js
 *		Fields with their errors beside them, and forms in a dialog.
 */
import { ApiError, NoAnswer } from "./api.js";
import { h } from "./dom.js";
import { drawing } from "./icons.js";
import { scopeMeaning, scopeTitle } from "./parts.js";
import { refusal } from "./refused.js";
import { render } from "./router.js";
import { explain } from "./session.js";
import { focusHeading } from "./shell.js";

/* Ties an error that the server points out to the control that it is about. */
function withError(id, control, describedBy) {
  const error = h("p", { class: "field-error", id: `${id}-error`, hidden: true });
  const targets = control.matches("fieldset") ? [...control.querySelectorAll("input")] : [control];
  const describe = (ids) => (ids.length > 0
    ? control.setAttribute("aria-describedby", ids.join(" ")) : control.removeAttribute("aria-describedby"));
  describe(describedBy);
  return {
    error,
    fail(text) {
      error.replaceChildren(drawing("warning"), text);
      error.hidden = false;
      targets.forEach((target) => target.setAttribute("aria-invalid", "true"));
      describe([...describedBy, error.id]);
    },
    clear() {
      error.hidden = true;
      targets.forEach((target) => target.removeAttribute("aria-invalid"));
      describe(describedBy);
    },
    focus() {
      targets[0].focus();
    },
  };
}

/* Returns a field for text: {element, control, fail, clear, focus}. */
export function textField({ id, label, hint, optional, rows, ...attributes }) {
  const control = h(rows ? "textarea" : "input", {
    id, name: id, rows, type: rows ? null : "text", autocomplete: "off", ...attributes,
  });
  const tie = withError(id, control, hint ? [`${id}-hint`] : []);
  const element = h("div", { class: "field" },
    h("label", { for: id }, label, optional && h("span", { class: "optional" }, " (optional)")),
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint), control, tie.error);
  return { element, control, ...tie };
}

/* Returns a field for one of few: options are [value, label], or groups of them: {group, disabled, options}. */
export function selectField({ id, label, hint, options, value }) {
  const choice = (one) => (Array.isArray(one)
    ? h("option", { value: one[0], selected: one[0] === value }, one[1])
    : h("optgroup", { label: one.group, disabled: one.disabled }, one.options.map(choice)));
  const control = h("select", { id, name: id }, options.map(choice));
  const tie = withError(id, control, hint ? [`${id}-hint`] : []);
  const element = h("div", { class: "field" }, h("label", { for: id }, label),
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint), control, tie.error);
  return { element, control, ...tie };
}

/*
 * Returns a choice of scopes with what they mean: as a field, and names() chosen.  A scope that was
 * chosen before can be taken away, even if the catalogue has it no more.
 */
export function scopesField(id, catalogue, chosen) {
  const names = [...new Set([...catalogue.map((scope) => scope.name), ...chosen])].sort();
  const boxes = names.map((name, i) => h("input", {
    type: "checkbox", id: `${id}-${i}`, value: name, checked: chosen.includes(name),
    "aria-describedby": scopeMeaning(name, catalogue) === null ? null : `${id}-${i}-hint`,
  }));
  const element = h("fieldset", { class: "field" }, h("legend", null, "What is shared"),
    boxes.map((box, i) => h("div", { class: "choice" }, box, h("div", null,
      h("label", { for: box.id }, scopeTitle(names[i], catalogue)),
      scopeMeaning(names[i], catalogue) !== null
        && h("p", { class: "hint", id: `${id}-${i}-hint` }, scopeMeaning(names[i], catalogue))))));
  const tie = withError(id, element, []);
  element.append(tie.error);
  return { element, names: () => boxes.filter((box) => box.checked).map((box) => box.value), ...tie };
}

/* Shows an error beside the field it points at; returns that field, if it is one of these. */
function placeError(error, fields) {
  const pointer = Object.keys(fields).find((start) =>
    error instanceof ApiError && (error.pointer === start || error.pointer.startsWith(`${start}/`)));
  if (pointer === undefined) {
    return null;
  }
  fields[pointer].fail(refusal(error));
  return fields[pointer];
}

/*
 * Opens a dialog with a form.  check() may fail a field without asking the server, and returns it,
 * or null.  submit() does the work and may throw; what it
 * throws is first offered to rescue(error), which returns true to close the
 * dialog because it told the reader elsewhere; then it is shown here, beside the
 * field of `fields` (JSON pointer to field) that it points at.  A form that is
 * under way is not sent again and does not close.
 */
export function openForm({ title, content, button, danger = false, fields = {}, check = () => null, submit, rescue = () => false }) {
  const alert = h("div", { role: "alert" });
  const send = h("button", { type: "submit", class: danger ? "danger" : "primary" }, button);
  const cancel = h("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
  const form = h("form", { novalidate: true }, h("h2", { id: "dialog-title" }, title), content, alert,
    h("div", { class: "buttons" }, cancel, send));
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" }, form);
  let busy = false;
  let isUncertain = false;

  const setBusy = (value) => {
    busy = value;
    /* aria-disabled keeps the focus where it is, disabled would lose it */
    send.setAttribute("aria-disabled", String(value));
    cancel.disabled = value;
    form.setAttribute("aria-busy", String(value));
  };
  const show = (error) => {
    const field = placeError(error, fields);
    if (field !== null) {
      field.focus();
      return;
    }
    alert.replaceChildren(h("p", { class: "form-error" }, drawing("warning"), explain(error)));
    if (error instanceof NoAnswer || error.status >= 429) {
      send.textContent = "Try again";
    }
    isUncertain ||= error instanceof NoAnswer || error.status >= 500;
    send.focus();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }
    alert.replaceChildren();
    Object.values(fields).forEach((field) => field.clear());
    const wrong = check();
    if (wrong !== null) {
      wrong.focus();
      return;
    }
    setBusy(true);
    try {
      await submit();
      isUncertain = false;
      dialog.close();
    } catch (error) {
      if (error.status === 401 || rescue(error)) {
        dialog.close();
      } else {
        setBusy(false);
        send.textContent = button;
        show(error);
      }
    }
  });
  dialog.addEventListener("cancel", (event) => busy && event.preventDefault());
  dialog.addEventListener("close", () => {
    dialog.remove();
    /* the browser has given the focus back to where it was, unless that is gone */
    if (document.activeElement === document.body) {
      focusHeading();
    }
    /* it may have been done all the same */
    if (isUncertain) {
      render({ refresh: true });
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}

/* Closes what is open, because the page behind it is no more. */
export function closeForms() {
  document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
}
