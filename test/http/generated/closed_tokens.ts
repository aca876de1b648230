// closed_tokens.ts: the same for clients of the public API, of the contract of its closed shape.
import createClient from "openapi-fetch";
import type { paths } from "./persona.js";

declare const process: { env: Record<string, string | undefined> };

const setting = (name: string): string => process.env[name] ?? "";
const clientOf = (key: string) =>
  createClient<paths>({ baseUrl: setting("CONNECT_URL"), headers: { Authorization: `Bearer ${key}` } });
const header = { "Persona-Version": "2026-09-29" } as const;
const abc = clientOf(setting("KEY_SOURCE"));
const def = clientOf(setting("KEY_DESTINATION"));

const create = async () => {
  const { data } = await abc.POST("/api/v1/connect/share-tokens", {
    params: { header }, body: { data: { attributes: { "connection-id": setting("CONNECTION"), "source-id": setting("SOURCE_ID") } } },
  });
  if (data === undefined) throw new Error("no document");
  return data.data;
};
const made = await create();
console.log(`${made.type} ${made.attributes.status} ${made.attributes.direction} ${made.attributes["redeem-mode"]}`);
const days = (Date.parse(made.attributes["expires-at"]) - Date.parse(made.attributes["created-at"])) / 86400000;
console.log(`${days} days`);

const list = await def.GET("/api/v1/connect/share-tokens", { params: { header, query: { "page[size]": 1, "filter[status]": "created" } } });
console.log(`${list.data?.data[0]?.id === made.id} ${list.data?.links.prev} ${Object.keys(list.data ?? {}).join(" ")}`);
const got = await abc.GET("/api/v1/connect/share-tokens/{id}", { params: { header, path: { id: made.id } } });
console.log(Object.keys(got.data?.data.relationships ?? {}).join(" "));
const redeemed = await def.POST("/api/v1/connect/share-tokens/{id}/redeem", { params: { header, path: { id: made.id } }, body: {} });
console.log(`${redeemed.response.status} ${redeemed.data?.data.attributes.status} ${redeemed.data?.data.attributes["redeem-mode"]}`);
const other = await create();
const ended = await abc.POST("/api/v1/connect/share-tokens/{id}/expire", { params: { header, path: { id: other.id } } });
console.log(`${ended.response.status} ${ended.data?.data.attributes.status}`);
const again = await def.POST("/api/v1/connect/share-tokens/{id}/redeem", { params: { header, path: { id: other.id } } });
console.log(`${again.response.status} ${again.error?.errors[0]?.title}`);
