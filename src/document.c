/*
 * document.c
 *		The only file that knows the shape of a JSON:API document.
 *
 * Text is written once, straight from the row: a tree of jsonb would cost
 * several times the query it shows.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "change.h"
#include "datatype/timestamp.h"
#include "document.h"
#include "rules.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#define CONNECTIONS_PATH "/api/v1/connect/connections"
#define EVENTS_PATH "/api/v1/connect/events"

/* Appends bytes as a JSON string. */
static void
put_string(StringInfo buf, const char *data, int len)
{
	int			run = 0;

	appendStringInfoChar(buf, '"');
	for (int i = 0; i < len; i++)
	{
		unsigned char c = data[i];

		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		appendBinaryStringInfo(buf, data + run, i - run);
		run = i + 1;
		if (c == '"' || c == '\\')
		{
			appendStringInfoChar(buf, '\\');
			appendStringInfoChar(buf, c);
		}
		else
			appendStringInfo(buf, "\\u%04x", c);
	}
	appendBinaryStringInfo(buf, data + run, len - run);
	appendStringInfoChar(buf, '"');
}

/* Appends a text as a JSON string, NULL as null. */
static void
put_text(StringInfo buf, const text *value)
{
	if (value == NULL)
		appendStringInfoString(buf, "null");
	else
		put_string(buf, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/* Appends a key and its value; the first member of an object follows its brace. */
static void
put_key(StringInfo buf, const char *key)
{
	if (buf->data[buf->len - 1] != '{')
		appendStringInfoChar(buf, ',');
	appendStringInfoChar(buf, '"');
	appendStringInfoString(buf, key);
	appendStringInfoString(buf, "\":");
}

static void
put_member(StringInfo buf, const char *key, const text *value)
{
	put_key(buf, key);
	put_text(buf, value);
}

static void
put_word(StringInfo buf, const char *key, const char *word)
{
	put_key(buf, key);
	put_string(buf, word, strlen(word));
}

/* Appends number, zero-padded. */
static void
put_digits(StringInfo buf, int number, int width)
{
	char		digits[12];

	for (int i = width - 1; i >= 0; i--, number /= 10)
		digits[i] = '0' + number % 10;
	appendBinaryStringInfo(buf, digits, width);
}

/* Appends a time as "2026-11-23T07:29:53.043Z", cut to milliseconds.  The store holds years 1 to 9999. */
static void
put_time(StringInfo buf, const char *key, TimestampTz time)
{
	struct pg_tm tm;
	fsec_t		fsec;

	put_key(buf, key);
	if (TIMESTAMP_NOT_FINITE(time) || timestamp2tm(time, NULL, &tm, &fsec, NULL, NULL) != 0 ||
		tm.tm_year < 1 || tm.tm_year > 9999)
	{
		appendStringInfoString(buf, "null");
		return;
	}
	appendStringInfoChar(buf, '"');
	put_digits(buf, tm.tm_year, 4);
	appendStringInfoChar(buf, '-');
	put_digits(buf, tm.tm_mon, 2);
	appendStringInfoChar(buf, '-');
	put_digits(buf, tm.tm_mday, 2);
	appendStringInfoChar(buf, 'T');
	put_digits(buf, tm.tm_hour, 2);
	appendStringInfoChar(buf, ':');
	put_digits(buf, tm.tm_min, 2);
	appendStringInfoChar(buf, ':');
	put_digits(buf, tm.tm_sec, 2);
	appendStringInfoChar(buf, '.');
	put_digits(buf, fsec / 1000, 3);
	appendStringInfoString(buf, "Z\"");
}

static void
put_scopes(StringInfo buf, ArrayType *scopes)
{
	Datum	   *names;
	int			count;

	deconstruct_array(scopes, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &count);
	put_key(buf, "scopes");
	appendStringInfoChar(buf, '[');
	for (int i = 0; i < count; i++)
	{
		if (i > 0)
			appendStringInfoChar(buf, ',');
		put_text(buf, DatumGetTextPP(names[i]));
	}
	appendStringInfoChar(buf, ']');
	pfree(names);
}

/* Appends what the reader may do now; update stands for widen too. */
static void
put_allowed_actions(StringInfo buf, const Principal *reader, const Connection *connection)
{
	static const ConnectionAction actions[] = {
		ACTION_ACTIVATE, ACTION_DEACTIVATE, ACTION_REACTIVATE, ACTION_UPDATE
	};
	Parties		parties = change_parties(reader, connection);

	put_key(buf, "allowed-actions");
	appendStringInfoChar(buf, '[');
	for (int i = 0; i < (int) lengthof(actions); i++)
	{
		if ((reader->permissions & PERMISSION_WRITE) == 0 ||
			rules_find(actions[i], connection->status, parties) == NULL)
			continue;
		if (buf->data[buf->len - 1] != '[')
			appendStringInfoChar(buf, ',');
		appendStringInfo(buf, "\"%s\"", connection_action_label(actions[i]));
	}
	appendStringInfoChar(buf, ']');
}

/* Appends a Connection as a resource object, as this reader may see it. */
static void
put_connection(StringInfo buf, const Principal *reader, const Connection *connection)
{
	bool		is_source = text_equal(reader->organization, connection->source);

	appendStringInfoChar(buf, '{');
	put_word(buf, "type", "connect/connection");
	put_member(buf, "id", connection->id);

	put_key(buf, "attributes");
	appendStringInfoChar(buf, '{');
	put_member(buf, "token", connection->id);
	put_member(buf, "name", connection->name);
	put_word(buf, "status", connection_status_label(connection->status));
	put_member(buf, "organization-id", connection->source);
	put_member(buf, "source-organization-id", connection->source);
	put_member(buf, "destination-organization-id", connection->destination);
	put_scopes(buf, connection->scopes);
	if (is_source)
	{
		put_member(buf, "creator-id", connection->creator_id);
		put_member(buf, "creator-type", connection->creator_type);
	}
	put_time(buf, "created-at", connection->created_at);
	put_time(buf, "updated-at", connection->updated_at);
	appendStringInfoChar(buf, '}');

	if (is_source && connection->creator_id != NULL && connection->creator_type != NULL)
	{
		put_key(buf, "relationships");
		appendStringInfoString(buf, "{\"creator\":{\"data\":{");
		put_member(buf, "type", connection->creator_type);
		put_member(buf, "id", connection->creator_id);
		appendStringInfoString(buf, "}}}");
	}

	put_key(buf, "links");
	appendStringInfo(buf, "{\"self\":\"%s/", CONNECTIONS_PATH);
	appendBinaryStringInfo(buf, VARDATA_ANY(connection->id), VARSIZE_ANY_EXHDR(connection->id));
	appendStringInfoString(buf, "\"}");

	put_key(buf, "meta");
	appendStringInfoChar(buf, '{');
	put_word(buf, "direction", is_source ? "outbound" : "inbound");
	put_allowed_actions(buf, reader, connection);
	appendStringInfoString(buf, "}}");
}

/* Appends an event; who acted is told to the actor's own organization only. */
static void
put_event(StringInfo buf, const Principal *reader, const ConnectionEvent *event)
{
	bool		own = event->actor_organization != NULL &&
		text_equal(reader->organization, event->actor_organization);

	appendStringInfoChar(buf, '{');
	put_word(buf, "type", "connect/event");
	put_member(buf, "id", event->id);
	put_key(buf, "attributes");
	appendStringInfoChar(buf, '{');
	put_member(buf, "connection-id", event->connection_id);
	put_member(buf, "action", event->action);
	put_member(buf, "from-status", event->from_status);
	put_member(buf, "to-status", event->to_status);
	put_member(buf, "name", event->name);
	put_scopes(buf, event->scopes);
	put_member(buf, "reason", event->reason);
	put_member(buf, "organization-id", event->actor_organization);
	put_member(buf, "actor-id", own ? event->actor_id : NULL);
	put_member(buf, "actor-type", own ? event->actor_type : NULL);
	put_member(buf, "request-id", own ? event->request_id : NULL);
	put_time(buf, "created-at", event->created_at);
	appendStringInfoString(buf, "}}");
}

/* Appends one query parameter of a link; its value needs no escaping. */
static void
put_parameter(StringInfo buf, const char *family, const char *name, const char *value)
{
	appendStringInfoChar(buf, strchr(buf->data, '?') == NULL ? '?' : '&');
	appendStringInfo(buf, "%s%%5B%s%%5D=%s", family, name, value);
}

/* Returns the path of a page: filters and size as asked for, and the cursor. */
static char *
page_path(const char *path, const ListRequest *request, const char *side, const text *cursor)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, path);
	if (request->status != NULL)
		put_parameter(&buf, "filter", "status", request->status);
	if (request->direction != NULL)
		put_parameter(&buf, "filter", "direction", text_to_cstring(request->direction));
	if (request->source != NULL)
		put_parameter(&buf, "filter", "source-organization-id", text_to_cstring(request->source));
	if (request->destination != NULL)
		put_parameter(&buf, "filter", "destination-organization-id",
					  text_to_cstring(request->destination));
	if (request->page_size != PAGE_SIZE_DEFAULT)
		put_parameter(&buf, "page", "size", psprintf("%d", request->page_size));
	put_parameter(&buf, "page", side, text_to_cstring(cursor));
	return buf.data;
}

