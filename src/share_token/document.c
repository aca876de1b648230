/*
 * document.c
 *		Share tokens as a resource: what lists and documents show of them, and
 *		to whom.
 *
 * Each party has a view of its own: the destination learns neither the source's
 * id of the row nor who made the token, and the source not what the destination
 * calls its copy.
 */
#include "postgres.h"

#include "base/text.h"
#include "connection/document.h"
#include "connection/terms.h"
#include "connection/rows.h"
#include "identity/tables.h"
#include "organization/names.h"
#include "resource/document.h"
#include "share_token/document.h"
#include "share_token/lapse.h"
#include "share_token/open.h"
#include "share_token/passage.h"
#include "share_token/rows.h"

/* The numbers of the attributes.  The last four are relationships. */
enum
{
	ATTRIBUTE_STATUS,
	ATTRIBUTE_DIRECTION,
	ATTRIBUTE_KIND,
	ATTRIBUTE_CREATED_AT,
	ATTRIBUTE_UPDATED_AT,
	ATTRIBUTE_PENDING_AT,
	ATTRIBUTE_REDEEMED_AT,
	ATTRIBUTE_EXPIRES_AT,
	ATTRIBUTE_FAILED_AT,
	ATTRIBUTE_FAILURE_REASON,
	ATTRIBUTE_REDEEM_MODE,
	ATTRIBUTE_CONNECTION,
	ATTRIBUTE_CREATOR,
	ATTRIBUTE_SOURCE,
	ATTRIBUTE_DESTINATION
};

static const Attribute attributes[] = {
	[ATTRIBUTE_STATUS] = ATTRIBUTE("status", TOKEN_STATUS, true),
	[ATTRIBUTE_DIRECTION] = ATTRIBUTE("direction", COLUMN_DIRECTION, true),
	[ATTRIBUTE_KIND] = ATTRIBUTE("kind", TOKEN_KIND, false),
	[ATTRIBUTE_CREATED_AT] = ATTRIBUTE("created-at", TOKEN_CREATED_AT, true),
	[ATTRIBUTE_UPDATED_AT] = ATTRIBUTE("updated-at", TOKEN_UPDATED_AT, true),
	[ATTRIBUTE_PENDING_AT] = ATTRIBUTE("pending-at", TOKEN_PENDING_AT, true),
	[ATTRIBUTE_REDEEMED_AT] = ATTRIBUTE("redeemed-at", TOKEN_REDEEMED_AT, true),
	[ATTRIBUTE_EXPIRES_AT] = ATTRIBUTE("expires-at", TOKEN_EXPIRES_AT, true),
	[ATTRIBUTE_FAILED_AT] = ATTRIBUTE("failed-at", TOKEN_FAILED_AT, true),
	[ATTRIBUTE_FAILURE_REASON] = ATTRIBUTE("failure-reason",
										   TOKEN_FAILURE_REASON, true),
	[ATTRIBUTE_REDEEM_MODE] = ATTRIBUTE("redeem-mode", TOKEN_REDEEM_MODE, true),
	[ATTRIBUTE_CONNECTION] = ATTRIBUTE("connection", NO_COLUMN, true),
	[ATTRIBUTE_CREATOR] = ATTRIBUTE("creator", NO_COLUMN, true, PARTY_SOURCE),
	[ATTRIBUTE_SOURCE] = ATTRIBUTE("source", NO_COLUMN, true, PARTY_SOURCE),
	[ATTRIBUTE_DESTINATION] = ATTRIBUTE("destination", NO_COLUMN, true,
										PARTY_DESTINATION),
};

static const Filter filters[] = {
	[TOKEN_FILTER_CONNECTION] = {"connection-id", FILTER_ID},
	[TOKEN_FILTER_STATUS] = {"status", FILTER_STATE, TOKEN_STATUS},
	[TOKEN_FILTER_DIRECTION] = {"direction", FILTER_DIRECTION},
};

/* Both parties see a token. */
static Audience
token_audience(const Principal *reader, const void *row)
{
	const ShareToken *token = row;

	return resource_parties(reader, token->source, token->destination);
}

/*
 * Narrows a list to the tokens of a Connection.  Returns false if the reader
 * has no such Connection, or not in these directions.
 */
static bool
narrow_to_connection(const Principal *reader, text *id, bool outbound,
					 bool inbound, PageQuery *query)
{
	Connection	connection;
	Parties		parties;

	if (!connection_find(id, &connection))
		return false;
	parties = resource_parties(reader, connection.source,
							   connection.destination);
	query->columns[0] = TOKEN_CONNECTION_ID;
	query->value = id;
	return (outbound && (parties & PARTY_SOURCE) != 0) ||
		(inbound && (parties & PARTY_DESTINATION) != 0);
}

/*
 * Narrows a list to the tokens that are in a state by now, whatever their rows
 * still say.  Those that are open have rows of their own.
 */
