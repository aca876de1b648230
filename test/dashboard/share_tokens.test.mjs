/*
 * share_tokens.test.mjs
 *		Connect > Share Tokens: made by the source, redeemed or ended, in both parties' views.
 */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { api, closePage, offer, openAs, organization, pageOf, sql } from "./world.mjs";

const us = organization("org_tokens", "Tokens Bank");
const partner = organization("org_tokens_partner", "Tokens Insurance");
const connection = await offer(us, partner, { name: "Handed over", scopes: ["inquiry.read"] });
await api(partner, "POST", `/connections/${connection.id}/activate`);
sql(`CREATE SCHEMA dashboard_shop;
  CREATE TABLE dashboard_shop.memo (id text PRIMARY KEY, organization_id text NOT NULL);
  CREATE FUNCTION dashboard_shop.redeem(source_id text, source_organization_id text, destination_organization_id text,
    destination_id text, options jsonb) RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO dashboard_shop.memo VALUES (coalesce($4, 'memo_copy_' || $1), $3) RETURNING id $$;
  INSERT INTO dashboard_shop.memo SELECT 'memo_' || n, 'org_tokens' FROM generate_series(1, 30) AS n;
  SELECT connect.share_rows('memo', 'dashboard_shop.memo', 'organization_id', 'id', 'inquiry.read', 'memo',
    'dashboard_shop.redeem(text,text,text,text,jsonb)');`);
let page;

afterEach(() => closePage(page));

/* Makes a token for one of our rows. */
function make(sourceId) {
  return api(us, "POST", "/share-tokens", { data: { attributes: { "connection-id": connection.id, "source-id": sourceId } } });
}

test("a Connection that has handed something over still shows its own history", async () => {
  const { id } = await make("memo_1");
  await api(partner, "POST", `/share-tokens/${id}/redeem`);
  page = await openAs(us, pageOf(connection));
  assert.deepEqual(await page.locator(".event-title").allInnerTexts(), ["Tokens Insurance accepted it", "You offered the Connection"]);
});
