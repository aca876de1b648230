/*
 * pair_table.h
 *		The hash table of pairs, for pair_memo.c only.
 *
 * A scan asks it once for each row, in no order, and what that costs is the
 * waiting for memory.  So a slot has no more than a hash and a place, and an
 * entry no more than what decides most questions.  What is seldom needed stands
 * at the other end of the entry's block.
 */
#ifndef CONNECT_GATE_PAIR_TABLE_H
#define CONNECT_GATE_PAIR_TABLE_H

#include "gate/pair.h"
#include "utils/memutils.h"

/* Entries come in blocks of so many bytes, and stand at multiples of a word. */
#define PAIR_BLOCK_SIZE 16384
#define PAIR_WORD 4
#define PAIR_BLOCK_WORDS (PAIR_BLOCK_SIZE / PAIR_WORD)

/* A table of this size takes no more, so that its slots are one piece. */
#define PAIR_TABLE_MAX_SIZE (MaxAllocSize / 2)

/*
 * What is known of a pair; connection is CONNECTION_NONE where there is none.
 * Destinations have numbers.  What stands for a destination itself is an entry
 * too: its destination is 0, its source the id, and its scopes the number.
 */
typedef struct PairEntry
{
	uint32		look;			/* the last look known to see this */
	uint16		destination;
	uint16		scopes;			/* the number of a list, plus one; 0 for none */
	uint16		rest;			/* how many words further its PairRest is */
	uint8		connection:6;
	uint8		has_end:1;		/* may it end by itself? */
	uint8		asked:1;		/* has somebody asked for it? */
	uint8		source_len;
	char		source[FLEXIBLE_ARRAY_MEMBER];
} PairEntry;

/* What is known besides. */
typedef struct PairRest
{
	uint64		tag;			/* which snapshots see this: see pair_tags.c */
	TimestampTz ends;			/* when it ends by itself, or TERM_NEVER */
} PairRest;

typedef struct PairSlot
{
	uint32		hash;
	uint32		place;			/* of the entry; 0 for none */
} PairSlot;

typedef struct PairTable
{
	MemoryContext context;
	PairSlot   *slots;
	uint32		mask;			/* the number of slots, a power of 2, minus 1 */
	uint32		members;
	uint32		asked;			/* those of them that somebody asked for */
	char	  **blocks;
	uint32		nblocks;
	uint32		blocks_room;
	uint32		head;			/* where the last block is free, in words */
	uint32		tail;
} PairTable;

extern PairTable *pair_table_create(MemoryContext context);
extern PairEntry *pair_table_add(PairTable *table, int destination,
								 const char *source, int source_len,
								 uint32 hash);
extern PairTable *pair_table_copy_asked(const PairTable *table,
										MemoryContext context, uint32 look);
extern Size pair_table_growth(const PairTable *table);

/* Returns the entry at a place. */
static inline PairEntry *
pair_table_entry(const PairTable *table, uint32 place)
{
	return (PairEntry *) (table->blocks[place / PAIR_BLOCK_WORDS] +
						  place % PAIR_BLOCK_WORDS * PAIR_WORD);
}

/* Returns what is known of an entry besides. */
static inline PairRest *
pair_table_rest(PairEntry *entry)
{
	return (PairRest *) ((char *) entry + entry->rest * PAIR_WORD);
}

/* Returns the entry of a pair, or NULL. */
static inline PairEntry *
pair_table_find(const PairTable *table, int destination, const char *source,
				int source_len, uint32 hash)
{
	for (uint32 i = hash & table->mask; table->slots[i].place != 0;
		 i = (i + 1) & table->mask)
	{
		PairEntry  *entry;

		if (table->slots[i].hash != hash)
			continue;
		entry = pair_table_entry(table, table->slots[i].place);
		if (entry->destination == destination &&
			entry->source_len == source_len &&
			memcmp(entry->source, source, source_len) == 0)
			return entry;
	}
	return NULL;
}

/* Notes that somebody has asked for an entry. */
static inline void
pair_table_note_asked(PairTable *table, PairEntry *entry)
{
	if (entry->asked)
		return;
	entry->asked = true;
	table->asked++;
}

#endif							/* CONNECT_GATE_PAIR_TABLE_H */
