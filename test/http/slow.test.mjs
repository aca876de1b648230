// Clients that begin and do not go on: each is sent away, and none has more than its share.

import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { API, request } from "./client.mjs";
import { shared, startStack } from "./stack.mjs";

// Sends bytes and resolves to what comes back, and after how many seconds the other side closes.
function begin(text, stack = shared) {
  const { hostname, port } = new URL(stack.CONNECT_URL);
  const began = Date.now();
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = net.connect(port, hostname, () => socket.write(text));
    socket.setTimeout(30000, () => socket.destroy(new Error("still open after 30 s")));
    socket.on("data", (data) => (answer += data));
    socket.on("error", (error) => (error.code === "ECONNRESET" ? undefined : reject(error)));
    socket.on("close", () => resolve({ answer, seconds: (Date.now() - began) / 1000 }));
  });
}

test("three hundred half-sent requests are all ended, and others are served meanwhile", async () => {
  const half = Array.from({ length: 300 }, () => begin(`GET ${API}/connections HTTP/1.1\r\nHost: x\r\nX-Slow: `));
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal((await request("GET", `${API}/organization`, { key: shared.KEY_ORG_ABC123 })).status, 200);
  for (const { seconds } of await Promise.all(half)) assert.ok(seconds > 9 && seconds < 15, `open for ${seconds} s`);
});

test("a body must come, and one address may not have more than its share under way", async () => {
  const stack = await startStack({ CONNECT_ADDRESS_CONNECTIONS: "20" });
  try {
    const slow = Array.from({ length: 30 }, () => begin(`POST ${API}/connections HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n` +
      `Authorization: Bearer ${stack.KEY_ORG_ABC123}\r\nContent-Length: 10\r\n\r\n{`, stack));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const answer = await request("GET", `${API}/organization`, { key: stack.KEY_ORG_ABC123, stack });
    assert.deepEqual([answer.status, answer.headers["retry-after"]], [429, "1"]);
    const ended = await Promise.all(slow);
    assert.equal(ended.filter(({ answer: text }) => text.startsWith("HTTP/1.1 429")).length, 10);
    for (const { seconds } of ended) assert.ok(seconds < 25, `open for ${seconds} s`);
    assert.equal((await request("GET", `${API}/organization`, { key: stack.KEY_ORG_ABC123, stack })).status, 200);
  } finally {
    await stack.stop();
  }
});
