/*
 * typeid.h
 *		Identifiers: TypeIDs that ascend, and the pattern that every id obeys.
 */
#ifndef CONNECT_BASE_TYPEID_H
#define CONNECT_BASE_TYPEID_H

/*
 * Time is counted in the finest steps that fit: 12 bits hold the fraction of a
 * millisecond, which is method 3 of RFC 9562.
 */
#define TYPEID_TICK_BITS 12
#define TYPEID_RANDOM_BYTES 8
#define TYPEID_SUFFIX_LENGTH 26
/* The longest prefix that we use. */
#define TYPEID_PREFIX_LENGTH 4
/* prefix, underscore, suffix, terminator */
#define TYPEID_SIZE (TYPEID_PREFIX_LENGTH + 1 + TYPEID_SUFFIX_LENGTH + 1)

/* The most characters that any id may have. */
#define ID_MAX_LENGTH 64

/* The last identifier made, as the two halves of its 128 bits. */
typedef struct TypeIdClock
{
	uint64		high;
	uint64		low;
} TypeIdClock;

extern bool typeid_pattern_ok(const char *id, int len);
extern bool typeid_parse(const char *id, int len, TypeIdClock *clock);
extern void typeid_make(TypeIdClock *clock, const char *prefix, uint64 ticks,
						const uint8 *random, char *result);

#endif							/* CONNECT_BASE_TYPEID_H */
