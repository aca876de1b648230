/*
 * pair.h
 *		An ordered pair of organizations, as the gate keeps and marks it.
 */
#ifndef CONNECT_GATE_PAIR_H
#define CONNECT_GATE_PAIR_H

#include "base/typeid.h"
#include "base/text.h"
#include "connection/rows.h"

/* The most bytes that a pair can have. */
#define PAIR_SIZE (2 + 2 * ID_MAX_LENGTH)

/*
 * A pair as bytes, so that two are equal if their bytes are: the lengths of the
 * two ids, a byte each, and the ids, the source's first.
 */
typedef struct Pair
{
	uint8		source_len;
	uint8		destination_len;
	char		ids[FLEXIBLE_ARRAY_MEMBER];
} Pair;

/* Room for any pair. */
typedef union PairBuffer
{
	Pair		pair;
	char		bytes[PAIR_SIZE];
} PairBuffer;

/* Can this be the id of an organization, as far as its length goes? */
static inline bool
pair_has_id_length(const text *id)
{
	return id != NULL && VARSIZE_ANY_EXHDR(id) >= 1 &&
		VARSIZE_ANY_EXHDR(id) <= ID_MAX_LENGTH;
}

/* Makes the pair of two ids, neither of which is longer than an id may be. */
static inline const Pair *
pair_make(PairBuffer *buffer, const text *source, const text *destination)
{
	Pair	   *pair = &buffer->pair;

	pair->source_len = VARSIZE_ANY_EXHDR(source);
	pair->destination_len = VARSIZE_ANY_EXHDR(destination);
	memcpy(pair->ids, VARDATA_ANY(source), pair->source_len);
	memcpy(pair->ids + pair->source_len, VARDATA_ANY(destination),
		   pair->destination_len);
	return pair;
}

static inline int
pair_size(const Pair *pair)
{
	return offsetof(Pair, ids) + pair->source_len + pair->destination_len;
}

static inline bool
pair_equal(const Pair *a, const Pair *b)
{
	return a->source_len == b->source_len &&
		a->destination_len == b->destination_len &&
		memcmp(a->ids, b->ids, a->source_len + a->destination_len) == 0;
}

/* Mixes a word into a hash. */
static inline uint64
hash_word(uint64 hash, uint64 word)
{
	hash = (hash ^ word) * UINT64CONST(0x9E3779B97F4A7C15);
	return hash ^ (hash >> 32);
}

/*
 * Mixes bytes into a hash, eight at a time.  This runs once per row and ids are
 * short, so it must do little: the last eight may overlap those before.
 */
static inline uint64
hash_mix(uint64 hash, const char *data, int len)
{
	uint64		word = 0;

	hash = hash_word(hash, len);
	if (len < (int) sizeof(word))
	{
		for (int i = 0; i < len; i++)
			word = (word << 8) | (unsigned char) data[i];
		return hash_word(hash, word);
	}
	for (int i = 0; i < len - (int) sizeof(word); i += sizeof(word))
	{
		memcpy(&word, data + i, sizeof(word));
		hash = hash_word(hash, word);
	}
	memcpy(&word, data + len - sizeof(word), sizeof(word));
	return hash_word(hash, word);
}

static inline uint32
pair_hash(const Pair *pair)
{
	return (uint32) hash_mix(hash_mix(0, pair->ids, pair->source_len),
							 pair->ids + pair->source_len,
							 pair->destination_len);
}

#endif							/* CONNECT_GATE_PAIR_H */
