/*
 * token-history.js
 *		What happened to a share token: who, what, when, why; newest first.
 */
import { get } from "./api.js";
import { h } from "./dom.js";
import { origin, timeline } from "./history.js";
import { drawing } from "./icons.js";
import { looksOf, time } from "./parts.js";
import { current } from "./session.js";
import { namesOf } from "./words.js";

const PAGE = 100;
/* So many pages of the Connection's history are looked through at once. */
const AT_ONCE = 5;

/* What was done; what nobody of the two did, as a whole sentence. */
const DEEDS = { create: "made it", redeem: "redeemed it" };
const BY_ITSELF = { complete: "The copy was made", fail: "It failed" };
const BY_TIME = { expire: "Its time passed", fail: "It was not completed within a day" };

/* Says which word ends a token for this organization: the source takes back, the destination declines. */
function deedOf({ action, "organization-id": organization }, connection) {
  if (action !== "expire" || organization === null) {
    return DEEDS[action] ?? "ended it";
  }
  return organization === connection.attributes["source-organization-id"] ? "withdrew it" : "declined it";
}

/* Says who did what; what time did has the moment from which it counts. */
function title(what, connection) {
  const { action, "organization-id": organization, "effective-at": effective } = what;
  if (organization === null) {
    return (effective !== null ? BY_TIME[action] : BY_ITSELF[action]) ?? `An administrator ${deedOf(what, connection)}`;
  }
  const who = organization === current().id ? "You" : namesOf(connection, current())(organization);
  return `${who} ${deedOf(what, connection)}`;
}

/*
 * Returns what happened, as far as the next pages of the history of its Connection's tokens tell:
 * {data, next}, next being the cursor behind them, or null once the token's beginning is found.
 */
export async function loadTokenHistory(token, signal, after = null) {
  const found = [];
  let next = after;
  for (let page = 0; page < AT_ONCE; page += 1) {
    const { data, links } = await get("list_connection_events", {
      id: token.relationships.connection.data.id, signal,
      search: { "filter[subject-type]": "share_token", "page[size]": PAGE, "page[after]": next },
    });
    found.push(...data.filter(({ attributes }) => attributes["subject-id"] === token.id));
    if (found.at(-1)?.attributes.action === "create" || links.next === null) {
      return { data: found, next: null };
    }
    next = data.at(-1).id;
  }
  return { data: found, next };
}

/* Says who ended a token that nobody redeemed, without a full stop. */
export function whoEnded({ data, next }, connection) {
  const end = data.find(({ attributes }) => attributes.action === "expire");
  if (end === undefined) {
    return next === null ? BY_TIME.expire : "It has ended";
  }
  return title(end.attributes, connection);
}

function entry({ attributes: what }, connection) {
  const looks = looksOf(what["to-status"]);
  return h("li", { class: `event event-${looks}` },
    h("span", { class: "event-mark" }, drawing(what["to-status"])),
    h("div", { class: "event-body" },
      h("p", { class: "event-title" }, title(what, connection)),
      h("p", { class: "event-when" }, time(what["effective-at"] ?? what["created-at"])),
      what.reason !== null && h("blockquote", null, what.reason), origin(what)));
}

/* Returns the timeline of a share token. */
export function tokenTimeline(token, connection, first, signal) {
  return timeline(first, (next) => loadTokenHistory(token, signal, next), (event) => entry(event, connection), signal);
}
