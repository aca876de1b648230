/*
 * document.c
 *		Events as a resource: what documents show of them, and to whom.
 */
#include "postgres.h"

#include "base/text.h"
#include "event/document.h"
#include "event/rows.h"

/* Only the actor's own organization is told who acted. */
static const Attribute attributes[] = {
	ATTRIBUTE("subject-type", EVENT_SUBJECT_TYPE, false),
	ATTRIBUTE("subject-id", EVENT_SUBJECT_ID, false),
	ATTRIBUTE("connection-id", EVENT_CONNECTION_ID, true),
	ATTRIBUTE("action", EVENT_ACTION, true),
	ATTRIBUTE("from-status", EVENT_FROM_STATUS, true),
	ATTRIBUTE("to-status", EVENT_TO_STATUS, true),
	ATTRIBUTE("name", EVENT_NAME, true),
	ATTRIBUTE("scopes", EVENT_SCOPES, true),
	ATTRIBUTE("respond-by", EVENT_RESPOND_BY, false),
	ATTRIBUTE("expires-at", EVENT_EXPIRES_AT, false),
	ATTRIBUTE("effective-at", EVENT_EFFECTIVE_AT, false),
	ATTRIBUTE("reason", EVENT_REASON, true),
	ATTRIBUTE("organization-id", EVENT_ACTOR_ORGANIZATION, true),
	ATTRIBUTE("actor-id", EVENT_ACTOR_ID, true, AUDIENCE_ACTOR, true),
	ATTRIBUTE("actor-type", EVENT_ACTOR_TYPE, true, AUDIENCE_ACTOR, true),
	ATTRIBUTE("request-id", EVENT_REQUEST_ID, true, AUDIENCE_ACTOR, true),
	ATTRIBUTE("position", EVENT_POSITION, false),
	ATTRIBUTE("created-at", EVENT_CREATED_AT, true),
};

static StoreKey event_by_id = {
	&event_table, "event_pkey", 1, {EVENT_ID}, F_TEXTEQ
};

/* The parties of the Connection see its events, and so does who acted. */
static Audience
event_audience(const Principal *reader, const void *row)
{
	const Event *event = row;

	return resource_parties(reader, event->source, event->destination) |
		(text_same(reader->organization, event->actor_organization) ?
		 AUDIENCE_ACTOR : 0);
}

/*
 * An organization's events are those of its outbound and of its inbound
 * Connections.
 */
static bool
narrow_events(const Principal *reader, const ListRequest *request,
			  PageQuery *query)
{
	query->columns[0] = EVENT_SOURCE;
	query->columns[1] = EVENT_DESTINATION;
	query->value = reader->organization;
	return true;
}

const Resource event_resource = {
	RESOURCE_NAMES("connect/event",
				   "/api/v1/connect/events"),
	.table = &event_table,
	.by_id = &event_by_id,
	.attributes = attributes,
	.nattributes = lengthof(attributes),
	.read = event_from_row,
	.row_size = sizeof(Event),
	.audience = event_audience,
	.narrow = narrow_events,
};
