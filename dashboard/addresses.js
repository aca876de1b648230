/*
 * addresses.js
 *		Where the pages are; nginx serves the same document for each of them.
 */
export const LIST = "/connect/connections";
export const TOKENS = "/connect/share-tokens";
export const INFORMATION = "/organization/information";

/* Returns the address of one Connection's page. */
export function pageOf(connectionId) {
  return `${LIST}/${connectionId}`;
}

/* Returns the address of one share token's page. */
export function tokenPageOf(tokenId) {
  return `${TOKENS}/${tokenId}`;
}
