/*
 * typeid.c
 *		Identifiers: TypeIDs (a UUIDv7 in Crockford base32 behind a prefix),
 *		and the pattern that every id obeys, whoever made it.
 *
 * This needs no backend: the caller brings time and randomness.
 */
#include "postgres.h"

#include "base/typeid.h"

#define UUID_VERSION_7 (UINT64CONST(0x7) << 12)
#define UUID_VARIANT (UINT64CONST(0x2) << 62)
#define TICK_MASK ((UINT64CONST(1) << TYPEID_TICK_BITS) - 1)
/* The 62 random bits below the variant. */
#define LOW_MASK ((UINT64CONST(1) << 62) - 1)

/* Does this text match ^[A-Za-z0-9_-]{1,64}$, byte for byte? */
bool
typeid_pattern_ok(const char *id, int len)
{
	if (len < 1 || len > ID_MAX_LENGTH)
		return false;
	for (int i = 0; i < len; i++)
	{
		char		c = id[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			  (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return true;
}

static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

/*
 * Writes 128 bits as 26 base32 digits, of which the first holds only three
 * bits.
 */
static void
encode_suffix(uint64 high, uint64 low, char *dst)
{
	for (int i = TYPEID_SUFFIX_LENGTH - 1; i >= 0; i--)
	{
		dst[i] = digits[low & 31];
		low = (low >> 5) | (high << 59);
		high >>= 5;
	}
}

/*
 * Reads an identifier back into a clock, which then goes on behind it.  Returns
 * false for what typeid_make() would not have made; the prefix may be any.
 */
bool
typeid_parse(const char *id, int len, TypeIdClock *clock)
{
	const char *suffix = id + len - TYPEID_SUFFIX_LENGTH;

	if (len <= TYPEID_SUFFIX_LENGTH || suffix[-1] != '_' || suffix[0] > '7')
		return false;
	clock->high = clock->low = 0;
	for (int i = 0; i < TYPEID_SUFFIX_LENGTH; i++)
	{
		const char *digit = memchr(digits, suffix[i], sizeof(digits) - 1);

		if (digit == NULL)
			return false;
		clock->high = clock->high << 5 | clock->low >> 59;
		clock->low = clock->low << 5 | (digit - digits);
	}
	return (clock->high & UINT64CONST(0xF000)) == UUID_VERSION_7 &&
		(clock->low & ~LOW_MASK) == UUID_VARIANT;
}

/*
 * Makes the next identifier of a clock: greater, as text, than every one that
 * this clock made before, even within one tick or when time goes back.
 *
 * ticks is the time since 1970 in milliseconds << TYPEID_TICK_BITS.  prefix has
 * at most TYPEID_PREFIX_LENGTH letters, and random
 * has TYPEID_RANDOM_BYTES bytes; result must have room for TYPEID_SIZE.
 */
void
typeid_make(TypeIdClock *clock, const char *prefix, uint64 ticks,
			const uint8 *random, char *result)
{
	uint64		last =
		(clock->high >> 16) << TYPEID_TICK_BITS | (clock->high & TICK_MASK);

	if (ticks > last)
	{
		uint64		low = 0;

		clock->high = (ticks >> TYPEID_TICK_BITS) << 16 | UUID_VERSION_7 |
			(ticks & TICK_MASK);
		for (int i = 0; i < TYPEID_RANDOM_BYTES; i++)
			low = low << 8 | random[i];
		clock->low = UUID_VARIANT | (low & LOW_MASK);
	}
	else
	{
		/*
		 * This tick is not later than that of the last id.  So the next id is
		 * the last one plus a random number of 32 bits, so that nobody can
		 * guess it, with a carry into the upper half.
		 */
		uint64		step = 1 + (((uint64) random[0] << 24) | (random[1] << 16) |
								(random[2] << 8) | random[3]);
		uint64		low = (clock->low & LOW_MASK) + step;

		if (low > LOW_MASK)
		{
			last++;
			clock->high = (last >> TYPEID_TICK_BITS) << 16 | UUID_VERSION_7 |
				(last & TICK_MASK);
		}
		clock->low = UUID_VARIANT | (low & LOW_MASK);
	}

	while (*prefix != '\0')
		*result++ = *prefix++;
	*result++ = '_';
	encode_suffix(clock->high, clock->low, result);
	result[TYPEID_SUFFIX_LENGTH] = '\0';
}
