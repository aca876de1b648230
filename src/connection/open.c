/*
 * open.c
 *		Which Connections wait for an answer, and which end by themselves, as
 *		two narrow tables: a row for each pending one, and a row for each open
 *		one that has a term.
 *
 * Most Connections of an organization are active without a term, or over.
 */
#include "postgres.h"

#include "connection/open.h"
#include "connection/rows.h"
#include "connection/terms.h"

static const StoreColumn open_columns[] = {
	OPEN_COLUMNS(STORE_COLUMN_BARE, )
};

static const StoreColumn term_columns[] = {
	TERM_COLUMNS(STORE_COLUMN_BARE, )
};

StoreTable	open_table = STORE_TABLE("open_connection", open_columns);

static StoreTable term_table = STORE_TABLE("open_term", term_columns);

/* Fills what both tables have of a Connection. */
static void
fill_parties(const Connection *connection, StoreRow *narrow)
{
	narrow->values[OPEN_ID] = PointerGetDatum(connection->id);
	narrow->values[OPEN_SOURCE] = PointerGetDatum(connection->source);
	narrow->values[OPEN_DESTINATION] = PointerGetDatum(connection->destination);
}

/* Fills the row of a Connection that waits for an answer. */
static bool
derive_waiting(const void *row, StoreRow *narrow)
{
	const Connection *connection = row;

	if (connection->status != CONNECTION_PENDING)
		return false;
	fill_parties(connection, narrow);
	return true;
}

/* Fills the row of a Connection that ends by itself. */
static bool
derive_ending(const void *row, StoreRow *narrow)
{
	const Connection *connection = row;
	TimestampTz ends = terms_end(connection->status, connection->respond_by,
								 connection->expires_at);

	if (ends == TERM_NEVER)
		return false;
	fill_parties(connection, narrow);
	narrow->values[OPEN_ENDS_AT] = TimestampTzGetDatum(ends);
	return true;
}

#define FOLLOWS_CONNECTION \
	.followed = &connection_table, \
	.read = connection_from_row, \
	.row_size = sizeof(Connection)

#define PARTIES_SQL \
	"c.id, c.source_organization_id, c.destination_organization_id"

static StoreNarrow waiting = {
	FOLLOWS_CONNECTION,
	.table = &open_table,
	.key = {
		&open_table, "open_connection_pkey", 2,
		{OPEN_DESTINATION, OPEN_ID}, F_TEXTEQ
	},
	.insert = {&open_table, STORE_ALL_COLUMNS},
	.derive = derive_waiting,
	.derive_sql = "SELECT " PARTIES_SQL " FROM connect.connection AS c"
	" WHERE c.status OPERATOR(pg_catalog.=) 'pending'"
};

static StoreNarrow ending = {
	FOLLOWS_CONNECTION,
	.table = &term_table,
	.key = {&term_table, "open_term_pkey", 1, {OPEN_ID}, F_TEXTEQ},
	.insert = {&term_table, STORE_ALL_COLUMNS},
	.derive = derive_ending,
	.derive_sql = "SELECT " PARTIES_SQL ", " TERMS_END_SQL
	" FROM connect.connection AS c"
	" WHERE c.status OPERATOR(pg_catalog.<>) 'inactive'"
	" AND " TERMS_END_SQL " OPERATOR(pg_catalog.<) 'infinity'"
};

/* Makes both tables known; called once, at load. */
void
open_init(void)
{
	store_narrow_register(&waiting);
	store_narrow_register(&ending);
}