/* Appends the links of a list: null where there is no page. */
static void
put_links(StringInfo buf, const char *path, const ListRequest *request, const ListPage *page)
{
	put_key(buf, "links");
	appendStringInfoChar(buf, '{');
	put_key(buf, "prev");
	if (page->has_newer)
		appendStringInfo(buf, "\"%s\"", page_path(path, request, "before",
												  DatumGetTextPP(page->rows[0].values[0])));
	else
		appendStringInfoString(buf, "null");
	put_key(buf, "next");
	if (page->has_older)
		appendStringInfo(buf, "\"%s\"", page_path(path, request, "after",
												  DatumGetTextPP(page->rows[page->count - 1].values[0])));
	else
		appendStringInfoString(buf, "null");
	appendStringInfoChar(buf, '}');
}

/* Returns the document of one Connection. */
char *
document_connection(const Principal *reader, const Connection *connection)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "{\"data\":");
	put_connection(&buf, reader, connection);
	appendStringInfoChar(&buf, '}');
	return buf.data;
}

/* Returns the document of a page of Connections. */
char *
document_connections(const Principal *reader, const ListRequest *request, const ListPage *page)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "{\"data\":[");
	for (int i = 0; i < page->count; i++)
	{
		Connection	connection;

		if (i > 0)
			appendStringInfoChar(&buf, ',');
		store_connection_from_row(&connection, &page->rows[i]);
		put_connection(&buf, reader, &connection);
	}
	appendStringInfoChar(&buf, ']');
	put_links(&buf, CONNECTIONS_PATH, request, page);
	appendStringInfoChar(&buf, '}');
	return buf.data;
}

