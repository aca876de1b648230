/*
 * refused.js
 *		What the server refuses, said in the page's own words: what is wrong, and
 *		what to do about it.
 */
const WORDS = {
  parameter_missing: "Something is missing here.",
  organization_unknown: "No organization has this id. Your partner finds theirs under Organization > Information.",
  organization_retired: "This organization takes no part any more.",
  scopes_empty: "Choose at least one kind of data.",
  scope_unknown: "One of these kinds of data does not exist any more. Close this, reload the page and choose again.",
  scope_retired: "One of these kinds of data is no longer offered. Take it away.",
  name_too_long: "A name has at most 255 characters.",
  reason_too_long: "A reason has at most 1000 characters.",
  term_past: "This day has passed. Choose a later one.",
  permission_missing: "Your key may only read. Sign in with a key that may write to change Connections.",
  wrong_party: "Only the other organization can do this.",
  connection_not_pending: "It is not an offer any more that could be accepted.",
  connection_inactive: "It has ended already.",
  connection_not_inactive: "It stands already.",
  share_token_not_created: "It has been redeemed or has ended already.",
  connection_not_active: "The Connection is not active, and nothing can be handed over through it now.",
  sharing_not_allowed: "The Connection does not share this kind of data.",
  source_not_found: "You have nothing with this id.",
  kind_unknown: "Ids of this form are not handed over. Look whether the id is complete.",
  organization_id: "This cannot be an organization id: it has only letters, digits, _ and -, and at most 64 of them.",
  organization_id_missing: "Enter the id of the organization that you want to share with.",
  term: "Choose a day, or leave it empty.",
};

/* What an empty field for an organization's id says. */
export const NO_ID = WORDS.organization_id_missing;

/* Returns the code under which the words stand, which for what is malformed is that of its field. */
function keyOf({ code, pointer }) {
  const field = pointer.slice(pointer.lastIndexOf("/") + 1);
  if (field === "destination-organization-id" && code.startsWith("parameter_")) {
    return code === "parameter_missing" ? "organization_id_missing" : "organization_id";
  }
  return code === "parameter_invalid" && (field === "respond-by" || field === "expires-at") ? "term" : code;
}

/* Says what is wrong; error is an ApiError. */
export function refusal(error) {
  return WORDS[keyOf(error)] ?? `This was refused: ${error.message}`;
}
