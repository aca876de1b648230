/*
 * pair_table.h
 *		The hash table of pairs, for pair_memo.c only.
 */
#ifndef CONNECT_GATE_PAIR_TABLE_H
#define CONNECT_GATE_PAIR_TABLE_H

#include "gate/pair.h"

/*
 * What is known of a pair; connection is CONNECTION_NONE where there is none.
 * It is kept small, for work_mem bounds how many there are.
 */
typedef struct PairEntry
{
	const Pair *pair;
	uint64		tag;			/* which snapshots see this: see pair_tags.c */
	TimestampTz ends;			/* when it ends by itself, or TERM_NEVER */
	uint32		hash;
	uint32		look;			/* the last look known to see this */
	uint16		scopes;			/* the number of a list, plus one; 0 for none */
	uint8		connection;
	char		status;			/* simplehash's own */
} PairEntry;

#define SH_PREFIX pairs
#define SH_ELEMENT_TYPE PairEntry
#define SH_KEY_TYPE const Pair *
#define SH_KEY pair
#define SH_HASH_KEY(table, key) pair_hash(key)
#define SH_EQUAL(table, a, b) pair_equal(a, b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) entry->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

#endif							/* CONNECT_GATE_PAIR_TABLE_H */
