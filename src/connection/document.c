/*
 * document.c
 *		Connections as a resource: what lists and documents show of them,
 *		and to whom.
 */
#include "postgres.h"

#include "base/text.h"
#include "connection/document.h"
#include "connection/open.h"
#include "connection/rows.h"
#include "connection/terms.h"
#include "organization/names.h"
#include "organization/search.h"
#include "resource/document.h"

/* The numbers of the attributes.  The last one is a relationship. */
enum
{
	ATTRIBUTE_TOKEN,
	ATTRIBUTE_NAME,
	ATTRIBUTE_STATUS,
	ATTRIBUTE_ORGANIZATION_ID,
	ATTRIBUTE_SOURCE,
	ATTRIBUTE_DESTINATION,
	ATTRIBUTE_SCOPES,
	ATTRIBUTE_CREATOR_ID,
	ATTRIBUTE_CREATOR_TYPE,
	ATTRIBUTE_RESPOND_BY,
	ATTRIBUTE_EXPIRES_AT,
	ATTRIBUTE_CREATED_AT,
	ATTRIBUTE_UPDATED_AT,
	ATTRIBUTE_CREATOR
};

/*
 * Clients of an older guide find the id as token and the source as
 * organization-id.
 */
static const Attribute attributes[] = {
	[ATTRIBUTE_TOKEN] = ATTRIBUTE("token", CONNECTION_ID, false),
	[ATTRIBUTE_NAME] = ATTRIBUTE("name", CONNECTION_NAME, false),
	[ATTRIBUTE_STATUS] = ATTRIBUTE("status", CONNECTION_STATUS, true),
	[ATTRIBUTE_ORGANIZATION_ID] = ATTRIBUTE("organization-id",
											CONNECTION_SOURCE, false),
	[ATTRIBUTE_SOURCE] = ATTRIBUTE("source-organization-id", CONNECTION_SOURCE,
								   true),
	[ATTRIBUTE_DESTINATION] = ATTRIBUTE("destination-organization-id",
										CONNECTION_DESTINATION, true),
	[ATTRIBUTE_SCOPES] = ATTRIBUTE("scopes", CONNECTION_SCOPES, false),
	[ATTRIBUTE_CREATOR_ID] = ATTRIBUTE("creator-id", CONNECTION_CREATOR_ID,
									   false, PARTY_SOURCE),
	[ATTRIBUTE_CREATOR_TYPE] =
	ATTRIBUTE("creator-type", CONNECTION_CREATOR_TYPE, false, PARTY_SOURCE),
	[ATTRIBUTE_RESPOND_BY] = ATTRIBUTE("respond-by", CONNECTION_RESPOND_BY,
									   false),
	[ATTRIBUTE_EXPIRES_AT] = ATTRIBUTE("expires-at", CONNECTION_EXPIRES_AT,
									   false),
	[ATTRIBUTE_CREATED_AT] = ATTRIBUTE("created-at", CONNECTION_CREATED_AT,
									   true),
	[ATTRIBUTE_UPDATED_AT] = ATTRIBUTE("updated-at", CONNECTION_UPDATED_AT,
									   true),
	[ATTRIBUTE_CREATOR] = ATTRIBUTE("creator", NO_COLUMN, true, PARTY_SOURCE),
};

static const Filter filters[] = {
	[FILTER_STATUS] = {"status", FILTER_STATE, CONNECTION_STATUS},
	[FILTER_BOUND] = {"direction", FILTER_DIRECTION},
	[FILTER_SOURCE] = {"source-organization-id", FILTER_ID},
	[FILTER_DESTINATION] = {"destination-organization-id", FILTER_ID},
	[FILTER_EXPIRES_BEFORE] = {"expires-before", FILTER_TIME},
	[FILTER_PARTNER] = {"partner", FILTER_BEGINNING},
};

/*
 * Fills the struct from a row, in the state that the Connection is in by now,
 * whatever its row still says.
 */
static void
read_connection(void *row, const StoreRow *from)
{
	Connection *connection = row;

	connection_from_row(connection, from);
	connection->status = terms_status(connection, terms_reading_clock());
}

/* Both parties see a Connection. */
static Audience
connection_audience(const Principal *reader, const void *row)
{
	const Connection *connection = row;

	return resource_parties(reader, connection->source,
							connection->destination);
}

/*
 * Narrows a list to the Connections that are in a state by now, whatever their
 * rows still say, and to those that end before a time.
 */
static void
narrow_by_terms(const ListRequest *request, PageQuery *query)
{
	text	   *before = request->filters[FILTER_EXPIRES_BEFORE];

	if (before == NULL && query->state == NULL)
		return;
	query->times[0] = terms_reading_clock();
	if (before != NULL)
		query->times[1] =
			resource_filter_time(&filters[FILTER_EXPIRES_BEFORE], before);
	query->condition = terms_condition(query->state, before != NULL);
	/* what has ended by itself is inactive in another state of its row */
	if (query->state != NULL &&
		strcmp(query->state,
			   connection_status_label(CONNECTION_INACTIVE)) == 0)
		query->state = NULL;
}

/*
 * Narrows a list to Connections whose other party, seen from $7, has a name or
 * an id that begins with this.  Returns false if none can.  Only the reader's
 * own Connections are looked at, so that nobody learns of other organizations.
 */
