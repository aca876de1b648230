/*
 * words.js
 *		What the dashboard calls things, and how it says what an action means.
 */
export const STATUSES = { pending: "Pending", active: "Active", inactive: "Inactive" };

/* What the states of share tokens are called here. */
export const TOKEN_STATUSES = {
  created: "Ready", pending: "In progress", redeemed: "Redeemed", expired: "Ended", failed: "Failed",
};

export const DIRECTIONS = {
  outbound: { word: "Outbound", sentence: "you share with them" },
  inbound: { word: "Inbound", sentence: "they share with you" },
  both: { word: "Both", sentence: "with your own organization" },
};

/*
 * The actions: what one did, as the end of a sentence that begins with who did it, and whether it can
 * change name and scopes; its button, if it has one.  Buttons stand in this order.  Which of them
 * a reader may press, the server says.
 */
export const ACTIONS = {
  create: { deed: "offered the Connection", changes: true },
  activate: { deed: "accepted it", button: "Accept", kind: "primary" },
  reactivate: { deed: "offered it again", button: "Offer again", kind: "primary" },
  update: { deed: "changed it", changes: true, button: "Change", kind: "" },
  widen: { deed: "added scopes", changes: true },
  deactivate: { deed: "deactivated it", button: "Deactivate", kind: "danger-quiet" },
  expire: { deed: "It ended by itself, for its term has passed" },
};

/* Returns how this organization sees a Connection's ends: {partner: {id, name}, direction}. */
export function viewOf(connection, organizationId) {
  const source = connection.attributes["source-organization-id"];
  const destination = connection.attributes["destination-organization-id"];
  const other = source === organizationId ? destination : source;
  const partner = { id: other, name: connection.meta["partner-name"] ?? other };
  if (source === destination) {
    return { partner, direction: "both" };
  }
  return { partner, direction: source === organizationId ? "outbound" : "inbound" };
}

/* Returns which way a share token goes; only who is both sees both ends of it. */
export function wayOf({ attributes, relationships }) {
  return relationships.source !== undefined && relationships.destination !== undefined ? "both" : attributes.direction;
}

/* Returns what people call an organization of this Connection. */
export function namesOf(connection, us) {
  const { partner } = viewOf(connection, us.id);
  const names = { [partner.id]: partner.name, [us.id]: us.name ?? us.id };
  return (organizationId) => names[organizationId] ?? organizationId;
}

/* Which word ends this Connection, for this organization, as it stands: of the button, and of the deed. */
export function ending(status, direction) {
  if (status !== "pending") {
    return { button: ACTIONS.deactivate.button, deed: ACTIONS.deactivate.deed };
  }
  return direction === "inbound"
    ? { button: "Decline", deed: "declined it" } : { button: "Withdraw", deed: "withdrew it" };
}

/* Says what the reader can expect now, or should do next. */
export function outlook(connection, organizationId) {
  const { status } = connection.attributes;
  const { partner: { name: partner }, direction } = viewOf(connection, organizationId);
  const actions = connection.meta["allowed-actions"];
  if (status === "active") {
    return direction === "inbound"
      ? `${partner} shares this data with you now. Either of you can end it at any time.`
      : `You share this data with ${partner} now. Either of you can end it at any time.`;
  }
  if (status === "pending") {
    if (actions.includes("activate")) {
      return direction === "both"
        ? "This offer waits for your own organization to accept it."
        : `${partner} offers to share this data with you. Nothing is shared until you accept.`;
    }
    return direction === "inbound"
      ? "This offer waits for your organization, but your key may only read."
      : `Waiting for ${partner} to accept. Nothing is shared until then.`;
  }
  const why = connection.meta.ended === "expired" ? "Its term has passed. " : "";
  if (actions.includes("reactivate")) {
    return `${why}Nothing is shared. You can offer it again; ${direction === "both" ? "your organization" : partner} `
      + "then has to accept again.";
  }
  return direction === "inbound"
    ? `${why}Nothing is shared. Only ${partner}, the source, can offer it again.`
    : `${why}Nothing is shared. The source can offer it again.`;
}

/* Says what an action has done, in words. */
export function outcome(action, connection, organizationId) {
  const { partner: { name: partner }, direction } = viewOf(connection, organizationId);
  if (action === "activate") {
    return direction === "both" ? "Accepted. The Connection is now active."
      : `Accepted. The Connection is now active: ${partner} shares this data with you.`;
  }
  if (action === "reactivate") {
    return `Offered again. The Connection is now pending: nothing is shared until ${partner} accepts.`;
  }
  return "Ended. The Connection is now inactive: nothing is shared.";
}

/* What the confirmation of an action says: {title, button, danger?, why?, terms?, text: [sentences]}. */
export function confirmation(action, connection, us) {
  const nameOf = namesOf(connection, us);
  const source = nameOf(connection.attributes["source-organization-id"]);
  const destination = nameOf(connection.attributes["destination-organization-id"]);
  const { direction } = viewOf(connection, us.id);
  if (action === "activate") {
    return {
      title: "Accept this offer?",
      button: ACTIONS.activate.button,
      text: [`From now on ${source} shares the following with ${destination}. You consent to exactly this; `
        + "if the offer changes before you confirm, nothing happens and you see the new one."],
      after: ["Both of you can end the Connection at any time."],
    };
  }
  if (action === "reactivate") {
    return {
      title: "Offer it again?",
      button: ACTIONS.reactivate.button,
      why: true,
      terms: true,
      text: [`The offer stands again. Nothing is shared until ${destination} accepts it.`],
    };
  }
  const { button } = ending(connection.attributes.status, direction);
  const stay = "The Connection and its history stay; they cannot be deleted.";
  if (connection.attributes.status === "active") {
    return {
      title: "Deactivate this Connection?", button, danger: true, why: true,
      text: [`Sharing stops at once: ${destination} can no longer read this data of ${source}.`,
        `To share again, ${source} must offer it again and ${destination} must accept.`, stay],
    };
  }
  return direction === "inbound"
    ? {
      title: "Decline this offer?", button, danger: true, why: true,
      text: [`Nothing is shared, and ${source} is told. Only ${source} can offer it again.`, stay],
    }
    : {
      title: "Withdraw this offer?", button, danger: true, why: true,
      text: [`${destination} can no longer accept it, unless ${source} offers it again.`, stay],
    };
}
