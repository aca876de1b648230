/*
 * api.js
 *		Asks the public API.  The only module that holds the token, in a variable:
 *		not in storage, not in a cookie, not in an address.
 */
import { OPERATIONS } from "./operations.js";

const PATIENCE = 30000;

let token = null;
let onRefused = () => {};

/* An answer that is an error; detail, pointer and parameter as the server gave them. */
export class ApiError extends Error {
  constructor(status, errors) {
    const first = errors?.[0] ?? {};
    super(first.detail ?? `The server answered with status ${status}.`);
    this.status = status;
    this.code = first.code ?? "";
    this.pointer = first.source?.pointer ?? "";
    this.parameter = first.source?.parameter ?? "";
  }
}

/* No answer at all: it is unknown whether anything was done. */
export class NoAnswer extends Error {}

export function setToken(value) {
  token = value;
}

/* Says whom to tell that the token in use is not accepted any more. */
export function whenRefused(listener) {
  onRefused = listener;
}

/* Is this a text that can be sent as a bearer token at all? */
export function looksLikeToken(text) {
  return /^[!-~]+$/.test(text);
}

/* Returns the query of an address, without the parameters that have no value. */
export function query(parameters) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") {
      search.set(name, value);
    }
  }
  return search.size > 0 ? `?${search}` : "";
}

async function read(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

/*
 * Asks for an operation, on the row with this id if it is about one, and returns
 * the document of the answer.  Throws ApiError, NoAnswer, or the AbortError of a
 * page that was left.
 */
async function send(operation, { id, search = {}, body, key, signal, bearer = token }) {
  const { method, path } = OPERATIONS[operation];
  const headers = { Accept: "application/json", Authorization: `Bearer ${bearer}` };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
  }
  if (key !== undefined) {
    headers["Idempotency-Key"] = key;
  }
  let response;
  let document;
  try {
    response = await fetch(path.replace("{id}", encodeURIComponent(id)) + query(search), {
      method, headers, body, credentials: "omit", cache: "no-store", redirect: "error",
      signal: AbortSignal.any([AbortSignal.timeout(PATIENCE), ...(signal ? [signal] : [])]),
    });
    document = await read(response);
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new NoAnswer("The server did not answer.", { cause: error });
  }
  if (response.status === 401 && bearer === token) {
    onRefused();
  }
  if (!response.ok) {
    throw new ApiError(response.status, document?.errors);
  }
  if (document === null) {
    throw new NoAnswer("The server's answer was cut off.");
  }
  return document;
}

/* Reads.  options: id, search (the query's parameters), signal, bearer. */
export function get(operation, options = {}) {
  return send(operation, options);
}

/* Returns a random UUID, also where crypto.randomUUID is missing: on plain http. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/*
 * One thing that somebody wants done, however often it must be sent.  As long as
 * it stays unanswered and unchanged it keeps its Idempotency-Key, so that trying
 * again does it once; another body, or one more try after an answer, is new.
 */
export class Intent {
  #key;
  #unanswered = null;

  /* Was it sent, and may have been done, without an answer saying so? */
  get isUncertain() {
    return this.#unanswered !== null;
  }

  async send(operation, { id, document }) {
    const body = JSON.stringify(document);
    const what = `${operation} ${id} ${body}`;
    if (what !== this.#unanswered) {
      this.#key = uuid();
      this.#unanswered = what;
    }
    try {
      const answer = await send(operation, { id, body, key: this.#key });
      this.#unanswered = null;
      return answer;
    } catch (error) {
      if (error instanceof ApiError && error.status < 500 && error.status !== 401 && error.status !== 429) {
        this.#unanswered = null;
      }
      throw error;
    }
  }
}
