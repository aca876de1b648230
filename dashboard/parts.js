/*
 * parts.js
 *		Pieces that several pages show: times, ids, statuses, directions, scopes.
 */
import { h, spoken } from "./dom.js";
import { drawing } from "./icons.js";
import { DIRECTIONS, STATUSES, TOKEN_STATUSES } from "./words.js";

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

/* Returns the status of a Connection that looks like this one of a share token. */
export function looksOf(tokenStatus) {
  return { created: "pending", redeemed: "active", expired: "inactive", failed: "inactive" }[tokenStatus] ?? tokenStatus;
}

/* Returns the status of a share token, which has others than a Connection. */
export function tokenStatus(value) {
  return h("span", { class: `status status-${looksOf(value)}` }, drawing(value), TOKEN_STATUSES[value]);
}

export function direction(value) {
  const { word, sentence } = DIRECTIONS[value];
  return h("span", { class: "direction", title: sentence }, drawing(value), word, spoken(`: ${sentence}`));
}

/* Returns what the catalogue says of a scope, also of one that is no longer in it. */
function explained(name, catalogue) {
  const scope = catalogue.find((one) => one.name === name)
    ?? { name, title: null, description: "No longer offered, and so no longer shared." };
  /* without a title the description is one */
  return scope.title === null
    ? { title: scope.description.replace(/\.$/, ""), meaning: null } : { title: scope.title, meaning: scope.description };
}

/* Returns scopes by title, or by name where they have none. */
export function scopeNames(names, catalogue) {
  return h("ul", { class: "scopes" }, names.map((name) => {
    const scope = catalogue.find((one) => one.name === name);
    return h("li", { class: scope?.title ? "titled" : null, title: scope?.description }, scope?.title ?? name);
  }));
}

/* Returns the title of a scope with its name beside it. */
export function scopeTitle(name, catalogue) {
  return [explained(name, catalogue).title, " ", h("code", { class: "id" }, name)];
}

/* Returns what a scope means, or null where its title says that. */
export function scopeMeaning(name, catalogue) {
  return explained(name, catalogue).meaning;
}

/* Returns scopes with what they mean, as the catalogue says. */
export function scopesExplained(names, catalogue) {
  return h("ul", { class: "scopes-explained" }, names.map((name) => h("li", null,
    h("strong", null, scopeTitle(name, catalogue)), h("span", null, scopeMeaning(name, catalogue)))));
}

/* Returns an organization: what people call it, and its id, which tells it from others of that name. */
export function party({ id: organizationId, name }) {
  return h("span", { class: "party" }, name !== organizationId && [h("span", { class: "party-name" }, name), " "], id(organizationId));
}

/* Returns the name of a Connection; one without is told by its partner. */
export function connectionName(connection, partner) {
  const { name } = connection.attributes;
  return name ?? h("span", { class: "unnamed" }, "Connection with ", partner.name);
}

/* Returns what a share token is called: its kind, with the id by which the reader knows it. */
export function tokenName(token) {
  return [token.attributes.kind, " ", id(token.relationships.source?.data.id ?? token.id)];
}

/* Returns one term of a list of facts. */
export function fact(term, ...description) {
  return h("div", null, h("dt", null, term), h("dd", null, description));
}

/* Returns a message with a drawing; kinds: info, warning. */
export function message(kind, ...children) {
  return h("div", { class: `message message-${kind}` }, drawing(kind), h("div", null, children));
}
