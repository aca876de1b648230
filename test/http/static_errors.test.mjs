// What nginx answers by itself: the same documents in both shapes and both media types.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { API, raw, request } from "./client.mjs";
import { organization, startStack } from "./stack.mjs";

const JSONAPI = "application/vnd.api+json";
const LIST = `${API}/connections`;
let key;

before(() => {
  key = organization("static").key;
});

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

// Asks six times, for each shape in each media type, and for a version that is none; the contract checks shape and type.
async function inAllShapes(status, code, title, ask) {
  for (const accept of ["*/*", JSONAPI]) {
    for (const version of [undefined, "2025-12-08", "1999-01-01"]) {
      const headers = { accept, ...(version && { "persona-version": version }) };
      const answer = await ask(headers);
      assert.equal(answer.status, status);
      const [error] = answer.json.errors;
      if (version) assert.equal(error.title, title);
      else assert.deepEqual([error.status, error.code], [String(status), code]);
    }
  }
}

test("401, with a title alone in the closed shape", async () => {
  await inAllShapes(401, "not_authenticated", "Must be authenticated to access this endpoint", (headers) =>
    request("GET", LIST, { headers }));
  const closed = await request("GET", LIST, { headers: { "persona-version": "2025-12-08" } });
  assert.deepEqual(closed.json, { errors: [{ title: "Must be authenticated to access this endpoint" }] });
});

test("404", () =>
  inAllShapes(404, "not_found", "Record not found", (headers) => request("GET", `${API}/nothing`, { headers, key })));

test("405", () =>
  inAllShapes(405, "method_not_allowed", "Method Not Allowed", (headers) => request("DELETE", LIST, { headers, key })));

test("400 for a query with bytes that no address has", () =>
  inAllShapes(400, "bad_request", "Bad Request", (headers) => request("GET", `${LIST}?a=\xff`, { headers, key })));

test("406 if every application/vnd.api+json has a parameter, even next to others", async () => {
  for (const accept of [
    `${JSONAPI}; ext="x"`, `${JSONAPI};charset=utf-8`, `${JSONAPI}; profile="a"; ext="b"`, `${JSONAPI};version=1.1;q=0.5`,
    `application/json, ${JSONAPI};ext=x`, `${JSONAPI};ext=a, ${JSONAPI};ext=b`, `*/*, ${JSONAPI}; supported-ext="x"`,
  ]) {
    const answer = await request("GET", LIST, { key, headers: { accept } });
    assert.equal(answer.status, 406, accept);
    assert.equal(answer.json.errors[0].code, "not_acceptable");
    const closed = await request("GET", LIST, { key, headers: { accept, "persona-version": "2025-12-08" } });
    assert.deepEqual(Object.keys(closed.json.errors[0]), ["title", "details"]);
  }
});

test("every other Accept is answered, in JSON:API's type if that is asked for", async () => {
  for (const accept of [JSONAPI, `${JSONAPI}; profile="https://a.example/b, c"`, `text/html, ${JSONAPI};q=0.9`, "APPLICATION/VND.API+JSON",
    `${JSONAPI};ext=x, ${JSONAPI}`, `${JSONAPI}, ${JSONAPI};ext=x`, `${JSONAPI} ; profile=a`]) {
    const answer = await request("GET", LIST, { key, headers: { accept }, unchecked: true });
    assert.deepEqual([answer.status, answer.headers["content-type"]], [200, JSONAPI], accept);
  }
  for (const accept of ["*/*", "application/json", "text/html", "image/png;q=0", "nonsense", "application/*"]) {
    const answer = await request("GET", LIST, { key, headers: { accept } });
    assert.deepEqual([answer.status, answer.headers["content-type"]], [200, "application/json"], accept);
  }
});

test("415", () =>
  inAllShapes(415, "unsupported_media_type", "Unsupported Media Type", (headers) =>
    request("POST", LIST, { headers: { ...headers, "content-type": "text/plain" }, body: "{}", key })));

test("415 for every other type of a body, also where none is needed", async () => {
  for (const type of ["text/json", "application/x-www-form-urlencoded", "application/octet-stream", "application/json; charset=latin1",
    "application/json; version=1", "application/jsonx", `${JSONAPI}; charset=utf-8`, `${JSONAPI}; ext="x"`, `${JSONAPI}; profile=a; ext=b`,
    "application/vnd-api+json", "multipart/form-data; boundary=x", ""]) {
    for (const path of [LIST, `${LIST}/cxn_1/activate`]) {
      const answer = await request("POST", path, { key, headers: { "content-type": type }, body: "{}" });
      assert.equal(answer.status, 415, type);
    }
  }
});

test("bodies of the right types are read; without a body no type is asked for", async () => {
  for (const type of ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;charset=UTF-8",
    'application/json; charset="utf-8"', JSONAPI, `${JSONAPI}; profile="https://a.example/b"`]) {
    const answer = await request("POST", LIST, { key, headers: { "content-type": type }, body: "{}" });
    assert.equal(answer.status, 400, type);
    assert.equal(answer.json.errors[0].code, "parameter_missing");
  }
  const empty = await request("POST", `${LIST}/cxn_1/activate`, { key, headers: { "content-type": "text/plain" } });
  assert.equal(empty.status, 404);
});

