// stack.mjs: the stack that test/http/run has started, and stacks of a suite's own.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

// What demo.env says about the shared stack.
export const shared = process.env;

// Runs SQL as a superuser and returns its output, rows on lines and columns by "|".
export function sql(text, stack = shared) {
  return execFileSync("psql", ["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", stack.CONNECT_PGURL, "-c", text], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  }).trim();
}

// The operations of the API: {operation, method, path, resource, permission}, by path and method.
export const routes = () => JSON.parse(
  sql('SELECT json_agg(r ORDER BY path COLLATE "C", method COLLATE "C") FROM connect_api.routes() AS r'));

// Registers an organization that no other suite knows, and returns its id and a key.
export function organization(name, permissions = "{read,write}", stack = shared) {
  const id = `org_${name}_${process.pid}`;
  const key = sql(
    `SELECT connect.register_organization('${id}', '${name}');
     SELECT secret FROM connect.create_api_key('${id}', 'test', '${permissions}')`,
    stack,
  );
  return { id, key };
}

// A port that nobody listens on.
export const freePort = () => new Promise((resolve) => {
  const probe = createServer().listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

// Starts a stack of one's own; stop() ends it. Takes connect as test/http/run installed it.
export async function startStack(environment = {}) {
  const dir = mkdtempSync(join(tmpdir(), "connect-http."));
  const child = spawn(join(root, "script/demo"), ["--installed"], {
    env: { ...process.env, CONNECT_PORT: "0", CONNECT_DIR: dir, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  let log = "";
  child.stderr.on("data", (data) => (log += data));
  await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      log += `${line}\n`;
      if (line.startsWith("ready: ")) resolve();
    });
    ended.then(() => reject(new Error(`the stack did not start:\n${log}`)));
  });
  const stack = { stop };
  for (const line of readFileSync(join(dir, "demo.env"), "utf8").trim().split("\n")) {
    stack[line.slice(0, line.indexOf("="))] = line.slice(line.indexOf("=") + 1);
  }
  return stack;

  async function stop() {
    child.kill("SIGTERM");
    await ended;
    rmSync(dir, { recursive: true, force: true });
  }
}
