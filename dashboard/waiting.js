/*
 * waiting.js
 *		How many offers wait for this organization to accept or decline them.
 */
import { get } from "./api.js";
import { showWaiting } from "./shell.js";

/* Asks for one page of them and counts; "100+" beyond. */
async function count(signal) {
  const { data, links } = await get("list_connections", {
    search: {
      "filter[status]": "pending", "filter[direction]": "inbound",
      "page[size]": 100, "fields[connect/connection]": "status",
    },
    signal,
  });
  return links.next === null ? String(data.length) : `${data.length}+`;
}

/* Brings the count in the navigation up to date and returns it; "0" if there is no answer. */
export async function refreshWaiting(signal) {
  let waiting = "0";
  try {
    waiting = await count(signal);
  } catch (error) {
    if (signal.aborted || error.status === 401) {
      throw error;
    }
  }
  showWaiting(waiting);
  return waiting;
}
