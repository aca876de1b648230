// The requests of the public guide and API reference, run as they stand there: only the host
// and what stands between < and > are replaced.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { forgetOffers } from "./connections.mjs";
import { shared } from "./stack.mjs";

const HOST = "http://127.0.0.1:8080";

// Runs a command and returns the status and document that it shows.
function run(command, token, id) {
  const text = command.replaceAll(HOST, shared.CONNECT_URL).replaceAll("<token>", token).replaceAll("<connection-id>", id);
  // A shell function, so that the command itself needs no other options.
  const output = execFileSync("bash", ["-c", `curl() { command curl -sS -w '\\n%{http_code}' "$@"; }\n${text}`], { encoding: "utf8" });
  const end = output.lastIndexOf("\n");
  return { status: Number(output.slice(end + 1)), ...JSON.parse(output.slice(0, end)) };
}

const abc = (command, id) => run(command, shared.KEY_ORG_ABC123, id);
const def = (command, id) => run(command, shared.KEY_ORG_DEF456, id);

test("the guide and the reference, one after the other", async () => {
  await forgetOffers("org_ABC123");
  const created = abc(`curl -X POST http://127.0.0.1:8080/api/v1/connect/connections \\
  -H "Authorization: Bearer <token>" \\
  -H "Content-Type: application/json" \\
  -d '{
    "data": {
      "attributes": {
        "destination-organization-id": "org_DEF456",
        "name": "Partner Connection"
      }
    }
  }'`);
  assert.equal(created.status, 201);
  assert.equal(created.data.attributes.name, "Partner Connection");
  assert.equal(created.data.attributes.status, "pending");
  assert.equal(created.data.attributes["source-organization-id"], "org_ABC123");
  const { id } = created.data;

  const reference = abc(`curl -X POST http://127.0.0.1:8080/api/v1/connect/connections \\
  -H "Authorization: Bearer <token>" \\
  -H "Content-Type: application/json" \\
  -d '{
  "data": {
    "attributes": {
      "destination-organization-id": "org_XYZ789"
    }
  }
}'`);
  assert.equal(reference.status, 201);
  assert.equal(reference.data.attributes["destination-organization-id"], "org_XYZ789");

  const list = abc(`curl http://127.0.0.1:8080/api/v1/connect/connections -H "Authorization: Bearer <token>"`);
  assert.equal(list.status, 200);
  assert.deepEqual(list.data.map((connection) => connection.id), [reference.data.id, id]);

  const get = `curl http://127.0.0.1:8080/api/v1/connect/connections/<connection-id> -H "Authorization: Bearer <token>"`;
  const deactivate = `curl -X POST http://127.0.0.1:8080/api/v1/connect/connections/<connection-id>/deactivate -H "Authorization: Bearer <token>"`;
  const reactivate = `curl -X POST http://127.0.0.1:8080/api/v1/connect/connections/<connection-id>/reactivate -H "Authorization: Bearer <token>"`;
  const activate = reactivate.replace("reactivate", "activate");
  const status = (answer) => [answer.status, answer.data?.attributes.status ?? answer.errors[0].code];

  assert.deepEqual(status(def(get, id)), [200, "pending"]);
  assert.deepEqual(status(abc(activate, id)), [403, "wrong_party"]);
  assert.deepEqual(status(def(activate, id)), [200, "active"]);
  assert.deepEqual(status(def(deactivate, id)), [200, "inactive"]);
  assert.deepEqual(status(def(reactivate, id)), [403, "wrong_party"]);
  assert.deepEqual(status(abc(reactivate, id)), [200, "pending"]);
  assert.deepEqual(status(def(activate, id)), [200, "active"]);
  assert.deepEqual(status(abc(deactivate, id)), [200, "inactive"]);
  assert.deepEqual(status(run(get, shared.KEY_ORG_XYZ789, id)), [404, "not_found"]);
  assert.deepEqual(status(abc(get.replace("curl", "curl -X DELETE"), id)), [405, "method_not_allowed"]);
});
