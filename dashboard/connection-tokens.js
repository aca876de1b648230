/*
 * connection-tokens.js
 *		What is handed over through one Connection, on its page: the newest share
 *		tokens, and the ways to all of them and to a new one.
 */
import { TOKENS, tokenPageOf } from "./addresses.js";
import { get, query } from "./api.js";
import { openCreateToken } from "./create-token.js";
import { h } from "./dom.js";
import { drawing } from "./icons.js";
import { time, tokenName, tokenStatus } from "./parts.js";
import { explain } from "./session.js";

const NEWEST = 5;

/* Asks for the newest tokens of a Connection.  What does not come is an error to show, not one of the page's. */
export async function loadTokens(connectionId, signal) {
  try {
    const { data } = await get("list_share_tokens", {
      search: { "filter[connection-id]": connectionId, "page[size]": NEWEST }, signal,
    });
    return { tokens: data };
  } catch (error) {
    if (signal.aborted || error.status === 401) {
      throw error;
    }
    return { tokens: [], error };
  }
}

function line(token) {
  return h("li", null, h("a", { href: tokenPageOf(token.id) }, tokenName(token)),
    tokenStatus(token.attributes.status), time(token.attributes["updated-at"]));
}

/* Says what it means that there is none. */
function none(connection, mayMake) {
  if (mayMake) {
    return "You have handed nothing over through this Connection yet.";
  }
  return connection.attributes.status === "inactive"
    ? "Nothing was handed over, and nothing can be while the Connection is inactive."
    : "Nothing was handed over through this Connection yet.";
}

/* Returns the card; only the source, by a key that may write, is allowed to change the Connection, and makes tokens. */
export function tokensCard(connection, { tokens, error }) {
  const mayMake = connection.meta["allowed-actions"].includes("update") && connection.attributes.status !== "inactive";
  return h("section", { class: "card", "aria-labelledby": "tokens" }, h("h2", { id: "tokens" }, "Share tokens"),
    tokens.length > 0 ? h("ul", { class: "handed-over", role: "list" }, tokens.map(line))
      : h("p", null, error === undefined ? none(connection, mayMake) : explain(error)),
    (tokens.length > 0 || mayMake) && h("div", { class: "buttons" },
      tokens.length > 0 && h("a", { class: "button", id: "all-tokens", href: TOKENS + query({ connection: connection.id }) },
        "All share tokens of this Connection"),
      mayMake && h("button", { type: "button", id: "new-token", onclick: () => openCreateToken(connection) },
        drawing("plus"), "New Share Token")));
}