static void
narrow_to_status(const text *label, PageQuery *query)
{
	int			status = rules_state_parse(&share_token_life,
										   VARDATA_ANY(label),
										   VARSIZE_ANY_EXHDR(label));
	bool		same;

	query->condition = lapse_condition(status, &same);
	query->times[0] = terms_reading_clock();
	if (!same)
		query->state = NULL;
	if (lapse_is_open(status))
	{
		query->narrow = &open_token_table;
		query->narrow_column = NO_COLUMN;
		query->narrow_states = true;
	}
}

/*
 * Narrows a list to what the filters leave of it.  A state is the one that a
 * token is in by now.  Returns false if no row can match.
 */
static bool
narrow_tokens(const Principal *reader, const ListRequest *request,
			  PageQuery *query)
{
	text	   *status = request->filters[TOKEN_FILTER_STATUS];
	text	   *bound = request->filters[TOKEN_FILTER_DIRECTION];
	text	   *connection = request->filters[TOKEN_FILTER_CONNECTION];
	bool		outbound = bound == NULL || text_is(bound, "outbound");
	bool		inbound = bound == NULL || text_is(bound, "inbound");

	if (status != NULL)
		narrow_to_status(status, query);
	if (connection != NULL)
		return narrow_to_connection(reader, connection, outbound, inbound,
									query);
	query->value = reader->organization;
	query->columns[0] = outbound ? TOKEN_SOURCE : TOKEN_DESTINATION;
	if (outbound && inbound)
		query->columns[1] = TOKEN_DESTINATION;
	return true;
}

/* Does this style show a relationship to this audience? */
static bool
shows_relationship(const DocumentStyle *style, int attribute, Audience audience)
{
	Audience	demanded = attributes[attribute].audience;

	return (demanded == AUDIENCE_ALL || (demanded & audience) != 0) &&
		document_shows(style, &share_token_resource, attribute);
}

/*
 * Has a token a creator that this style can show?  The closed shape knows only
 * two types.
 */
static bool
has_creator(const DocumentStyle *style, const ShareToken *token)
{
	return token->creator_id != NULL && token->creator_type != NULL &&
		(!style->closed || text_is(token->creator_type, "user") ||
		 text_is(token->creator_type, "api-key"));
}

/* Writes the relationships that this style shows to this audience. */
static void
write_relationships(JsonWriter *out, const DocumentStyle *style,
					Audience audience, const ShareToken *token)
{
	const char *kind = text_to_cstring(token->kind);
	bool		connection = shows_relationship(style, ATTRIBUTE_CONNECTION,
												audience);
	bool		creator = has_creator(style, token) &&
		shows_relationship(style, ATTRIBUTE_CREATOR, audience);
	bool		source = shows_relationship(style, ATTRIBUTE_SOURCE, audience);
	bool		destination = shows_relationship(style, ATTRIBUTE_DESTINATION,
												 audience);

	if (!(connection || creator || source || destination))
		return;
	json_key(out, "relationships");
	json_open(out, '{');
	if (connection)
		document_write_relationship(out, "connection", connection_resource.type,
									token->connection_id);
	if (creator)
		document_write_relationship(out, "creator",
									text_to_cstring(token->creator_type),
									token->creator_id);
	if (source)
		document_write_relationship(out, "source", kind, token->source_id);
	if (destination)
		document_write_relationship(out, "destination", kind,
									token->destination_id);
	json_close(out, '}');
}

/*
 * Returns which actions the reader may take now, as a bit for each one's
 * number. There is nothing to redeem while the Connection does not let it.
 */
static int
offered_actions(const Principal *reader, Audience audience,
				const ShareToken *token)
{
	int			offered = rules_offered(&share_token_life, token->status,
										audience);

	if ((reader->permissions & PERMISSION_WRITE) == 0)
		return 0;
	if ((offered & 1 << TOKEN_REDEEM) != 0 && !passage_is_open(token))
		offered &= ~(1 << TOKEN_REDEEM);
	return offered;
}

/*
 * Writes relationships, links and meta.  The closed shape has only the first.
 */
static void
write_rest(JsonWriter *out, const DocumentStyle *style, const Principal *reader,
		   Audience audience, const void *row, StoreScan *look_up)
{
	const ShareToken *token = row;

	write_relationships(out, style, audience, token);
	if (style->closed)
		return;
	document_write_self(out, &share_token_resource, token->id);
	json_key(out, "meta");
	json_open(out, '{');
	document_write_actions(out, &share_token_life,
						   offered_actions(reader, audience, token));
	organization_write_partner(out, look_up, audience & PARTY_SOURCE ?
							   token->destination : token->source);
	json_close(out, '}');
}

const Resource share_token_resource = {
	RESOURCE_NAMES("connect/share-token", "/api/v1/connect/share-tokens"),
	.noun = "Share token",
	.id_argument = "share_token_id",
	.not_found = ERROR_TOKEN_NOT_FOUND,
	.table = &share_token_table,
	.by_id = &share_token_by_id,
	.attributes = attributes,
	.nattributes = lengthof(attributes),
	.filters = filters,
	.nfilters = lengthof(filters),
	.life = &share_token_life,
	.read = share_token_from_row_by_now,
	.row_size = sizeof(ShareToken),
	.audience = token_audience,
	.narrow = narrow_tokens,
	.write_rest = write_rest,
};
