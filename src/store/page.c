/*
 * page.c
 *		Pages of Connections and of events, by keyset.
 *
 * A page is read along an index on (organization, id) in either direction, so
 * that the last page costs what the first does.  An organization's rows are
 * those of two such indexes, merged.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "store/store.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

typedef enum ListKind
{
	LIST_CONNECTIONS,
	LIST_EVENTS
} ListKind;

/* What the rows of a list have in common. */
typedef enum ListShape
{
	SHAPE_BOTH,					/* source or destination is the organization */
	SHAPE_OUTBOUND,
	SHAPE_INBOUND,
	SHAPE_PAIR,					/* the one row of a pair */
	SHAPE_CONNECTION			/* the events of one Connection */
} ListShape;

static const char *const list_columns[] = {
	[LIST_CONNECTIONS] = "c.id, c.source_organization_id, c.destination_organization_id, c.name,"
	" c.status, c.scopes, c.creator_id, c.creator_type, c.created_at, c.updated_at",
	[LIST_EVENTS] = "c.id, c.connection_id, c.source_organization_id, c.destination_organization_id,"
	" c.action, c.from_status::pg_catalog.text, c.to_status::pg_catalog.text, c.name, c.scopes,"
	" c.actor_organization_id, c.actor_id, c.actor_type, c.reason, c.request_id, c.created_at",
};

#define IS_SOURCE "c.source_organization_id OPERATOR(pg_catalog.=) $1"
#define IS_DESTINATION "c.destination_organization_id OPERATOR(pg_catalog.=) $1"

static const char *const shape_conditions[] = {
	[SHAPE_BOTH] = IS_SOURCE,
	[SHAPE_OUTBOUND] = IS_SOURCE,
	[SHAPE_INBOUND] = IS_DESTINATION,
	[SHAPE_PAIR] = "c.source_organization_id OPERATOR(pg_catalog.=) $4"
	" AND c.destination_organization_id OPERATOR(pg_catalog.=) $5",
	[SHAPE_CONNECTION] = "c.connection_id OPERATOR(pg_catalog.=) $4",
};

/* Which rows of a kind and shape a statement reads, and in which order. */
typedef struct ListVariant
{
	bool		ascending;
	bool		bounded;		/* by the id in $2 */
	ConnectionStatus status;
} ListVariant;

/*
 * Appends the scan of one index, of at most $3 rows.  A state is a constant, so
 * that a partial index, if the DBA has made one, can serve.
 */
static void
append_scan(StringInfo sql, ListKind kind, const char *condition, const ListVariant *variant)
{
	appendStringInfo(sql, "SELECT %s FROM connect.%s AS c WHERE %s", list_columns[kind],
					 kind == LIST_EVENTS ? "event" : "connection", condition);
	if (variant->bounded)
		appendStringInfo(sql, " AND c.id OPERATOR(pg_catalog.%s) $2", variant->ascending ? ">" : "<");
	if (variant->status != CONNECTION_NONE)
		appendStringInfo(sql, " AND c.status OPERATOR(pg_catalog.=) '%s'",
						 connection_status_label(variant->status));
	appendStringInfo(sql, " ORDER BY c.id %s LIMIT $3", variant->ascending ? "ASC" : "DESC");
}

/* Returns the statement for a kind, shape and variant, written at its first use. */
static StoreQuery *
list_statement(ListKind kind, ListShape shape, const ListVariant *variant)
{
	static StoreQuery queries[LIST_EVENTS + 1][SHAPE_CONNECTION + 1][2][2][CONNECTION_INACTIVE + 1];
	StoreQuery *query = &queries[kind][shape][variant->ascending][variant->bounded][variant->status];

	if (query->sql == NULL)
	{
		static const Oid types[] = {TEXTOID, TEXTOID, INT8OID, TEXTOID, TEXTOID};
		StringInfoData sql;

		initStringInfo(&sql);
		if (shape == SHAPE_BOTH)
		{
			appendStringInfoString(&sql, "SELECT * FROM ((");
			append_scan(&sql, kind, IS_SOURCE, variant);
			appendStringInfoString(&sql, ") UNION ALL (");
			append_scan(&sql, kind, IS_DESTINATION
						" AND c.source_organization_id OPERATOR(pg_catalog.<>) $1", variant);
			appendStringInfo(&sql, ")) AS c ORDER BY c.id %s LIMIT $3", variant->ascending ? "ASC" : "DESC");
		}
		else
			append_scan(&sql, kind, shape_conditions[shape], variant);

		memcpy(query->types, types, sizeof(types));
		query->nargs = lengthof(types);
		query->sql = MemoryContextStrdup(TopMemoryContext, sql.data);
	}
	return query;
}

