/*
 * document.c
 *		The only file that knows the shape of a JSON:API document, and of the
 *		closed shape that clients of the public API expect; those of errors
 *		stand in document_error.c.
 *
 * A document is written once, straight from the row, as text for HTTP and as
 * jsonb for SQL.
 */
#include "postgres.h"

#include "connection/change.h"
#include "connection/rules.h"
#include "resource/document.h"
#include "utils/builtins.h"

#define CONNECTIONS_PATH "/api/v1/connect/connections"
#define EVENTS_PATH "/api/v1/connect/events"

const DocumentStyle document_jsonb = {.is_jsonb = true};

/* The fields of a Connection that a client can choose, and whether the closed shape has them. */
enum
{
	FIELD_TOKEN,
	FIELD_NAME,
	FIELD_STATUS,
	FIELD_ORGANIZATION_ID,
	FIELD_SOURCE,
	FIELD_DESTINATION,
	FIELD_SCOPES,
	FIELD_CREATOR_ID,
	FIELD_CREATOR_TYPE,
	FIELD_CREATED_AT,
	FIELD_UPDATED_AT,
	FIELD_CREATOR
};

#define FIELD(name, closed) {name, sizeof(name) - 1, closed}

static const struct
{
	const char *name;
	int			len;
	bool		closed;
}			fields[] = {
	[FIELD_TOKEN] = FIELD("token", false),
	[FIELD_NAME] = FIELD("name", false),
	[FIELD_STATUS] = FIELD("status", true),
	[FIELD_ORGANIZATION_ID] = FIELD("organization-id", false),
	[FIELD_SOURCE] = FIELD("source-organization-id", true),
	[FIELD_DESTINATION] = FIELD("destination-organization-id", true),
	[FIELD_SCOPES] = FIELD("scopes", false),
	[FIELD_CREATOR_ID] = FIELD("creator-id", false),
	[FIELD_CREATOR_TYPE] = FIELD("creator-type", false),
	[FIELD_CREATED_AT] = FIELD("created-at", true),
	[FIELD_UPDATED_AT] = FIELD("updated-at", true),
	[FIELD_CREATOR] = FIELD("creator", true),
};

/* Returns the number of a field of a Connection, by its kebab-case name, or -1. */
int
document_field(const char *name)
{
	for (int i = 0; i < (int) lengthof(fields); i++)
	{
		if (strcmp(fields[i].name, name) == 0)
			return i;
	}
	return -1;
}

/* Starts a document, up to the value of its first member. */
static JsonWriter *
begin(const DocumentStyle *style, const char *member)
{
	JsonWriter *out = style->is_jsonb ? json_begin_jsonb() : json_begin_text(style->inflection);

	json_open(out, '{');
	json_key(out, member);
	return out;
}

/* Does this style show this field? */
static bool
shows(const DocumentStyle *style, int field)
{
	return (!style->closed || fields[field].closed) &&
		(!style->sparse || (style->fields & (1u << field)) != 0);
}

/* Writes the key of a field of a Connection if this style shows it; tells whether it does. */
static bool
begin_field(JsonWriter *out, const DocumentStyle *style, int field)
{
	if (!shows(style, field))
		return false;
	json_key_bytes(out, fields[field].name, fields[field].len);
	return true;
}

/* Writes a field that is a text. */
static void
put_field(JsonWriter *out, const DocumentStyle *style, int field, const text *value)
{
	if (begin_field(out, style, field))
		json_text_value(out, value);
}

/* Writes a field that is a time. */
static void
put_time_field(JsonWriter *out, const DocumentStyle *style, int field, TimestampTz value)
{
	if (begin_field(out, style, field))
		json_time_value(out, value);
}

/* Writes what the reader may do now; update stands for widen too. */
static void
put_allowed_actions(JsonWriter *out, const Principal *reader, const Connection *connection)
{
	static const ConnectionAction actions[] = {
		ACTION_ACTIVATE, ACTION_DEACTIVATE, ACTION_REACTIVATE, ACTION_UPDATE
	};
	int			allowed = reader->permissions & PERMISSION_WRITE ?
		rules_actions(connection->status, change_parties(reader, connection)) : 0;

	json_key(out, "allowed-actions");
	json_open(out, '[');
	for (int i = 0; i < (int) lengthof(actions); i++)
	{
		const char *label = connection_action_label(actions[i]);

		if (allowed & 1 << actions[i])
			json_plain(out, label, strlen(label));
	}
	json_close(out, ']');
}

/* Writes the creator as a relationship; the closed shape knows two types of them. */
static void
put_creator(JsonWriter *out, const DocumentStyle *style, const Connection *connection)
{
	char	   *type;

	if (connection->creator_id == NULL || connection->creator_type == NULL ||
		!shows(style, FIELD_CREATOR))
		return;
	type = text_to_cstring(connection->creator_type);
	if (style->closed && strcmp(type, "user") != 0 && strcmp(type, "api-key") != 0)
		return;
	json_key(out, "relationships");
	json_open(out, '{');
	json_key(out, "creator");
	json_open(out, '{');
	json_key(out, "data");
	json_open(out, '{');
	json_word(out, "type", type);
	json_text(out, "id", connection->creator_id);
	json_close(out, '}');
	json_close(out, '}');
	json_close(out, '}');
}

