/*
 * states.js
 *		The picture of the three states, the present one marked, with the ways
 *		that this reader may go now.
 */
import { s } from "./dom.js";
import { STATUSES } from "./words.js";

const PLACES = { pending: [60, 30], active: [260, 30], inactive: [160, 168] };

/* Where each step from state to state is drawn: action, from, its line, and where its word stands. */
export const WAYS = [
  ["activate", "pending", "M114 30H202", 158, 21, "middle"],
  ["deactivate", "active", "M247 51L193 143", 230, 106, "start"],
  ["deactivate", "pending", "M84 51L147 143", 124, 88, "start"],
  ["reactivate", "inactive", "M118 147L51 55", 74, 112, "end"],
];

/* What the ways are called here: as the buttons are. */
const DOING = { activate: "accept", deactivate: "end", reactivate: "offer again" };

/* Returns the picture for a status and the actions allowed in it. */
export function statesPicture(status, actions) {
  const may = WAYS.filter(([action, from]) => from === status && actions.includes(action)).map(([action]) => action);
  return s("svg", {
    class: "states", viewBox: "0 0 320 198", role: "img",
    "aria-label": `States of a Connection: pending, active, inactive. This one is ${status}. `
      + (may.length > 0 ? `You can ${may.map((action) => DOING[action] ?? action).join(" or ")} it.` : "There is nothing for you to do."),
  },
  s("defs", null, s("marker", {
    id: "tip", viewBox: "0 0 8 8", refX: 6.5, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto",
  }, s("path", { class: "tip", d: "M0 .6L7.4 4 0 7.4z" }))),
  WAYS.map(([action, from, d, x, y, anchor]) => s("g", { class: from === status && may.includes(action) ? "way open" : "way" },
    s("path", { d, "marker-end": "url(#tip)" }), s("text", { x, y, "text-anchor": anchor }, DOING[action]))),
  Object.entries(PLACES).map(([name, [x, y]]) => s("g", { class: name === status ? `state present state-${name}` : "state" },
    s("rect", { x: x - 52, y: y - 19, width: 104, height: 38, rx: 10 }),
    s("text", { x, y: y + 5, "text-anchor": "middle" }, STATUSES[name]))));
}