/* Returns at most limit rows, those beyond a bound if it is not NULL, in the order of the scan. */
static StoreResult
list_rows(ListKind kind, const ListQuery *query, text *bound, bool ascending, int limit)
{
	ListShape	shape = query->connection_id != NULL ? SHAPE_CONNECTION :
		query->source != NULL ? SHAPE_PAIR :
		query->outbound && query->inbound ? SHAPE_BOTH :
		query->outbound ? SHAPE_OUTBOUND : SHAPE_INBOUND;
	ListVariant variant = {ascending, bound != NULL, query->status};
	text	   *first = query->connection_id != NULL ? query->connection_id : query->source;
	Datum		values[] = {
		PointerGetDatum(query->organization),
		PointerGetDatum(bound),
		Int64GetDatum(limit),
		PointerGetDatum(first),
		PointerGetDatum(query->destination)
	};
	char		nulls[] = {' ', bound ? ' ' : 'n', ' ', first ? ' ' : 'n', query->destination ? ' ' : 'n'};

	return store_query(list_statement(kind, shape, &variant), values, nulls);
}

/* Puts the rows of an ascending scan in the order of a page. */
static void
reverse_rows(StoreRow *rows, int count)
{
	for (int i = 0, j = count - 1; i < j; i++, j--)
	{
		StoreRow	row = rows[i];

		rows[i] = rows[j];
		rows[j] = row;
	}
}

/* Reads a page: one row more than asked for tells whether there is another behind it. */
static ListPage
list_page(ListKind kind, const ListQuery *query)
{
	bool		ascending = query->before != NULL;
	StoreResult result = list_rows(kind, query, ascending ? query->before : query->after, ascending,
								   query->page_size + 1);
	ListPage	page = {.count = (int) Min(result.count, (uint64) query->page_size),.rows = result.rows};
	bool		more = result.count > (uint64) query->page_size;
	bool		behind = false;

	/* behind a page that starts at a cursor there is something, as a rule */
	if (page.count > 0 && (query->after != NULL || query->before != NULL))
		behind = list_rows(kind, query, DatumGetTextPP(page.rows[0].values[0]),
						   !ascending, 1).count > 0;

	if (ascending)
		reverse_rows(page.rows, page.count);
	page.has_newer = ascending ? more : behind;
	page.has_older = ascending ? behind : more;
	return page;
}

/* Returns a page of Connections, rows as store_connection_from_row() takes them. */
ListPage
store_list_connections(const ListQuery *query)
{
	return list_page(LIST_CONNECTIONS, query);
}

/* Returns a page of events, rows as store_event_from_row() takes them. */
ListPage
store_list_events(const ListQuery *query)
{
	(void) store_relation_id(STORE_EVENT);	/* makes sure that its columns can be read */
	return list_page(LIST_EVENTS, query);
}

/* Fills the struct from a row of store_list_events(); it points into the row's tuple. */
void
store_event_from_row(ConnectionEvent *event, const StoreRow *row)
{
	text	   *texts[15];

	for (int i = 0; i < 15; i++)
		texts[i] = row->nulls[i] || i == 8 || i == 14 ? NULL : DatumGetTextPP(row->values[i]);

	event->id = texts[0];
	event->connection_id = texts[1];
	event->source = texts[2];
	event->destination = texts[3];
	event->action = texts[4];
	event->from_status = texts[5];
	event->to_status = texts[6];
	event->name = texts[7];
	event->scopes = DatumGetArrayTypeP(row->values[8]);
	event->actor_organization = texts[9];
	event->actor_id = texts[10];
	event->actor_type = texts[11];
	event->reason = texts[12];
	event->request_id = texts[13];
	event->created_at = DatumGetTimestampTz(row->values[14]);
}

/* Does an event of this id exist that this organization is a party to? */
bool
store_event_visible(text *id, text *organization)
{
	Datum		key = PointerGetDatum(id);
	StoreRow	row;

	return store_fetch(STORE_KEY_EVENT_ID, &key, &row) &&
		(text_equal(organization, DatumGetTextPP(row.values[EVENT_KEY_SOURCE])) ||
		 text_equal(organization, DatumGetTextPP(row.values[EVENT_KEY_DESTINATION])));
}
