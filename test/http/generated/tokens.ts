// tokens.ts: hands a row over with a client that openapi-typescript and openapi-fetch make of the contract: made,
// listed, looked at, redeemed once, ended. generated.test.mjs compiles it under --strict and runs it.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { env: Record<string, string | undefined> };

type ShareToken = components["schemas"]["ShareToken"];

const setting = (name: string): string => process.env[name] ?? "";
const clientOf = (key: string) =>
  createClient<paths>({ baseUrl: setting("CONNECT_URL"), headers: { Authorization: `Bearer ${key}` } });

const abc = clientOf(setting("KEY_SOURCE"));
const def = clientOf(setting("KEY_DESTINATION"));

// Prints a token in one line.
function tell(what: string, token: ShareToken): void {
  const { status, direction, kind } = token.attributes;
  const actions: readonly string[] = token.meta["allowed-actions"];
  console.log(`${what}: ${status}, ${direction}, ${kind}, ${actions.join(" ")}`);
}

// The document of an answer, which a program needs before it goes on.
function require_<T>(data: T | undefined): T {
  if (data === undefined) throw new Error("no document");
  return data;
}

const attributes = { "connection-id": setting("CONNECTION"), "source-id": setting("SOURCE_ID"), "expires-in-seconds": 3600 };
const body = { data: { attributes } };
const first = require_((await abc.POST("/api/v1/connect/share-tokens", {
  params: { header: { "Idempotency-Key": "tokens" } }, body,
})).data).data;
tell("made", first);
const same = require_((await abc.POST("/api/v1/connect/share-tokens", {
  params: { header: { "Idempotency-Key": "tokens" } }, body,
})).data).data;
console.log(`asked again: ${same.id === first.id ? "the same" : "another"}`);
const path = { id: first.id };

const waiting = require_((await def.GET("/api/v1/connect/share-tokens", {
  params: { query: { "filter[status]": "created", "filter[direction]": "inbound", "filter[connection-id]": setting("CONNECTION") } },
})).data);
console.log(`waiting: ${waiting.data.length}, next page: ${waiting.links.next ?? "none"}`);
const seen = require_((await def.GET("/api/v1/connect/share-tokens/{id}", { params: { path } })).data).data;
tell("seen", seen);
console.log(`its source: ${seen.relationships.source?.data.id ?? "not told"}`);

const refused = await abc.POST("/api/v1/connect/share-tokens/{id}/redeem", { params: { path } });
console.log(`refused: ${refused.error?.errors[0]?.status} ${refused.error?.errors[0]?.code}`);
const redeemed = require_((await def.POST("/api/v1/connect/share-tokens/{id}/redeem", {
  params: { path }, body: { data: { attributes: { "destination-id": setting("DESTINATION_ID") } } },
})).data).data;
tell("redeemed", redeemed);
console.log(`into: ${redeemed.relationships.destination?.data?.id}, ${redeemed.attributes["redeem-mode"]}`);
const again = await def.POST("/api/v1/connect/share-tokens/{id}/redeem", { params: { path } });
console.log(`again: ${again.error?.errors[0]?.status} ${again.error?.errors[0]?.code}`);

const second = require_((await abc.POST("/api/v1/connect/share-tokens", { body })).data).data;
const ended = require_((await def.POST("/api/v1/connect/share-tokens/{id}/expire", {
  params: { path: { id: second.id } }, body: { meta: { reason: "Not wanted" } },
})).data).data;
tell("ended", ended);
const invalid = await abc.POST("/api/v1/connect/share-tokens", {
  body: { data: { attributes: { ...attributes, "expires-in-seconds": 59 } } },
});
console.log(`invalid: ${invalid.error?.errors[0]?.status} ${invalid.error?.errors[0]?.code}`);
const history = require_((await abc.GET("/api/v1/connect/events", {
  params: { query: { "filter[subject-type]": "share_token", "page[size]": 5 } },
})).data);
console.log(`history: ${history.data.map((event) => `${event.attributes.action} ${event.attributes["to-status"]}`).join(", ")}`);
