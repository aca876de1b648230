/*
 * pair.h
 *		An ordered pair of organizations, as the gate keeps and marks it: how
 *		long its ids are, and its hash.
 */
#ifndef CONNECT_GATE_PAIR_H
#define CONNECT_GATE_PAIR_H

#include "base/typeid.h"
#include "base/text.h"
#include "connection/rows.h"

/* Can this be the id of an organization, as far as its length goes? */
static inline bool
pair_has_id_length(const text *id)
{
	return id != NULL && VARSIZE_ANY_EXHDR(id) >= 1 &&
		VARSIZE_ANY_EXHDR(id) <= ID_MAX_LENGTH;
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

/*
 * Begins the hash of a pair with its destination, which many pairs in turn have
 * in common.
 */
static inline uint64
pair_hash_destination(const text *destination)
{
	return hash_mix(0, VARDATA_ANY(destination),
					VARSIZE_ANY_EXHDR(destination));
}

/*
 * Ends it with the source.  The last bytes of an id, in which most ids differ,
 * reach the lower bits only when they are mixed once more, and these choose a
 * slot.
 */
static inline uint32
pair_hash_source(uint64 hash, const text *source)
{
	return (uint32) hash_word(hash_mix(hash, VARDATA_ANY(source),
									   VARSIZE_ANY_EXHDR(source)), 0);
}

#endif							/* CONNECT_GATE_PAIR_H */
