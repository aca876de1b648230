// story.ts: what a partner's program does, with a client that openapi-typescript and openapi-fetch make of the
// contract. generated.test.mjs compiles it under --strict and runs it; it prints what happened.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { env: Record<string, string | undefined> };

type Connection = components["schemas"]["Connection"];

const setting = (name: string): string => process.env[name] ?? "";
const clientOf = (key: string) =>
  createClient<paths>({ baseUrl: setting("CONNECT_URL"), headers: { Authorization: `Bearer ${key}` } });

const abc = clientOf(setting("KEY_SOURCE"));
const def = clientOf(setting("KEY_DESTINATION"));

// Prints a Connection in one line.
function tell(what: string, connection: Connection): void {
  const { status, name, scopes } = connection.attributes;
  const actions: readonly string[] = connection.meta["allowed-actions"];
  console.log(`${what}: ${status}, ${name ?? "no name"}, ${scopes.join(" ")}, ${connection.meta.direction}, ${actions.join(" ")}`);
}

// The document of an answer, which a program needs before it goes on.
function require_<T>(data: T | undefined): T {
  if (data === undefined) throw new Error("no document");
  return data;
}

const organization = require_((await def.GET("/api/v1/connect/organization")).data).data;
console.log(`partner: ${organization.attributes.name}`);
const known = require_((await abc.GET("/api/v1/connect/scopes")).data).data;
console.log(`scopes: ${known.map((scope) => scope.id).join(" ")}`);

const created = await abc.POST("/api/v1/connect/connections", {
  params: { header: { "Idempotency-Key": "story" } },
  body: { data: { attributes: { "destination-organization-id": organization.id, name: "Story", scopes: ["account.read"] } } },
});
const made = require_(created.data).data;
tell("offered", made);
const path = { id: made.id };

const refused = await abc.POST("/api/v1/connect/connections/{id}/activate", { params: { path } });
if (refused.error) {
  const [error] = refused.error.errors;
  console.log(`refused: ${error?.status} ${error?.code}, ${error?.detail}`);
}

const inbox = require_((await def.GET("/api/v1/connect/connections", {
  params: { query: { "filter[status]": "pending", "filter[direction]": "inbound", "page[size]": 5 } },
})).data);
console.log(`waiting: ${inbox.data.length}, next page: ${inbox.links.next ?? "none"}`);

const accepted = await def.POST("/api/v1/connect/connections/{id}/activate", {
  params: { path }, body: { meta: { reason: "Signed", scopes: made.attributes.scopes } },
});
tell("accepted", require_(accepted.data).data);

// The whole document goes back with another name, if nobody has changed it meanwhile.
const got = await abc.GET("/api/v1/connect/connections/{id}", {
  params: { path, header: { "Connect-Transaction": accepted.response.headers.get("connect-transaction") ?? "" } },
});
const whole = require_(got.data);
const tag = got.response.headers.get("etag") ?? "";
const renamed = await abc.PATCH("/api/v1/connect/connections/{id}", {
  params: { path, header: { "If-Match": tag } },
  body: { data: { ...whole.data, attributes: { ...whole.data.attributes, name: "Renamed" } } },
});
tell("renamed", require_(renamed.data).data);
const late = await abc.PATCH("/api/v1/connect/connections/{id}", {
  params: { path, header: { "If-Match": tag } }, body: { data: { attributes: { name: "Too late" } } },
});
console.log(`too late: ${late.response.status} ${late.error?.errors[0]?.code}`);

const ended = await def.POST("/api/v1/connect/connections/{id}/deactivate", { params: { path }, body: { meta: { reason: "Over" } } });
tell("ended", require_(ended.data).data);
const again = await abc.POST("/api/v1/connect/connections/{id}/reactivate", { params: { path } });
tell("offered again", require_(again.data).data);

const history = require_((await abc.GET("/api/v1/connect/connections/{id}/events", { params: { path } })).data);
console.log(`history: ${history.data.map(({ attributes }) => `${attributes.action} ${attributes["to-status"]}`).join(", ")}`);
const all = require_((await def.GET("/api/v1/connect/events", { params: { query: { "page[size]": 1 } } })).data);
console.log(`last: ${all.data[0]?.attributes.action}`);
