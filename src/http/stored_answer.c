/*
 * stored_answer.c
 *		First answers to requests with an Idempotency-Key.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "store/store.h"
#include "utils/builtins.h"

static StoreQuery find_answer = {
	"SELECT i.request_sha256, i.status, i.headers, i.body"
	" FROM connect.idempotency AS i"
	" WHERE i.organization_id OPERATOR(pg_catalog.=) $1"
	" AND i.key OPERATOR(pg_catalog.=) $2",
	2, {TEXTOID, TEXTOID}, true
};

static StoreQuery insert_answer = {
	"INSERT INTO connect.idempotency"
	" (organization_id, key, request_sha256, status, headers, body)"
	" VALUES ($1, $2, $3, $4, $5, $6)",
	6, {TEXTOID, TEXTOID, BYTEAOID, INT4OID, TEXTOID, TEXTOID}, true
};

/*
 * Reads the answer stored under a key, as of now and not of the statement's
 * snapshot, for the caller has just waited for its turn.
 */
bool
store_find_answer(text *organization, text *key, StoredAnswer *answer)
{
	Datum		values[] = {
		PointerGetDatum(organization),
		PointerGetDatum(key)
	};
	StoreResult result;

	/* makes sure that its columns can be read */
	(void) store_relation_id(STORE_IDEMPOTENCY);
	result = store_query(&find_answer, values, NULL);
	if (result.count == 0)
		return false;
	answer->request_sha256 = DatumGetByteaPP(result.rows[0].values[0]);
	answer->status = DatumGetInt32(result.rows[0].values[1]);
	answer->location = TextDatumGetCString(result.rows[0].values[2]);
	answer->body = TextDatumGetCString(result.rows[0].values[3]);
	return true;
}

/* Stores the first answer under a key. */
void
store_insert_answer(text *organization, text *key, const StoredAnswer *answer)
{
	Datum		values[] = {
		PointerGetDatum(organization),
		PointerGetDatum(key),
		PointerGetDatum(answer->request_sha256),
		Int32GetDatum(answer->status),
		CStringGetTextDatum(answer->location),
		CStringGetTextDatum(answer->body)
	};

	store_query(&insert_answer, values, NULL);
}
