/*
 * session.js
 *		Who is signed in, for as long as this document lives, and what is the same
 *		all that time: the organization and the catalogue of scopes.
 */
import { ApiError, get, setToken } from "./api.js";
import { refusal } from "./refused.js";

let organization = null;
let scopes = null;

/* Returns the organization signed in, {id, name, createdAt}, or null. */
export function current() {
  return organization;
}

/* Signs in if the server accepts the token; otherwise throws as get() does. */
export async function signIn(bearer) {
  const { data } = await get("get_organization", { bearer });
  setToken(bearer);
  organization = { id: data.id, name: data.attributes.name, createdAt: data.attributes["created-at"] };
}

/* Forgets everything. */
export function signOut() {
  setToken(null);
  organization = null;
  scopes = null;
}

/* Returns the catalogue of scopes: [{name, title, description, isDefault}]; the title may be null. */
export async function catalogue(signal) {
  if (scopes === null) {
    const { data } = await get("list_scopes", { signal });
    scopes = data.map(({ id, attributes }) => ({
      name: id, title: attributes.title, description: attributes.description, isDefault: attributes.default,
    }));
  }
  return scopes;
}

/* Says in a sentence what went wrong with a request. */
export function explain(error) {
  if (!(error instanceof ApiError)) {
    return "The server could not be reached. Check your network and try again: nothing is done twice.";
  }
  if (error.status === 429) {
    return "Too many requests came from your organization just now. Wait a moment and try again.";
  }
  if (error.status >= 500) {
    return "The server cannot answer right now. Try again in a moment: nothing is done twice.";
  }
  return refusal(error);
}
