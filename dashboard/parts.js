/*
 * parts.js
 *		Pieces that several pages show: times, ids, statuses, directions, scopes.
 */
import { h, spoken } from "./dom.js";
import { drawing } from "./icons.js";
import { DIRECTIONS, STATUSES } from "./words.js";

const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/* Returns a time in the reader's zone; hovering tells the exact one in UTC. */
export function time(iso) {
  return h("time", { datetime: iso, title: iso.replace("T", " ").replace("Z", " UTC") }, dayAndTime.format(new Date(iso)));
}

/* Returns an id, which may break anywhere rather than widen the page. */
export function id(text) {
  return h("code", { class: "id" }, text);
}

/* Copies a text; returns whether it could. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/* Returns an id with a button that copies it, or selects it where copying is not allowed. */
export function copyableId(text, what) {
  const code = id(text);
  const told = h("span", { class: "told", role: "status" });
  const copy = async () => {
    const done = await copyText(text);
    if (!done) {
      getSelection().selectAllChildren(code);
    }
    told.textContent = done ? "Copied" : "Selected";
    setTimeout(() => { told.textContent = ""; }, 3000);
  };
  return h("span", { class: "copyable" }, code,
    h("button", { type: "button", class: "quiet small", onclick: copy, "aria-label": `Copy ${what}` },
      drawing("copy"), "Copy"), told);
}

export function status(value) {
  return h("span", { class: `status status-${value}` }, drawing(value), STATUSES[value]);
}

export function direction(value) {
  const { word, sentence } = DIRECTIONS[value];
  return h("span", { class: "direction", title: sentence }, drawing(value), word, spoken(`: ${sentence}`));
}

/* Returns scopes by name alone. */
export function scopeNames(names) {
  return h("ul", { class: "scopes" }, names.map((name) => h("li", null, name)));
}

/* Returns scopes with what they mean, as the catalogue says. */
export function scopesExplained(names, catalogue) {
  return h("ul", { class: "scopes-explained" }, names.map((name) => h("li", null, h("code", null, name),
    h("span", null, catalogue.find((scope) => scope.name === name)?.description ?? ""))));
}

/* Returns the name of a Connection; one without is told by its partner. */
export function connectionName(connection, partner) {
  const { name } = connection.attributes;
  return name ?? h("span", { class: "unnamed" }, "Connection with ", partner);
}

/* Returns a message with a drawing; kinds: info, warning. */
export function message(kind, ...children) {
  return h("div", { class: `message message-${kind}` }, drawing(kind), h("div", null, children));
}