/* Writes a Connection as a resource object, as this reader may see it. */
static void
put_connection(JsonWriter *out, const DocumentStyle *style, const Principal *reader,
			   const Connection *connection)
{
	bool		is_source = text_equal(reader->organization, connection->source);
	const char *status = connection_status_label(connection->status);

	/* a DBA may add to the enum, and import what no rule knows */
	if (status == NULL)
		elog(ERROR, "connection \"%s\" is in a state that cannot be shown", text_to_cstring(connection->id));

	json_open(out, '{');
	json_label(out, "type", "connect/connection");
	json_text(out, "id", connection->id);

	json_key(out, "attributes");
	json_open(out, '{');
	put_field(out, style, FIELD_TOKEN, connection->id);
	put_field(out, style, FIELD_NAME, connection->name);
	if (begin_field(out, style, FIELD_STATUS))
		json_plain(out, status, strlen(status));
	put_field(out, style, FIELD_ORGANIZATION_ID, connection->source);
	put_field(out, style, FIELD_SOURCE, connection->source);
	put_field(out, style, FIELD_DESTINATION, connection->destination);
	if (begin_field(out, style, FIELD_SCOPES))
		json_texts_value(out, connection->scopes);
	if (is_source)
	{
		put_field(out, style, FIELD_CREATOR_ID, connection->creator_id);
		put_field(out, style, FIELD_CREATOR_TYPE, connection->creator_type);
	}
	put_time_field(out, style, FIELD_CREATED_AT, connection->created_at);
	put_time_field(out, style, FIELD_UPDATED_AT, connection->updated_at);
	json_close(out, '}');

	if (is_source)
		put_creator(out, style, connection);
	if (!style->closed)
	{
		json_key(out, "links");
		json_open(out, '{');
		json_word(out, "self", document_path(connection->id));
		json_close(out, '}');

		json_key(out, "meta");
		json_open(out, '{');
		json_label(out, "direction", is_source ? "outbound" : "inbound");
		put_allowed_actions(out, reader, connection);
		json_close(out, '}');
	}
	json_close(out, '}');
}

/* Writes an event; who acted is told to the actor's own organization only. */
static void
put_event(JsonWriter *out, const Principal *reader, const ConnectionEvent *event)
{
	bool		own = event->actor_organization != NULL &&
		text_equal(reader->organization, event->actor_organization);

	json_open(out, '{');
	json_label(out, "type", "connect/event");
	json_text(out, "id", event->id);
	json_key(out, "attributes");
	json_open(out, '{');
	json_text(out, "connection-id", event->connection_id);
	json_text(out, "action", event->action);
	json_text(out, "from-status", event->from_status);
	json_text(out, "to-status", event->to_status);
	json_text(out, "name", event->name);
	json_texts(out, "scopes", event->scopes);
	json_text(out, "reason", event->reason);
	json_text(out, "organization-id", event->actor_organization);
	json_text(out, "actor-id", own ? event->actor_id : NULL);
	json_text(out, "actor-type", own ? event->actor_type : NULL);
	json_text(out, "request-id", own ? event->request_id : NULL);
	json_time(out, "created-at", event->created_at);
	json_close(out, '}');
	json_close(out, '}');
}

/* Appends one query parameter of a link; none of our values needs escaping. */
static void
append_parameter(StringInfo path, const char *name, const char *value)
{
	appendStringInfoChar(path, strchr(path->data, '?') == NULL ? '?' : '&');
	for (const char *c = name; *c != '\0'; c++)
	{
		if (*c == '[')
			appendStringInfoString(path, "%5B");
		else if (*c == ']')
			appendStringInfoString(path, "%5D");
		else
			appendStringInfoChar(path, *c);
	}
	appendStringInfo(path, "=%s", value);
}

static void
append_text_parameter(StringInfo path, const char *name, const text *value)
{
	if (value != NULL)
		append_parameter(path, name, text_to_cstring(value));
}

/* Writes a link to a page, null if there is none: filters, fields and size as asked for, and the cursor. */
static void
put_page_link(JsonWriter *out, const char *key, const char *path, const DocumentStyle *style,
			  const ListRequest *request, const char *side, const StoreRow *row)
{
	StringInfoData link;

	json_key(out, key);
	if (row == NULL)
	{
		json_null(out);
		return;
	}
	initStringInfo(&link);
	appendStringInfoString(&link, path);
	if (style->fields_text != NULL)
		append_parameter(&link, "fields[connect/connection]", style->fields_text);
	if (request->status != CONNECTION_NONE)
		append_parameter(&link, "filter[status]", connection_status_label(request->status));
	append_text_parameter(&link, "filter[direction]", request->direction);
	append_text_parameter(&link, "filter[source-organization-id]", request->source);
	append_text_parameter(&link, "filter[destination-organization-id]", request->destination);
	if (request->page_size != PAGE_SIZE_DEFAULT)
		append_parameter(&link, "page[size]", psprintf("%d", request->page_size));
	append_text_parameter(&link, side, DatumGetTextPP(row->values[0]));
	json_string(out, link.data, link.len);
}

