/*
 * counts.js
 *		How many Connections the tabs of the list hold.
 */
import { get } from "./api.js";

const MOST = 100;

/*
 * Counts what these filters leave, by status; "" is all of them.  It asks for one page: beyond
 * that only "100+" is known of all, and nothing of a status.
 */
export async function countByStatus(filters, signal) {
  let answer;
  try {
    answer = await get("list_connections", {
      search: { ...filters, "page[size]": MOST, "fields[connect/connection]": "status" }, signal,
    });
  } catch (error) {
    if (signal.aborted || error.status === 401) {
      throw error;
    }
    return {};
  }
  const { data, links } = answer;
  if (links.next !== null) {
    return { "": `${MOST}+` };
  }
  const counts = { "": String(data.length) };
  for (const status of ["pending", "active", "inactive"]) {
    counts[status] = String(data.filter(({ attributes }) => attributes.status === status).length);
  }
  return counts;
}
