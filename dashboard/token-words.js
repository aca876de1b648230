/*
 * token-words.js
 *		What the page of a share token says of it: where it stands, and what to do next.
 */
import { pageOf } from "./addresses.js";
import { h } from "./dom.js";
import { time } from "./parts.js";
import { whoEnded } from "./token-history.js";

/* Why a redemption came to nothing. */
export const FAILURES = {
  source_not_found: "What was to be handed over is gone, or is not the source’s any more.",
  source_redacted: "What was to be handed over has been redacted.",
  import_failed: "The copy could not be made.",
  unrecoverable_error: "It was not completed.",
};

/* Says to the source what a token waits for. */
function waiting(partner, status, until) {
  return {
    active: [`Waits for ${partner} to redeem it, until `, until, "."],
    pending: [`${partner} can redeem it once they have accepted the Connection, until `, until, "."],
    inactive: [`${partner} cannot redeem it while the Connection is inactive. If you offer that again and they accept, they can until `, until, "."],
  }[status];
}

/* Says to the destination why it cannot redeem a token now. */
function hindrance({ meta }, connection, until) {
  const partner = meta["partner-name"];
  const { status } = connection.attributes;
  if (status === "pending") {
    return [`${partner} hands this over to you. You can redeem it once you have accepted `,
      h("a", { href: pageOf(connection.id) }, "the Connection"), ", until ", until, "."];
  }
  if (status === "inactive") {
    return [`You cannot redeem it while the Connection is inactive. Only ${partner}, the source, can offer that again.`];
  }
  return meta["allowed-actions"].length === 0 ? [`${partner} hands this over to you, but your key may only read.`]
    : ["You cannot redeem it now: the Connection does not share this kind of data."];
}

/* Says where a token stands and what the reader can expect or do; history is what is known of it. */
export function tokenOutlook(token, connection, history) {
  const { attributes, meta, relationships } = token;
  const partner = meta["partner-name"];
  const isDestination = relationships.destination !== undefined;
  switch (attributes.status) {
    case "created": {
      const until = time(attributes["expires-at"]);
      if (meta["allowed-actions"].includes("redeem")) {
        return [partner, " hands this over to you. You can redeem it once, until ", until, "."];
      }
      return isDestination ? hindrance(token, connection, until) : waiting(partner, connection.attributes.status, until);
    }
    case "pending":
      return isDestination ? "You have redeemed it. Your copy is being made; this page shows when it is there."
        : `${partner} has redeemed it. The copy is being made.`;
    case "redeemed":
      return isDestination ? "You have redeemed it, and have your copy. It cannot be redeemed again."
        : `${partner} has redeemed it, and has a copy. It cannot be redeemed again.`;
    case "expired":
      return `${whoEnded(history, connection)}. It was not redeemed, and cannot be any more.`;
    default:
      return [FAILURES[attributes["failure-reason"]], " It cannot be redeemed again; another one can be made."];
  }
}
