/*
 * operations.js
 *		The operations of the public API that the dashboard asks for, by the names
 *		that connect_api.routes() gives them.  No other module knows a path.
 */
const ROOT = "/api/v1/connect";

export const OPERATIONS = {
  list_connections: { method: "GET", path: `${ROOT}/connections` },
  create_connection: { method: "POST", path: `${ROOT}/connections` },
  get_connection: { method: "GET", path: `${ROOT}/connections/{id}` },
  update_connection: { method: "PATCH", path: `${ROOT}/connections/{id}` },
  activate_connection: { method: "POST", path: `${ROOT}/connections/{id}/activate` },
  deactivate_connection: { method: "POST", path: `${ROOT}/connections/{id}/deactivate` },
  reactivate_connection: { method: "POST", path: `${ROOT}/connections/{id}/reactivate` },
  list_connection_events: { method: "GET", path: `${ROOT}/connections/{id}/events` },
  list_share_tokens: { method: "GET", path: `${ROOT}/share-tokens` },
  create_share_token: { method: "POST", path: `${ROOT}/share-tokens` },
  get_share_token: { method: "GET", path: `${ROOT}/share-tokens/{id}` },
  expire_share_token: { method: "POST", path: `${ROOT}/share-tokens/{id}/expire` },
  redeem_share_token: { method: "POST", path: `${ROOT}/share-tokens/{id}/redeem` },
  get_organization: { method: "GET", path: `${ROOT}/organization` },
  list_scopes: { method: "GET", path: `${ROOT}/scopes` },
};
