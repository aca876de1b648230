/*
 * idempotency.c
 *		Answering a repeated request as the first time.
 *
 * Requests under one key of one organization take turns by an advisory lock to
 * the end of the transaction, so that the second finds what the first stored.
 */
#include "postgres.h"

#include "base/errors.h"
#include "common/cryptohash.h"
#include "common/hashfn.h"
#include "common/sha2.h"
#include "base/text.h"
#include "http/idempotency.h"
#include "http/stored_answer.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

/* How headers are written where an answer is stored. */
#define LOCATION "Location:"
#define ETAG "ETag:"
#define TRANSACTION "Connect-Transaction:"

/* Waits until no other request under this key is under way. */
static void
take_turn(const text *organization, const char *key)
{
	char	   *name = psprintf("connect:%s:%s",
								text_to_cstring(organization), key);
	uint64		hash = hash_bytes_extended((unsigned char *) name,
										   strlen(name), 0);

	DirectFunctionCall1(pg_advisory_xact_lock_int8,
						Int64GetDatum((int64) hash));
}

/* Adds a part to a hash, its length first: parts cannot run together. */
static bool
hash_part(pg_cryptohash_ctx *ctx, const char *data, uint32 len)
{
	return pg_cryptohash_update(ctx, (const uint8 *) &len, sizeof(len)) >= 0 &&
		pg_cryptohash_update(ctx, (const uint8 *) data, len) >= 0;
}

/*
 * Returns in which style a request wants its answer, empty for our own.  What
 * is stored is in the first request's.
 */
static char *
request_style(const HttpRequest *request)
{
	bool		closed = request->persona_version != NULL;

	if (!closed && request->style.inflection == INFLECTION_KEBAB)
		return "";
	return psprintf("%s %d", closed ? request->persona_version : "",
					request->style.inflection);
}

/*
 * Hashes method, path, query and body, and the style if it is not our own.  The
 * name of the operation's C function stands for the method and for the path
 * without the id; a stored hash that was made of another name would make a
 * repeated request look like another one.
 */
static bytea *
request_hash(const HttpRequest *request, const Operation *operation)
{
	pg_cryptohash_ctx *ctx = pg_cryptohash_create(PG_SHA256);
	bytea	   *hash = palloc(VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	const char *name = psprintf("connect_api_%s", operation->name);
	const char *id = request->id != NULL ? text_to_cstring(request->id) : "";
	const char *query = request->query != NULL ? request->query : "";
	const char *style = request_style(request);

	SET_VARSIZE(hash, VARHDRSZ + PG_SHA256_DIGEST_LENGTH);
	if (ctx == NULL || pg_cryptohash_init(ctx) < 0 ||
		!hash_part(ctx, name, strlen(name)) ||
		!hash_part(ctx, id, strlen(id)) ||
		!hash_part(ctx, query, strlen(query)) ||
		!hash_part(ctx, VARDATA_ANY(request->body),
				   VARSIZE_ANY_EXHDR(request->body)) ||
		(style[0] != '\0' && !hash_part(ctx, style, strlen(style))) ||
		pg_cryptohash_final(ctx, (uint8 *) VARDATA(hash),
							PG_SHA256_DIGEST_LENGTH) < 0)
		elog(ERROR, "could not compute SHA-256: %s", pg_cryptohash_error(ctx));
	pg_cryptohash_free(ctx);
	return hash;
}

/*
 * Returns the headers that an answer has of its own, a line each: its name, a
 * colon and the value.
 */
static char *
written_headers(const HttpResponse *response)
{
	StringInfoData lines;

	initStringInfo(&lines);
	if (response->location != NULL)
		appendStringInfo(&lines, LOCATION "%s\n", response->location);
	if (response->etag != NULL)
		appendStringInfo(&lines, ETAG "%s\n", response->etag);
	if (response->transaction != NULL)
		appendStringInfo(&lines, TRANSACTION "%s\n", response->transaction);
	return lines.data;
}

/* Reads one of these lines if it is the header of this name. */
static void
read_header(const char *line, const char *name, char **value)
{
	if (strncmp(line, name, strlen(name)) == 0)
		*value = pstrdup(line + strlen(name));
}

/* Reads them all.  Before 1.1.0 the whole was a location, or nothing. */
static void
read_headers(const char *lines, HttpResponse *response)
{
	char	   *rest = pstrdup(lines);
	char	   *line;

	if (lines[0] == '/')
	{
		response->location = rest;
		return;
	}
	while ((line = strsep(&rest, "\n")) != NULL)
	{
		read_header(line, LOCATION, &response->location);
		read_header(line, ETAG, &response->etag);
		read_header(line, TRANSACTION, &response->transaction);
	}
}

/*
 * Waits for its turn and returns the stored answer, false if this is the first
 * request under its key.  Raises idempotency_key_reused if that was another.
 */
bool
idempotency_replay(const HttpRequest *request, const Operation *operation,
				   text *organization, HttpResponse *response)
{
	StoredAnswer answer;
	text	   *key = cstring_to_text(request->idempotency_key);

	take_turn(organization, request->idempotency_key);
	if (!stored_answer_find(organization, key, &answer))
		return false;
	if (!text_equal(answer.request_sha256, request_hash(request, operation)))
		ereport(ERROR,
				(connect_error(ERROR_KEY_REUSED),
				 blame_header("Idempotency-Key"),
				 errdetail("Method, path, query, body, Key-Inflection and "
						   "Persona-Version must be those of the first request "
						   "under this key.")));
	response->status = answer.status;
	response->body = answer.body;
	read_headers(answer.headers, response);
	response->replayed = true;
	return true;
}

/* Stores the first answer under a key, in the transaction that it speaks of. */
void
idempotency_remember(const HttpRequest *request, const Operation *operation,
					 text *organization, const HttpResponse *response)
{
	StoredAnswer answer = {
		.request_sha256 = request_hash(request, operation),
		.status = response->status,
		.headers = written_headers(response),
		.body = response->body
	};
	text	   *key = cstring_to_text(request->idempotency_key);

	stored_answer_insert(organization, key, &answer);
}
