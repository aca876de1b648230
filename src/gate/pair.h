/*
 * pair.h
 *		An ordered pair of organizations, as the gate keeps and marks it.
 */
#ifndef CONNECT_GATE_PAIR_H
#define CONNECT_GATE_PAIR_H

#include "base/typeid.h"
#include "base/text.h"
#include "connection/rows.h"

/* The ids are not copied: they point to where the caller has them. */
typedef struct Pair
{
	const char *source;
	const char *destination;
	uint16		source_len;
	uint16		destination_len;
} Pair;

/* Is this as long as the id of an organization may be? */
static inline bool
pair_has_id_length(const text *id)
{
	return id != NULL && VARSIZE_ANY_EXHDR(id) >= 1 &&
		VARSIZE_ANY_EXHDR(id) <= ID_MAX_LENGTH;
}

static inline Pair
pair_make(const text *source, const text *destination)
{
	Pair		pair = {
		.source = VARDATA_ANY(source),
		.destination = VARDATA_ANY(destination),
		.source_len = VARSIZE_ANY_EXHDR(source),
		.destination_len = VARSIZE_ANY_EXHDR(destination)
	};

	return pair;
}

static inline bool
pair_equal(const Pair *a, const Pair *b)
{
	return a->source_len == b->source_len &&
		a->destination_len == b->destination_len &&
		memcmp(a->source, b->source, a->source_len) == 0 &&
		memcmp(a->destination, b->destination, a->destination_len) == 0;
}

/*
 * Mixes bytes into a hash, eight at a time.  This runs once per row and ids are
 * short, so it must do little.
 */
static inline uint64
hash_mix(uint64 hash, const char *data, int len)
{
	uint64		word;

	for (; len >= (int) sizeof(word); len -= sizeof(word), data += sizeof(word))
	{
		memcpy(&word, data, sizeof(word));
		hash = (hash ^ word) * UINT64CONST(0x9E3779B97F4A7C15);
		hash ^= hash >> 32;
	}
	word = len;
	for (int i = 0; i < len; i++)
		word = (word << 8) | (unsigned char) data[i];
	hash = (hash ^ word) * UINT64CONST(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 32);
}

static inline uint32
pair_hash(const Pair *pair)
{
	return (uint32) hash_mix(hash_mix(0, pair->source, pair->source_len),
							 pair->destination, pair->destination_len);
}

#endif							/* CONNECT_GATE_PAIR_H */
