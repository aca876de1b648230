/*
 * words.js
 *		What the dashboard calls things, and how it says what an action means.
 */
export const STATUSES = { pending: "Pending", active: "Active", inactive: "Inactive" };

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
  activate: { deed: "activated it", button: "Activate", kind: "primary" },
  reactivate: { deed: "moved it back to pending", button: "Move back to pending", kind: "primary" },
  update: { deed: "changed it", changes: true, button: "Change", kind: "" },
  widen: { deed: "added scopes", changes: true },
  deactivate: { deed: "deactivated it", button: "Deactivate", kind: "danger-quiet" },
  expire: { deed: "ended it, for its term has passed" },
};

/* Returns how this organization sees a Connection's ends: {partner, direction}. */
export function viewOf(connection, organizationId) {
  const source = connection.attributes["source-organization-id"];
  const destination = connection.attributes["destination-organization-id"];
  if (source === destination) {
    return { partner: source, direction: "both" };
  }
  return source === organizationId
    ? { partner: destination, direction: "outbound" }
    : { partner: source, direction: "inbound" };
}

/* Says what the reader can expect now, or should do next. */
export function outlook(connection, organizationId) {
  const { status } = connection.attributes;
  const { partner, direction } = viewOf(connection, organizationId);
  const actions = connection.meta["allowed-actions"];
  if (status === "active") {
    return direction === "inbound"
      ? `${partner} shares this data with you now. Either of you can end it at any time.`
      : `You share this data with ${partner} now. Either of you can end it at any time.`;
  }
  if (status === "pending") {
    if (actions.includes("activate")) {
      return direction === "both"
        ? "This offer waits for your own organization to activate it."
        : `${partner} offers to share this data with you. Nothing is shared until you activate it.`;
    }
    return direction === "inbound"
      ? "This offer waits for your organization, but your key may only read."
      : `Waiting for ${partner} to activate it. Nothing is shared until then.`;
  }
  if (actions.includes("reactivate")) {
    return "Nothing is shared. You can move it back to pending; the destination then has to activate it again.";
  }
  return direction === "inbound"
    ? `Nothing is shared. Only ${partner}, the source, can move it back to pending.`
    : "Nothing is shared. The source can move it back to pending.";
}

/* What the confirmation of an action says: {title, button, danger?, why?, text: [sentences]}. */
export function confirmation(action, connection) {
  const source = connection.attributes["source-organization-id"];
  const destination = connection.attributes["destination-organization-id"];
  if (action === "activate") {
    return {
      title: "Activate this Connection?",
      button: ACTIONS.activate.button,
      text: [`From now on ${source} shares the following with ${destination}. You consent to exactly this; `
        + "if the offer changes before you confirm, nothing happens and you see the new one."],
      after: ["Both of you can deactivate the Connection at any time."],
    };
  }
  if (action === "reactivate") {
    return {
      title: "Move it back to pending?",
      button: ACTIONS.reactivate.button,
      why: true,
      text: [`The offer stands again. Nothing is shared until ${destination} activates it.`],
    };
  }
  return connection.attributes.status === "active"
    ? {
      title: "Deactivate this Connection?",
      button: ACTIONS.deactivate.button,
      danger: true,
      why: true,
      text: [`Sharing stops at once: ${destination} can no longer read this data of ${source}.`,
        `To share again, ${source} must move the Connection back to pending and ${destination} must activate it again.`,
        "The Connection and its history stay; they cannot be deleted."],
    }
    : {
      title: "Deactivate this offer?",
      button: ACTIONS.deactivate.button,
      danger: true,
      why: true,
      text: [`The offer ends before it was accepted: ${destination} can no longer activate it, unless ${source} `
        + "moves it back to pending.",
        "The Connection and its history stay; they cannot be deleted."],
    };
}
