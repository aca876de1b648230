/*
 * random.c
 *		Strong randomness, fetched in bulk, and what is made of it: the ids
 *		of new rows and the secrets of API keys.
 */
#include "postgres.h"

#include <time.h>

#include "base/digest.h"
#include "base/random.h"
#include "base/text.h"
#include "base/typeid.h"
#include "common/base64.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#define POOL_SIZE 4096
#define SECRET_BYTES 32

/*
 * Takes bytes from a pool that this backend keeps, because asking the kernel
 * for each id would take a twentieth of the time of a create.  Bytes are wiped
 * as they are handed out, and a process that was forked fills the pool anew.
 */
void
random_bytes(uint8 *dst, int len)
{
	static uint8 pool[POOL_SIZE];
	static int	used = POOL_SIZE;
	static int	pool_pid = 0;

	if (used + len > POOL_SIZE || pool_pid != MyProcPid)
	{
		if (!pg_strong_random(pool, POOL_SIZE))
			ereport(ERROR,
					(errcode(ERRCODE_INTERNAL_ERROR),
					 errmsg("could not generate random values")));
		used = 0;
		pool_pid = MyProcPid;
	}
	memcpy(dst, pool + used, len);
	explicit_bzero(pool + used, len);
	used += len;
}

/* Writes the next id of a clock, by the present time if that is later. */
static void
make_typeid(TypeIdClock *clock, const char *prefix, char *id)
{
	uint8		random[TYPEID_RANDOM_BYTES];
	struct timespec now;
	uint64		ticks;

	clock_gettime(CLOCK_REALTIME, &now);
	ticks = ((uint64) now.tv_sec * 1000 + now.tv_nsec / 1000000) <<
		TYPEID_TICK_BITS;
	ticks += ((uint64) (now.tv_nsec % 1000000) << TYPEID_TICK_BITS) / 1000000;
	random_bytes(random, sizeof(random));
	typeid_make(clock, prefix, ticks, random, id);
}

/*
 * Makes a new id in the current memory context.  Those of one backend ascend
 * strictly; those of several ascend with time, to a quarter of a microsecond.
 */
text *
random_typeid(const char *prefix)
{
	static TypeIdClock clock;
	char		id[TYPEID_SIZE];

	make_typeid(&clock, prefix, id);
	return cstring_to_text(id);
}

/*
 * The same, and above a given id as well, whatever the clock says: just behind
 * it, if it is a TypeID of a time to come.  One of another form, which somebody
 * has imported, gets a suffix that goes on.
 */
text *
random_typeid_above(const char *prefix, const text *last)
{
	text	   *id = random_typeid(prefix);
	const char *old = VARDATA_ANY(last);
	int			len = VARSIZE_ANY_EXHDR(last);
	TypeIdClock clock = {0};
	char		next[TYPEID_SIZE];
	StringInfoData result;

	if (text_compare(id, last) > 0)
		return id;
	initStringInfo(&result);
	if (typeid_parse(old, len, &clock))
		appendBinaryStringInfo(&result, old, len - TYPEID_SUFFIX_LENGTH);
	else
		appendStringInfo(&result, "%.*s_", len, old);
	make_typeid(&clock, prefix, next);
	appendStringInfoString(&result, next + strlen(prefix) + 1);
	id = cstring_to_text_with_len(result.data, result.len);
	if (text_compare(id, last) <= 0)
		elog(ERROR, "no id can follow \"%s\"", text_excerpt(last));
	return id;
}

/* Makes the secret of a new API key in the current memory context. */
char *
random_secret(void)
{
	uint8		bytes[SECRET_BYTES];
	char	   *secret = palloc0(SECRET_LENGTH + 2);
	char	   *encoded = secret + sizeof(SECRET_PREFIX) - 1;

	random_bytes(bytes, sizeof(bytes));
	memcpy(secret, SECRET_PREFIX, sizeof(SECRET_PREFIX) - 1);
	/*
	 * 32 bytes make 43 digits and one '='.  The cast is to a void pointer
	 * because PostgreSQL 18 takes uint8 where earlier majors take char.
	 */
	if (pg_b64_encode((const void *) bytes, SECRET_BYTES, encoded,
					  pg_b64_enc_len(SECRET_BYTES)) < 0)
		elog(ERROR, "could not encode a secret");
	for (char *c = encoded; *c != '\0'; c++)
	{
		if (*c == '+')
			*c = '-';
		else if (*c == '/')
			*c = '_';
		else if (*c == '=')
			*c = '\0';
	}
	explicit_bzero(bytes, sizeof(bytes));
	return secret;
}

/* Computes the SHA-256 under which a secret is stored. */
void
secret_hash(const char *secret, int len, uint8 *hash)
{
	digest_bytes(secret, len, hash);
}
