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
	ATTRIBUTE("subject-type", EVENT_SUBJECT_TYPE, true),
	ATTRIBUTE("subject-id", EVENT_SUBJECT_ID, true),
	ATTRIBUTE("connection-id", EVENT_CONNECTION_ID, true),
	ATTRIBUTE("action", EVENT_ACTION, true),
	ATTRIBUTE("from-status", EVENT_FROM_STATUS, true),
	ATTRIBUTE("to-status", EVENT_TO_STATUS, true),
	ATTRIBUTE("name", EVENT_NAME, true),
	ATTRIBUTE("scopes", EVENT_SCOPES, true),
	ATTRIBUTE("respond-by", EVENT_RESPOND_BY, true),
	ATTRIBUTE("expires-at", EVENT_EXPIRES_AT, true),
	ATTRIBUTE("effective-at", EVENT_EFFECTIVE_AT, true),
	ATTRIBUTE("reason", EVENT_REASON, true),
	ATTRIBUTE("organization-id", EVENT_ACTOR_ORGANIZATION, true),
	ATTRIBUTE("actor-id", EVENT_ACTOR_ID, true, AUDIENCE_ACTOR, true),
	ATTRIBUTE("actor-type", EVENT_ACTOR_TYPE, true, AUDIENCE_ACTOR, true),
	ATTRIBUTE("request-id", EVENT_REQUEST_ID, true, AUDIENCE_ACTOR, true),
	ATTRIBUTE("position", EVENT_POSITION, true),
	ATTRIBUTE("created-at", EVENT_CREATED_AT, true),
};

static const char *const subject_types[] = {"connection", "share_token"};

static const Filter filters[] = {
	[EVENT_FILTER_SUBJECT_TYPE] = {"subject-type", FILTER_WORD,
	.words = subject_types}
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

/* What is true in SQL of an event c that is not of its Connection itself. */
#define NOT_OF_CONNECTION \
	"c.subject_id OPERATOR(pg_catalog.<>) c.connection_id"

/* Narrows a list of events to those of one type of subjects. */
static void
narrow_to_type(PageQuery *query, const text *subject_type)
{
	/* an older store knows no other subjects */
	bool		older = store_absent_columns(&event_table) != 0;

	if (subject_type == NULL)
		return;
	if (text_is(subject_type, "connection"))
		query->condition = older ? NULL : "NOT (" NOT_OF_CONNECTION ")";
	else
		query->condition = older ? "false" : NOT_OF_CONNECTION;
}

/*
 * Narrows a list of events to those of a Connection and of what belongs to it,
 * or to one type of subjects among them; subject_type may be NULL.
 */
void
event_narrow_to_connection(PageQuery *query, text *connection_id,
						   const text *subject_type)
{
	query->value = connection_id;
	query->columns[0] = EVENT_CONNECTION_ID;
	if (store_absent_columns(&event_table) != 0 ||
		(subject_type != NULL && text_is(subject_type, "share_token")))
		narrow_to_type(query, subject_type);
	else
	{
		query->columns[0] = EVENT_SUBJECT_ID;
		if (subject_type == NULL)
			query->columns[1] = EVENT_CONNECTION_ID;
	}
}

/*
 * An organization's events are those of its outbound and of its inbound
 * Connections.  The store's owner sees all.
 */
static bool
narrow_events(const Principal *reader, const ListRequest *request,
			  PageQuery *query)
{
	narrow_to_type(query, request->filters[EVENT_FILTER_SUBJECT_TYPE]);
	if (reader->kind == PRINCIPAL_OWNER)
		return true;
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
	.filters = filters,
	.nfilters = lengthof(filters),
	.read = event_from_row,
	.row_size = sizeof(Event),
	.audience = event_audience,
	.narrow = narrow_events,
};
