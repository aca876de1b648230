/*
 * icons.js
 *		Small drawings.  Each stands beside a word that says the same, so screen
 *		readers skip them.
 */
import { s } from "./dom.js";

function icon(name, ...shapes) {
  return s("svg", { class: `icon icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" }, shapes);
}

function line(d) {
  return s("path", { class: "line", d });
}

const drawings = {
  /* the three states differ in shape: a broken ring, a full disc with a tick, a square with a bar */
  pending: () => icon("pending",
    s("circle", { class: "line", cx: 8, cy: 8, r: 6, "stroke-dasharray": "2.6 2.1" }), line("M8 4.8V8l2.2 1.6")),
  active: () => icon("active",
    s("circle", { class: "solid", cx: 8, cy: 8, r: 7 }), s("path", { class: "cut", d: "M4.9 8.3l2.1 2.1 4.1-4.5" })),
  inactive: () => icon("inactive",
    s("rect", { class: "line", x: 2.2, y: 2.2, width: 11.6, height: 11.6, rx: 2.5 }), line("M5.2 8h5.6")),

  outbound: () => icon("outbound", line("M4 12L12 4M5.5 4H12v6.5")),
  inbound: () => icon("inbound", line("M12 4L4 12M10.5 12H4V5.5")),
  both: () => icon("both", line("M2.5 8h11M5 5.2L2.2 8 5 10.8M11 5.2L13.8 8 11 10.8")),
  change: () => icon("change", line("M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9.2 4.6l2.2 2.2")),
  copy: () => icon("copy", s("rect", { class: "line", x: 5.5, y: 5.5, width: 8, height: 8, rx: 1.5 }),
    line("M10.5 3.2A.7.7 0 0 0 9.8 2.5H3.2a.7.7 0 0 0-.7.7v6.6c0 .4.3.7.7.7")),
  info: () => icon("info", s("circle", { class: "line", cx: 8, cy: 8, r: 6.4 }), line("M8 7.3v4M8 4.7v.2")),
  warning: () => icon("warning", line("M8 2.2L14.4 13.4H1.6zM8 6.4v3.2M8 11.5v.2")),
  bell: () => icon("bell", line("M4 11V7.2a4 4 0 0 1 8 0V11l1.2 1.4H2.8zM6.7 14.2h2.6")),
  plus: () => icon("plus", line("M8 3.2v9.6M3.2 8h9.6")),
  search: () => icon("search", s("circle", { class: "line", cx: 7, cy: 7, r: 4.5 }), line("M10.5 10.5l3.2 3.2")),
  back: () => icon("back", line("M9.8 3.2L5 8l4.8 4.8")),
  next: () => icon("next", line("M6.2 3.2L11 8l-4.8 4.8")),
  connections: () => icon("connections", s("circle", { class: "line", cx: 3.8, cy: 8, r: 2.3 }),
    s("circle", { class: "line", cx: 12.2, cy: 8, r: 2.3 }), line("M6.1 8h3.8")),
  created: () => icon("created", s("circle", { class: "line", cx: 8, cy: 8, r: 6 }), line("M8 5v6M5 8h6")),
  redeemed: () => drawings.active(),
  expired: () => drawings.inactive(),
  failed: () => drawings.warning(),
  tokens: () => icon("tokens", line("M2.2 5.5h8.3M7.8 2.8l2.7 2.7-2.7 2.7M13.8 10.5H5.5M8.2 7.8")),
  organization: () => icon("organization", line("M3 13.5v-11h6.5v11M9.5 6H13v7.5M1.8 13.5h12.4M5.4 5.3h1.7M5.4 8h1.7M5.4 10.7h1.7")),
};

/* Returns a new drawing of this name. */
export function drawing(name) {
  return drawings[name]();
}

/* Returns the mark of the dashboard: two rings, linked. */
export function mark() {
  return s("svg", { class: "mark", viewBox: "0 0 32 32", "aria-hidden": "true", focusable: "false" },
    s("rect", { class: "mark-ground", width: 32, height: 32, rx: 9 }),
    s("circle", { class: "mark-ring", cx: 12.4, cy: 16, r: 5.6 }),
    s("circle", { class: "mark-ring", cx: 19.6, cy: 16, r: 5.6 }));
}
