/*
 * rows.c
 *		Reading, inserting and updating one share token.
 */
#include "postgres.h"

#include "base/text.h"
#include "catalog/pg_type.h"
#include "connection/terms.h"
#include "share_token/lapse.h"
#include "share_token/rows.h"
#include "store/insert.h"
#include "store/label.h"
#include "store/update.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#define STORE_VALUE_STATE(datum) share_token_status(datum)

static const StoreColumn columns[] = {
	SHARE_TOKEN_COLUMNS(STORE_COLUMN_INFO, ShareToken)
};

StoreTable	share_token_table = STORE_TABLE("share_token", columns);

StoreKey	share_token_by_id = {
	&share_token_table, "share_token_pkey", 1, {TOKEN_ID}, F_TEXTEQ
};

/* The guard fills in all other columns. */
static StoreInsert insert_token = {
	&share_token_table,
	STORE_BIT(TOKEN_CONNECTION_ID) | STORE_BIT(TOKEN_SOURCE_ID) |
	STORE_BIT(TOKEN_KIND) | STORE_BIT(TOKEN_STATUS)
};

/*
 * This changes the row only if it still is in the state in which the change was
 * decided upon.
 */
static StoreUpdate update_token = {
	&share_token_by_id, TOKEN_STATUS,
	STORE_BIT(TOKEN_STATUS) | STORE_BIT(TOKEN_DESTINATION_ID) |
	STORE_BIT(TOKEN_FAILURE_REASON)
};

static StoreQuery find_of_kind = {
	"SELECT t.id FROM connect.share_token AS t"
	" WHERE t.kind OPERATOR(pg_catalog.=) $1 LIMIT 1",
	1, {TEXTOID}
};

/* Returns the state that a value of type connect.share_token_status names. */
int
share_token_status(Datum value)
{
	static StoreLabels labels = {share_token_states, TOKEN_STATES};

	return store_label_number(&labels, value);
}

/* Returns the label of a state, or NULL where there is no row. */
const char *
share_token_status_label(int status)
{
	return rules_state_label(&share_token_life, status);
}

/* Returns a state as a value of type connect.share_token_status. */
Datum
share_token_status_datum(int status)
{
	const char *label = share_token_status_label(status);
	Oid			type = get_atttype(store_relation_id(&share_token_table),
								   store_column(&share_token_table,
												TOKEN_STATUS));

	return DirectFunctionCall2(enum_in, CStringGetDatum(label),
							   ObjectIdGetDatum(type));
}

#define SAME_TEXT(a, b) text_same(a, b)
#define SAME_TIME(a, b) ((a) == (b))
#define SAME_STATE(a, b) ((a) == (b))
#define SAME_COLUMN(context, number, member, kind, null, name) \
	&& SAME_##kind(a->member, b->member)

/* Are two rows the same in all columns? */
bool
share_token_same(const ShareToken *a, const ShareToken *b)
{
	return true SHARE_TOKEN_COLUMNS(SAME_COLUMN, );
}

/* Copies a text into the current memory context. */
static text *
copy_text(const text *value)
{
	return value == NULL ? NULL :
		(text *) memcpy(palloc(VARSIZE_ANY(value)), value, VARSIZE_ANY(value));
}

#define COPY_TEXT(value) copy_text(value)
#define COPY_TIME(value) (value)
#define COPY_STATE(value) (value)
#define COPY_COLUMN(context, number, member, kind, null, name) \
	(context)->member = COPY_##kind(token->member);

/* Copies a row and what it points to into the current memory context. */
void
share_token_copy(ShareToken *copy, const ShareToken *token)
{
	SHARE_TOKEN_COLUMNS(COPY_COLUMN, copy)
}

/* Fills the struct from a row, as it was written; it points into the tuple. */
void
share_token_from_row(void *row, const StoreRow *from)
{
	ShareToken *token = row;

	SHARE_TOKEN_COLUMNS(STORE_COLUMN_READ, token)
}

/* The same, as the token is by the clock of what reads. */
void
share_token_from_row_by_now(void *row, const StoreRow *from)
{
	share_token_from_row(row, from);
	(void) lapse_apply(row, terms_reading_clock());
}

/*
 * Inserts a token, which the guard fills in, under a new snapshot; kind may be
 * NULL.  Returns false if a trigger has suppressed the row.
 */
bool
share_token_insert(const ShareTokenWrite *write, text *connection_id,
				   text *source_id, text *kind, ShareToken *result)
{
	StoreRow	row;
	StoreRow	stored;
	bool		inserted;

	memset(row.nulls, 0, sizeof(row.nulls));
	row.values[TOKEN_CONNECTION_ID] = PointerGetDatum(connection_id);
	row.values[TOKEN_SOURCE_ID] = PointerGetDatum(source_id);
	row.values[TOKEN_KIND] = PointerGetDatum(kind);
	row.nulls[TOKEN_KIND] = kind == NULL;
	row.values[TOKEN_STATUS] = share_token_status_datum(TOKEN_CREATED);
	store_push_snapshot();
	inserted = store_insert(&insert_token, &row, write, &stored);
	PopActiveSnapshot();
	if (inserted)
		share_token_from_row(result, &stored);
	return inserted;
}

/*
 * Takes a token that still is in its old state to another one.  Returns false
 * if it is not in that state any more, or if a trigger has suppressed the
 * change.  Raises 40001 in a REPEATABLE READ or SERIALIZABLE transaction if
 * another session has changed the row.
 */
bool
share_token_update(const ShareTokenWrite *write, const ShareToken *old,
				   int status, text *destination_id, const char *failure_reason,
				   ShareToken *result)
{
	StoreRow	row;
	StoreRow	stored;

	row.values[TOKEN_STATUS] = share_token_status_datum(status);
	row.nulls[TOKEN_STATUS] = false;
	row.values[TOKEN_DESTINATION_ID] = PointerGetDatum(destination_id);
	row.nulls[TOKEN_DESTINATION_ID] = destination_id == NULL;
	row.nulls[TOKEN_FAILURE_REASON] = failure_reason == NULL;
	if (failure_reason != NULL)
		row.values[TOKEN_FAILURE_REASON] = CStringGetTextDatum(failure_reason);
	if (!store_update(&update_token, PointerGetDatum(old->id),
					  share_token_status_datum(old->status), &row, write,
					  &stored))
		return false;
	share_token_from_row(result, &stored);
	return true;
}

/* Is there a token of this kind? */
bool
share_kind_has_tokens(text *kind)
{
	Datum		value = PointerGetDatum(kind);

	return store_query(&find_of_kind, &value, NULL).count > 0;
}
