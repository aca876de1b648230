// closed.ts: the same for clients of the public API, of the contract of its closed shape.
import createClient from "openapi-fetch";
import type { paths } from "./persona.js";

declare const process: { env: Record<string, string | undefined> };

const client = createClient<paths>({
  baseUrl: process.env["CONNECT_URL"] ?? "", headers: { Authorization: `Bearer ${process.env["KEY_SOURCE"] ?? ""}` },
});
const header = { "Persona-Version": "2025-12-08" } as const;

const { data } = await client.GET("/api/v1/connect/connections", { params: { header, query: { "page[size]": 1 } } });
const connection = data?.data[0];
console.log(`${connection?.attributes.status} ${connection?.relationships?.creator.data.type}`);
const { error } = await client.GET("/api/v1/connect/connections/{id}", { params: { header, path: { id: "cxn_none" } } });
console.log(`${error?.errors[0]?.title}`);