test("415 for a body that is compressed, in any way", async () => {
  for (const encoding of ["gzip", "br", "deflate, gzip", "zstd"]) {
    for (const path of [LIST, `${LIST}/cxn_1/activate`]) {
      const answer = await request("POST", path, { key, headers: { "content-encoding": encoding }, body: "{}" });
      assert.deepEqual([answer.status, answer.json.errors[0].code], [415, "unsupported_media_type"], encoding);
    }
  }
  const plain = await request("POST", LIST, { key, headers: { "content-encoding": "identity" }, body: "{}" });
  assert.equal(plain.json.errors[0].code, "parameter_missing");
});

test("a body in chunks is judged by what is in it", async () => {
  const send = async (path, chunks, headers = "") => {
    const text = `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${key}\r\n${headers}` +
      `Transfer-Encoding: chunked\r\n\r\n${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join("")}0\r\n\r\n`;
    const answer = await raw(text);
    return `${answer.split(" ")[1]} ${answer.match(/"code": ?"(\w+)"/)?.[1]}`;
  };
  const action = `${LIST}/cxn_1/activate`;
  assert.equal(await send(action, []), "404 not_found");
  assert.equal(await send(action, [], "Content-Type: text/plain\r\n"), "404 not_found");
  assert.equal(await send(action, [], "Content-Encoding: gzip\r\n"), "404 not_found");
  assert.equal(await send(action, ["{}"]), "415 unsupported_media_type");
  assert.equal(await send(action, ["{}"], "Content-Type: text/plain\r\n"), "415 unsupported_media_type");
  assert.equal(await send(action, ["{}"], "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"), "415 unsupported_media_type");
  assert.equal(await send(action, ["{", "}"], "Content-Type: application/json\r\n"), "404 not_found");
  assert.equal(await send(LIST, []), "400 body_invalid");
});

test("413 above 1 MB, with a length or in chunks, but not at it", async () => {
  const much = Buffer.alloc(1024 * 1024 + 1, " ");
  await inAllShapes(413, "payload_too_large", "Payload Too Large", (headers) =>
    request("POST", LIST, { headers, body: much, key }));
  const chunked = await raw(
    `POST ${LIST} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\n` +
    `Transfer-Encoding: chunked\r\n\r\n${much.length.toString(16)}\r\n${much}\r\n0\r\n\r\n`);
  assert.match(chunked, /^HTTP\/1.1 413 [^]*"payload_too_large"/);
  const enough = await request("POST", LIST, { body: much.subarray(1), key });
  assert.equal(enough.json.errors[0].code, "body_invalid");
});

test("414, and 431 for a header, before anything else is known", async () => {
  const address = await request("GET", `${LIST}?a=${"a".repeat(9000)}`, { key });
  assert.deepEqual([address.status, address.json.errors[0].code], [414, "uri_too_long"]);
  const header = await request("GET", LIST, { headers: { authorization: `Bearer ${"a".repeat(9000)}` } });
  assert.deepEqual([header.status, header.json.errors[0].code], [431, "headers_too_large"]);
  assert.match(header.headers["request-id"], /^[0-9a-f]{32}$/);
});

test("400 for what is no HTTP", async () => {
  for (const text of [
    "nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
    "get / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ]) {
    const answer = await raw(text);
    assert.match(answer, /^HTTP\/1.1 400 [^]*\r\nContent-Type: application\/json\r\n[^]*"bad_request"/, JSON.stringify(text));
    assert.match(answer, /\r\nRequest-Id: [0-9a-f]{32}\r\n/);
  }
});

test("400 for a chunked body that is no such thing, wherever nginx need not read it", async () => {
  for (const [line, status] of [["POST /nothing", 400], [`DELETE ${LIST}`, 400]]) {
    const answer = await raw(`${line} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`);
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} [^]*\r\nContent-Type: application/json\r\n[^]*"bad_request"`), line);
  }
});

test("files come whole and without conditions", async () => {
  for (const headers of [{ range: "bytes=0-9" }, { range: "bytes=99999999-" }, { "if-modified-since": "Mon, 23 Nov 2099 00:00:00 GMT" }]) {
    assert.equal((await request("GET", "/openapi.json", { headers })).status, 200, JSON.stringify(headers));
  }
  for (const headers of [{ "if-match": '"x"' }, { "if-unmodified-since": "Mon, 23 Nov 1998 00:00:00 GMT" }]) {
    assert.equal((await request("GET", "/openapi.json", { headers })).json.errors[0].code, "bad_request", JSON.stringify(headers));
  }
});

test("503 with Retry-After and nothing about the inside, whatever is away", async (t) => {
  const stack = await startStack();
  const ask = (headers) => request("GET", LIST, { stack, headers, key: stack.KEY_ORG_ABC123 });
  try {
    assert.equal((await ask({})).status, 200);
    for (const [what, pidFile] of [["PostgreSQL", "data/postmaster.pid"], ["PostgREST too", "postgrest.pid"]]) {
      await t.test(what, async () => {
        const pid = Number(readFileSync(`${stack.CONNECT_WORK}/${pidFile}`, "utf8").split("\n")[0]);
        process.kill(pid, "SIGINT");
        while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
        await inAllShapes(503, "unavailable", "Service Unavailable", async (headers) => {
          const answer = await ask(headers);
          assert.equal(answer.headers["retry-after"], "1");
          assert.doesNotMatch(answer.text + JSON.stringify(answer.headers), /127\.0\.0\.1|\/tmp|socket|postgre|connect_http|PGRST/i);
          return answer;
        });
      });
    }
  } finally {
    await stack.stop();
  }
});
