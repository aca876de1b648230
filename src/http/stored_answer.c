/*
 * stored_answer.c
 *		First answers to requests with an Idempotency-Key.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "http/stored_answer.h"
#include "store/statement.h"
#include "utils/builtins.h"

#define IDEMPOTENCY_COLUMNS(COLUMN, context) \
	COLUMN(context, IDEMPOTENCY_SHA256, sha256, BYTES, NOT_NULL, \
		   "request_sha256") \
	COLUMN(context, IDEMPOTENCY_STATUS, status, INTEGER, NOT_NULL, "status") \
	COLUMN(context, IDEMPOTENCY_HEADERS, headers, TEXT, NOT_NULL, "headers") \
	COLUMN(context, IDEMPOTENCY_BODY, body, TEXT, NOT_NULL, "body")

enum
{
	IDEMPOTENCY_COLUMNS(STORE_COLUMN_NUMBER, )
};

static const StoreColumn columns[] = {
	IDEMPOTENCY_COLUMNS(STORE_COLUMN_BARE, )
};

static StoreTable idempotency_table = STORE_TABLE("idempotency", columns);

static StoreQuery find_answer = {
	"SELECT i.request_sha256, i.status, i.headers, i.body"
	" FROM connect.idempotency AS i"
	" WHERE i.organization_id OPERATOR(pg_catalog.=) $1"
	" AND i.key OPERATOR(pg_catalog.=) $2",
	2, {TEXTOID, TEXTOID}, true
};

static StoreQuery insert_answer = {
	"INSERT INTO connect.idempotency (organization_id, key, request_sha256,"
	" status, headers, body)"
	" VALUES ($1, $2, $3, $4, $5, $6)",
	6, {TEXTOID, TEXTOID, BYTEAOID, INT4OID, TEXTOID, TEXTOID}, true
};

static StoreQuery prune_idempotency = {
	"DELETE FROM connect.idempotency AS i"
	" WHERE i.created_at OPERATOR(pg_catalog.<) (pg_catalog.now()"
	" OPERATOR(pg_catalog.-) $1)",
	1, {INTERVALOID}, true
};

/*
 * Reads the answer stored under a key, as of now and not of the statement's
 * snapshot, for the caller has just waited for its turn.
 */
bool
stored_answer_find(text *organization, text *key, StoredAnswer *answer)
{
	Datum		values[] = {PointerGetDatum(organization),
		PointerGetDatum(key)};
	StoreResult result;

	/* makes sure that its columns can be read */
	(void) store_relation_id(&idempotency_table);
	result = store_query(&find_answer, values, NULL);
	if (result.count == 0)
		return false;
	answer->request_sha256 =
		DatumGetByteaPP(result.rows[0].values[IDEMPOTENCY_SHA256]);
	answer->status = DatumGetInt32(result.rows[0].values[IDEMPOTENCY_STATUS]);
	answer->headers =
		TextDatumGetCString(result.rows[0].values[IDEMPOTENCY_HEADERS]);
	answer->body = TextDatumGetCString(result.rows[0].values[IDEMPOTENCY_BODY]);
	return true;
}

/* Stores the first answer under a key. */
void
stored_answer_insert(text *organization, text *key, const StoredAnswer *answer)
{
	Datum		values[] = {
		PointerGetDatum(organization),
		PointerGetDatum(key),
		PointerGetDatum(answer->request_sha256),
		Int32GetDatum(answer->status),
		CStringGetTextDatum(answer->headers),
		CStringGetTextDatum(answer->body)
	};

	store_query(&insert_answer, values, NULL);
}

/* Deletes stored answers older than this and returns how many. */
int64
stored_answer_prune(Interval *older_than)
{
	Datum		value = IntervalPGetDatum(older_than);

	return (int64) store_query(&prune_idempotency, &value, NULL).count;
}
