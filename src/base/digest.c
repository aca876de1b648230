/*
 * digest.c
 *		SHA-256 over values of rows: a message of fields, each as its length
 *		and its bytes, so that no two lists of fields make the same message.
 *
 * Lengths and times stand in network order, so that a message is the same on
 * every machine.
 */
#include "postgres.h"

#include "base/digest.h"
#include "common/cryptohash.h"
#include "common/sha2.h"
#include "port/pg_bswap.h"
#include "utils/timestamp.h"

/* The length of a field that is null. */
#define NULL_LENGTH 0xFFFFFFFF

/* Adds four bytes, which tell a field's length. */
static void
add_length(StringInfo message, uint32 len)
{
	uint32		bytes = pg_hton32(len);

	appendBinaryStringInfo(message, (const char *) &bytes, sizeof(bytes));
}

/* Adds a field of these bytes. */
void
digest_add_bytes(StringInfo message, const void *bytes, int len)
{
	add_length(message, len);
	appendBinaryStringInfo(message, bytes, len);
}

/* Adds a field that is null, which an empty one is not. */
void
digest_add_null(StringInfo message)
{
	add_length(message, NULL_LENGTH);
}

/* Adds a text or bytea; NULL for null. */
void
digest_add_varlena(StringInfo message, const void *value)
{
	if (value == NULL)
		digest_add_null(message);
	else
		digest_add_bytes(message, VARDATA_ANY(value),
						 VARSIZE_ANY_EXHDR(value));
}

/* Adds a time in microseconds since 2000; the time before all is null. */
void
digest_add_time(StringInfo message, int64 time)
{
	uint64		bytes = pg_hton64((uint64) time);

	if (time == DT_NOBEGIN)
		digest_add_null(message);
	else
		digest_add_bytes(message, &bytes, sizeof(bytes));
}

/* Returns the SHA-256 of a message in the current memory context. */
bytea *
digest_make(const StringInfoData *message)
{
	bytea	   *hash = palloc(VARHDRSZ + DIGEST_LENGTH);
	pg_cryptohash_ctx *ctx = pg_cryptohash_create(PG_SHA256);

	SET_VARSIZE(hash, VARHDRSZ + DIGEST_LENGTH);
	if (ctx == NULL || pg_cryptohash_init(ctx) < 0 ||
		pg_cryptohash_update(ctx, (const uint8 *) message->data,
							 message->len) < 0 ||
		pg_cryptohash_final(ctx, (uint8 *) VARDATA(hash), DIGEST_LENGTH) < 0)
		elog(ERROR, "could not compute SHA-256: %s", pg_cryptohash_error(ctx));
	pg_cryptohash_free(ctx);
	return hash;
}
