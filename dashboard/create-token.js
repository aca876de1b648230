/*
 * create-token.js
 *		The form that makes a share token, through one of this organization's own Connections.
 */
import { tokenPageOf } from "./addresses.js";
import { get, Intent } from "./api.js";
import { h } from "./dom.js";
import { openForm, selectField, textField } from "./form.js";
import { navigate } from "./router.js";
import { current, explain } from "./session.js";
import { notify } from "./shell.js";
import { viewOf } from "./words.js";

const DAY = 86400;
const LIVES = [[3600, "1 hour"], [DAY, "1 day"], [7 * DAY, "7 days"], [14 * DAY, "14 days"], [21 * DAY, "21 days"]];
const MOST = 100;

/* Which Connections a token can be made through, by status, and what that means; without `closed` they can be chosen. */
const GROUPS = {
  active: { group: "Active" },
  pending: { group: "Not accepted yet: your partner can redeem it once they have" },
  inactive: { group: "Inactive: offer the Connection again first", closed: true },
};

/* Returns what a Connection is called in one line of text. */
function lineOf(connection) {
  const { id, name } = viewOf(connection, current().id).partner;
  return [connection.attributes.name, name === id ? id : `${name} (${id})`].filter((text) => text !== null).join(" · ");
}

/*
 * Returns the newest hundred of each group, {status: [Connection]}, with the one that is wanted
 * among them, and whether there are others.
 */
async function load(wanted) {
  const lists = {};
  let hasMore = false;
  await Promise.all(Object.keys(GROUPS).map(async (status) => {
    const { data, links } = await get("list_connections", {
      search: { "filter[direction]": "outbound", "filter[status]": status, "page[size]": MOST },
    });
    lists[status] = data;
    hasMore ||= links.next !== null;
  }));
  const status = wanted?.attributes.status;
  if (wanted !== null && !lists[status].some(({ id }) => id === wanted.id)) {
    lists[status].unshift(wanted);
  }
  return { lists, hasMore };
}

/* Tells why there is nothing to choose from. */
function tellNone(lists) {
  notify("info", lists.inactive.length === 0
    ? "You have not offered a Connection yet, and what is handed over goes through one. Create it under Connections."
    : "All Connections that you have offered are inactive. Offer one of them again before you hand something over.");
}

/* Says what comes next, by what the Connection was when it was chosen. */
function outcome(token, isPending) {
  const partner = token.meta["partner-name"];
  return isPending ? `Made. ${partner} can redeem it once they have accepted the Connection.`
    : `Made. ${partner} finds it under Share Tokens, or by the id below.`;
}

/* Opens the form; wanted is the Connection that is chosen at first, or null. */
export async function openCreateToken(wanted = null) {
  let lists;
  let hasMore;
  try {
    ({ lists, hasMore } = await load(wanted));
  } catch (error) {
    notify("warning", explain(error));
    return;
  }
  if (Object.entries(GROUPS).every(([status, { closed }]) => closed || lists[status].length === 0)) {
    tellNone(lists);
    return;
  }
  const through = selectField({
    id: "token-connection", label: "Connection", value: wanted?.id,
    hint: "Only this partner can redeem it."
      + (hasMore ? " The newest Connections stand here; the page of an older one has this form too." : ""),
    options: Object.entries(GROUPS).filter(([status]) => lists[status].length > 0).map(([status, { group, closed }]) => ({
      group, disabled: closed, options: lists[status].map((one) => [one.id, lineOf(one)]),
    })),
  });
  const source = textField({
    id: "token-source", label: "Id of what you hand over", spellcheck: "false", autocapitalize: "off",
    hint: "Your partner gets a copy of it, and is not told this id.",
  });
  const life = selectField({
    id: "token-life", label: "Can be redeemed for", value: String(14 * DAY), options: LIVES.map(([seconds, text]) => [String(seconds), text]),
  });
  const intent = new Intent();
  openForm({
    title: "New Share Token",
    button: "Create",
    content: [h("p", { class: "lead" }, "You hand over one thing to one partner, once."), through.element, source.element, life.element],
    fields: {
      "/data/attributes/connection-id": through, "/data/attributes/source-id": source,
      "/data/attributes/expires-in-seconds": life,
    },
    check() {
      if (source.control.value.trim() !== "") {
        return null;
      }
      source.fail("Enter the id.");
      return source;
    },
    async submit() {
      const chosen = through.control.value;
      const { data } = await intent.send("create_share_token", {
        document: {
          data: {
            type: "connect/share-token",
            attributes: {
              "connection-id": chosen, "source-id": source.control.value.trim(),
              "expires-in-seconds": Number(life.control.value),
            },
          },
        },
      });
      await navigate(tokenPageOf(data.id));
      notify("info", outcome(data, lists.pending.some(({ id }) => id === chosen)));
    },
  });
  if (wanted !== null) {
    source.focus();
  }
}
