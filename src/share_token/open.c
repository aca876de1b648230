/*
 * open.c
 *		Which share tokens are still to be redeemed or fulfilled, as a narrow
 *		table: a row for each that is created or pending.
 *
 * Most tokens of an organization are redeemed or expired.
 */
#include "postgres.h"

#include "share_token/lapse.h"
#include "share_token/open.h"
#include "share_token/rows.h"
#include "store/narrow.h"

static const StoreColumn columns[] = {
	OPEN_TOKEN_COLUMNS(STORE_COLUMN_BARE, )
};

StoreTable	open_token_table = STORE_TABLE("open_share_token", columns);

/* Fills the row of a token that is open, as it was written. */
static bool
derive_open(const void *row, StoreRow *narrow)
{
	const ShareToken *token = row;

	if (!lapse_is_open(token->status))
		return false;
	narrow->values[OPEN_TOKEN_ID] = PointerGetDatum(token->id);
	narrow->values[OPEN_TOKEN_CONNECTION_ID] =
		PointerGetDatum(token->connection_id);
	narrow->values[OPEN_TOKEN_SOURCE] = PointerGetDatum(token->source);
	narrow->values[OPEN_TOKEN_DESTINATION] =
		PointerGetDatum(token->destination);
	narrow->values[OPEN_TOKEN_STATUS] =
		CStringGetTextDatum(share_token_status_label(token->status));
	narrow->values[OPEN_TOKEN_ENDS_AT] = TimestampTzGetDatum(lapse_end(token));
	return true;
}

static StoreNarrow open_tokens = {
	.table = &open_token_table,
	.followed = &share_token_table,
	.key = {
		&open_token_table, "open_share_token_pkey", 3,
		{OPEN_TOKEN_CONNECTION_ID, OPEN_TOKEN_STATUS, OPEN_TOKEN_ID}, F_TEXTEQ
	},
	.insert = {&open_token_table, STORE_ALL_COLUMNS},
	.read = share_token_from_row,
	.row_size = sizeof(ShareToken),
	.derive = derive_open,
	.derive_sql = "SELECT c.id, c.connection_id, c.source_organization_id,"
	" c.destination_organization_id, c.status::pg_catalog.text, " LAPSE_END_SQL
	" FROM connect.share_token AS c WHERE " LAPSE_IS_OPEN_SQL
};

/* Makes the table known; called once, at load. */
void
open_token_init(void)
{
	store_narrow_register(&open_tokens);
}