static bool
narrow_by_partner(const Principal *reader, const text *beginning,
				  PageQuery *query)
{
	PageSearch *search;

	/* everything begins with nothing */
	if (text_is_empty(beginning))
		return true;
	search = palloc0(sizeof(PageSearch));
	search->condition = "(SELECT " ORGANIZATION_NAME_BEGINS("$8", "$9")
		" OR " ORGANIZATION_ID_BEGINS("$10", "$11")
		" FROM connect.organization AS o WHERE o.id OPERATOR(pg_catalog.=)"
		" CASE WHEN c.source_organization_id OPERATOR(pg_catalog.=) $7"
		" THEN c.destination_organization_id"
		" ELSE c.source_organization_id END)";
	search->texts[0] = reader->organization;
	search->others = &organization_search;
	search->pair[0] = CONNECTION_SOURCE;
	search->pair[1] = CONNECTION_DESTINATION;
	query->search = search;
	return organization_search_texts(beginning, search->texts + 1);
}

/*
 * Narrows a list to what the filters leave of it: one direction, or one pair.
 * Returns false if no row can match.
 */
static bool
narrow_connections(const Principal *reader, const ListRequest *request,
				   PageQuery *query)
{
	text	   *self = reader->organization;
	text	   *bound = request->filters[FILTER_BOUND];
	text	   *source = request->filters[FILTER_SOURCE];
	text	   *destination = request->filters[FILTER_DESTINATION];
	bool		outbound = (bound == NULL || text_is(bound, "outbound")) &&
		(source == NULL || text_equal(source, self));
	bool		inbound = (bound == NULL || text_is(bound, "inbound")) &&
		(destination == NULL || text_equal(destination, self));

	if (!outbound && !inbound)
		return false;
	if (!narrow_by_partner(reader, request->filters[FILTER_PARTNER], query))
		return false;

	/* no row of a store from before terms has one */
	if (store_absent_columns(&connection_table) == 0)
		narrow_by_terms(request, query);

	/* those that wait for an answer have rows of their own */
	if (query->state != NULL &&
		strcmp(query->state, connection_status_label(CONNECTION_PENDING)) == 0)
	{
		query->narrow = &open_table;
		query->narrow_column = CONNECTION_DESTINATION;
	}

	/*
	 * If each end is given, by a filter or by the direction, one pair is left.
	 */
	if ((source != NULL || !inbound) && (destination != NULL || !outbound) &&
		(source != NULL || destination != NULL))
	{
		query->columns[0] = CONNECTION_SOURCE;
		query->value = source != NULL ? source : self;
		query->other_column = CONNECTION_DESTINATION;
		query->other_value = destination != NULL ? destination : self;
		query->narrow = NULL;
		return true;
	}
	query->value = self;
	if (outbound && inbound && source == NULL && destination == NULL)
	{
		query->columns[0] = CONNECTION_SOURCE;
		query->columns[1] = CONNECTION_DESTINATION;
	}
	else
		query->columns[0] = source != NULL ||
			(outbound && destination == NULL) ?
			CONNECTION_SOURCE : CONNECTION_DESTINATION;
	return true;
}

/*
 * Writes the creator as a relationship.  The closed shape knows only two types
 * of creators.
 */
static void
write_creator(JsonWriter *out, const DocumentStyle *style,
			  const Connection *connection)
{
	if (connection->creator_id == NULL || connection->creator_type == NULL ||
		!document_shows(style, &connection_resource, ATTRIBUTE_CREATOR))
		return;
	if (style->closed && !text_is(connection->creator_type, "user") &&
		!text_is(connection->creator_type, "api-key"))
		return;
	json_key(out, "relationships");
	json_open(out, '{');
	document_write_relationship(out, "creator",
								text_to_cstring(connection->creator_type),
								connection->creator_id);
	json_close(out, '}');
}

/*
 * Writes relationships, links and meta.  The closed shape has only the first.
 */
static void
write_rest(JsonWriter *out, const DocumentStyle *style,
		   const Principal *reader, Audience audience, const void *row,
		   StoreScan *look_up)
{
	const Connection *connection = row;

	if (audience & PARTY_SOURCE)
		write_creator(out, style, connection);
	if (style->closed)
		return;
	document_write_self(out, &connection_resource, connection->id);
	json_key(out, "meta");
	json_open(out, '{');
	json_label(out, "direction",
			   audience & PARTY_SOURCE ? "outbound" : "inbound");
	document_write_offered(out, &connection_life, reader, connection->status,
						   audience);
	if (terms_ended(connection, terms_reading_clock()))
		json_label(out, "ended", "expired");
	organization_write_partner(out, look_up, audience & PARTY_SOURCE ?
							   connection->destination : connection->source);
	json_close(out, '}');
}

const Resource connection_resource = {
	RESOURCE_NAMES("connect/connection",
				   "/api/v1/connect/connections"),
	.noun = "Connection",
	.id_argument = "connection_id",
	.not_found = ERROR_NOT_FOUND,
	.table = &connection_table,
	.by_id = &connection_by_id,
	.attributes = attributes,
	.nattributes = lengthof(attributes),
	.filters = filters,
	.nfilters = lengthof(filters),
	.life = &connection_life,
	.read = read_connection,
	.row_size = sizeof(Connection),
	.audience = connection_audience,
	.narrow = narrow_connections,
	.write_rest = write_rest,
};

/* Returns the path of the events of a Connection. */
char *
connection_events_path(const text *id)
{
	return psprintf("%s/events", document_path(&connection_resource, id));
}
