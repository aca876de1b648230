/*
 * terms.js
 *		How long an offer has stood, how long something still lasts, and the fields
 *		in which one says until when.
 */
import { h } from "./dom.js";
import { textField } from "./form.js";
import { message, time } from "./parts.js";

const DAY = 86400000;
/* So many days ahead the reader is warned. */
const SOON = 7;

const inDays = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/* Returns the start of a day in the reader's zone. */
function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate());
}

/* Returns how many midnights lie between now and a time: 0 today, -1 yesterday. */
function daysFromNow(iso) {
  return Math.round((startOfDay(new Date(iso)) - startOfDay(new Date())) / DAY);
}

/* Says how long ago something was: "today", "yesterday", "12 days ago". */
export function age(iso) {
  return inDays.format(Math.min(0, daysFromNow(iso)), "day");
}

/* Returns when a Connection ends by itself as it stands: an ISO time, or null. */
function endOf({ status, "respond-by": respondBy, "expires-at": expiresAt }) {
  const ends = [status === "pending" ? respondBy : null, status === "inactive" ? null : expiresAt].filter((end) => end !== null);
  return ends.length === 0 ? null : ends.sort((a, b) => new Date(a) - new Date(b))[0];
}

function isSoon(end) {
  return new Date(end) - new Date() < SOON * DAY;
}

/* Says how many days are left: "ends today", "3 days left". */
function left(end) {
  const days = daysFromNow(end);
  return days <= 0 ? "ends today" : `${days} ${days === 1 ? "day" : "days"} left`;
}

/* Returns what a row of the list says of time: how old an offer is, and how long all still lasts. */
export function termLine({ attributes }) {
  const end = endOf(attributes);
  const said = [];
  if (attributes.status === "pending") {
    said.push(h("span", { title: "as it stands" }, age(attributes["updated-at"])));
  }
  if (end !== null) {
    said.push(h("span", { class: isSoon(end) ? "soon" : null, title: end.replace("T", " ").replace("Z", " UTC") }, left(end)));
  }
  return said.length > 0 && h("span", { class: "term" }, said);
}

/* Returns a warning for a page whose Connection ends by itself within a week, or false. */
export function termWarning({ attributes }, partner, direction) {
  const end = endOf(attributes);
  if (end === null || !isSoon(end)) {
    return false;
  }
  const when = [` ${inDays.format(Math.max(0, daysFromNow(end)), "day")}, on `, time(end)];
  if (attributes.status === "active") {
    return h("div", { class: "ahead" }, message("warning", h("strong", null, "Sharing ends", when, "."),
      direction === "inbound" ? ` ${partner.name} can set a later day.` : " You can set a later day under Change."));
  }
  return h("div", { class: "ahead" }, message("warning", h("strong", null, "This offer lapses", when, "."),
    direction === "inbound" ? " Accept it before then, if you want it." : ` Unless ${partner.name} accepts before then, it ends.`));
}

/* Returns a time as a day in the reader's zone, as a field for days has it; "" for none. */
function dayOf(iso) {
  if (iso === null) {
    return "";
  }
  const date = new Date(iso);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part, i) => String(part).padStart(i === 0 ? 4 : 2, "0")).join("-");
}

/* Returns the last minute of a day in the reader's zone, as the API takes it. */
function endOfDay(day) {
  const date = new Date(`${day}T23:59:00`);
  return Number.isNaN(date.getTime()) ? day : date.toISOString();
}

/*
 * Returns the two fields for terms, filled with those that a Connection has: their elements, the
 * fields by their attribute's name, and changes(), which has what is not as it was.
 */
export function termFields(prefix, attributes = {}) {
  const fields = {};
  const before = {};
  for (const [name, label, hint] of [
    ["respond-by", "The offer stands until", "Not accepted by the end of this day, it lapses."],
    ["expires-at", "Sharing ends on", "At the end of this day, unless you set a later one."],
  ]) {
    before[name] = dayOf(attributes[name] ?? null);
    fields[name] = textField({ id: `${prefix}-${name}`, label, optional: true, hint, type: "date", value: before[name] });
  }
  return {
    element: h("div", { class: "pair" }, Object.values(fields).map((field) => field.element)),
    fields,
    changes() {
      const changed = {};
      for (const [name, { control }] of Object.entries(fields)) {
        if (control.value !== before[name]) {
          changed[name] = control.value === "" ? null : endOfDay(control.value);
        }
      }
      return changed;
    },
  };
}
