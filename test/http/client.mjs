// client.mjs: sends requests as they are given, and checks every answer against the contract.

import http from "node:http";
import net from "node:net";
import { check } from "./openapi.mjs";
import { shared } from "./stack.mjs";

const agent = new http.Agent({ keepAlive: true });

// Sends a request and resolves to {status, headers, text, json}. options: headers, key (a bearer
// token), body (a value for JSON, or text or bytes as they are), stack, unchecked.
export function request(method, path, options = {}) {
  const { key, stack = shared } = options;
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  let { body } = options;
  if (key !== undefined) headers.authorization ??= `Bearer ${key}`;
  if (body !== undefined) {
    headers["content-type"] ??= "application/json";
    if (typeof body !== "string" && !Buffer.isBuffer(body)) body = JSON.stringify(body);
    headers["content-length"] ??= Buffer.byteLength(body);
  } else if (method !== "GET" && method !== "HEAD") headers["content-length"] ??= 0;
  const { hostname, port } = new URL(stack.CONNECT_URL);

  return new Promise((resolve, reject) => {
    const outgoing = http.request({ agent, hostname, port, method, path, headers }, (incoming) => {
      const chunks = [];
      incoming.on("data", (chunk) => chunks.push(chunk));
      incoming.on("end", () => {
        const answer = { status: incoming.statusCode, headers: incoming.headers, text: Buffer.concat(chunks).toString() };
        try {
          if (!options.unchecked) check({ method, path, headers }, answer);
          if (answer.headers["content-type"]?.includes("json") && answer.text) answer.json = JSON.parse(answer.text);
          resolve(answer);
        } catch (error) {
          reject(error);
        }
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

// Sends bytes and resolves to all that comes back before the other side closes.
export function raw(text, stack = shared) {
  const { hostname, port } = new URL(stack.CONNECT_URL);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = net.connect(port, hostname, () => socket.write(text, "latin1"));
    socket.setTimeout(5000, () => socket.destroy(new Error(`no end after:\n${answer}`)));
    socket.on("data", (data) => (answer += data));
    socket.on("end", () => resolve(answer));
    socket.on("error", (error) => (answer ? resolve(answer) : reject(error)));
  });
}

export const API = "/api/v1/connect";