/* Returns the document of a page of events. */
char *
document_events(const Principal *reader, const ListRequest *request, const ListPage *page)
{
	StringInfoData buf;
	const char *path = request->connection_id == NULL ? EVENTS_PATH :
		psprintf("%s/%s/events", CONNECTIONS_PATH, text_to_cstring(request->connection_id));

	initStringInfo(&buf);
	appendStringInfoString(&buf, "{\"data\":[");
	for (int i = 0; i < page->count; i++)
	{
		ConnectionEvent event;

		if (i > 0)
			appendStringInfoChar(&buf, ',');
		store_event_from_row(&event, &page->rows[i]);
		put_event(&buf, reader, &event);
	}
	appendStringInfoChar(&buf, ']');
	put_links(&buf, path, request, page);
	appendStringInfoChar(&buf, '}');
	return buf.data;
}

/* Returns the document of an organization, from its row. */
char *
document_organization(const StoreRow *row)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "{\"data\":{");
	put_word(&buf, "type", "connect/organization");
	put_member(&buf, "id", DatumGetTextPP(row->values[ORGANIZATION_ID]));
	put_key(&buf, "attributes");
	appendStringInfoChar(&buf, '{');
	put_member(&buf, "name", DatumGetTextPP(row->values[ORGANIZATION_NAME]));
	put_time(&buf, "created-at", DatumGetTimestampTz(row->values[ORGANIZATION_CREATED_AT]));
	appendStringInfoString(&buf, "}}}");
	return buf.data;
}

/* Returns the document of the catalogue of scopes; there is always one page. */
char *
document_scopes(const StoreResult *scopes)
{
	StringInfoData buf;

	initStringInfo(&buf);
	appendStringInfoString(&buf, "{\"data\":[");
	for (uint64 i = 0; i < scopes->count; i++)
	{
		const StoreRow *row = &scopes->rows[i];

		appendStringInfoString(&buf, i > 0 ? ",{" : "{");
		put_word(&buf, "type", "connect/scope");
		put_member(&buf, "id", DatumGetTextPP(row->values[SCOPE_NAME]));
		put_key(&buf, "attributes");
		appendStringInfoChar(&buf, '{');
		put_member(&buf, "description", DatumGetTextPP(row->values[SCOPE_DESCRIPTION]));
		put_key(&buf, "default");
		appendStringInfoString(&buf, DatumGetBool(row->values[SCOPE_IS_DEFAULT]) ? "true" : "false");
		appendStringInfoString(&buf, "}}");
	}
	appendStringInfoString(&buf, "],\"links\":{\"prev\":null,\"next\":null}}");
	return buf.data;
}