/* Ends a list with its links. */
static JsonWriter *
end_list(JsonWriter *out, const char *path, const DocumentStyle *style,
		 const ListRequest *request, const ListPage *page)
{
	json_close(out, ']');
	json_key(out, "links");
	json_open(out, '{');
	put_page_link(out, "prev", path, style, request, "page[before]",
				  page->has_newer ? &page->rows[0] : NULL);
	put_page_link(out, "next", path, style, request, "page[after]",
				  page->has_older ? &page->rows[page->count - 1] : NULL);
	json_close(out, '}');
	json_close(out, '}');
	return out;
}

/* Returns the path of a Connection. */
char *
document_path(const text *connection_id)
{
	int			len = VARSIZE_ANY_EXHDR(connection_id);
	char	   *path = palloc(sizeof(CONNECTIONS_PATH "/") + len);
	char	   *id = path + sizeof(CONNECTIONS_PATH "/") - 1;

	/* written for each row of a list, where psprintf() would be a tenth of the row */
	memcpy(path, CONNECTIONS_PATH "/", id - path);
	memcpy(id, VARDATA_ANY(connection_id), len);
	id[len] = '\0';
	return path;
}

/* Returns the document of one Connection. */
JsonWriter *
document_connection(const DocumentStyle *style, const Principal *reader, const Connection *connection)
{
	JsonWriter *out = begin(style, "data");

	put_connection(out, style, reader, connection);
	json_close(out, '}');
	return out;
}

/* Returns the document of a page of Connections. */
JsonWriter *
document_connections(const DocumentStyle *style, const Principal *reader,
					 const ListRequest *request, const ListPage *page)
{
	JsonWriter *out = begin(style, "data");

	json_open(out, '[');
	for (int i = 0; i < page->count; i++)
	{
		Connection	connection;

		store_connection_from_row(&connection, &page->rows[i]);
		put_connection(out, style, reader, &connection);
	}
	return end_list(out, CONNECTIONS_PATH, style, request, page);
}

/* Returns the document of a page of events. */
JsonWriter *
document_events(const DocumentStyle *style, const Principal *reader,
				const ListRequest *request, const ListPage *page)
{
	JsonWriter *out = begin(style, "data");

	json_open(out, '[');
	for (int i = 0; i < page->count; i++)
	{
		ConnectionEvent event;

		store_event_from_row(&event, &page->rows[i]);
		put_event(out, reader, &event);
	}
	return end_list(out, request->connection_id == NULL ? EVENTS_PATH :
					psprintf("%s/events", document_path(request->connection_id)),
					style, request, page);
}

/* Returns the document of an organization, from its row. */
JsonWriter *
document_organization(const DocumentStyle *style, const StoreRow *row)
{
	JsonWriter *out = begin(style, "data");

	json_open(out, '{');
	json_label(out, "type", "connect/organization");
	json_text(out, "id", DatumGetTextPP(row->values[ORGANIZATION_ID]));
	json_key(out, "attributes");
	json_open(out, '{');
	json_text(out, "name", DatumGetTextPP(row->values[ORGANIZATION_NAME]));
	json_time(out, "created-at", DatumGetTimestampTz(row->values[ORGANIZATION_CREATED_AT]));
	json_close(out, '}');
	json_close(out, '}');
	json_close(out, '}');
	return out;
}

/* Returns the document of the catalogue of scopes; there is always one page. */
JsonWriter *
document_scopes(const DocumentStyle *style, const StoreResult *scopes)
{
	JsonWriter *out = begin(style, "data");

	json_open(out, '[');
	for (uint64 i = 0; i < scopes->count; i++)
	{
		const StoreRow *row = &scopes->rows[i];

		json_open(out, '{');
		json_label(out, "type", "connect/scope");
		json_text(out, "id", DatumGetTextPP(row->values[SCOPE_NAME]));
		json_key(out, "attributes");
		json_open(out, '{');
		json_text(out, "description", DatumGetTextPP(row->values[SCOPE_DESCRIPTION]));
		json_key(out, "default");
		json_boolean(out, DatumGetBool(row->values[SCOPE_IS_DEFAULT]));
		json_close(out, '}');
		json_close(out, '}');
	}
	json_close(out, ']');
	json_key(out, "links");
	json_open(out, '{');
	json_key(out, "prev");
	json_null(out);
	json_key(out, "next");
	json_null(out);
	json_close(out, '}');
	json_close(out, '}');
	return out;
}
