/*
 * pair_table.c
 *		The hash table of pairs.
 *
 * Whatever needs memory is done before anything is changed, so that a table
 * stays as it was if there is none.
 */
#include "postgres.h"

#include "gate/pair_table.h"
#include "gate/pair_tags.h"

#define FIRST_SLOTS 64
#define FIRST_BLOCKS 8

/* How many words an entry takes with a source of this length. */
#define ENTRY_WORDS(source_len) \
	((offsetof(PairEntry, source) + (source_len) + PAIR_WORD - 1) / PAIR_WORD)
#define REST_WORDS (sizeof(PairRest) / PAIR_WORD)

StaticAssertDecl(PAIR_BLOCK_WORDS <= PG_UINT16_MAX,
				 "an entry must reach its rest");

/* Makes an empty table, which lives in this context. */
PairTable *
pair_table_create(MemoryContext context)
{
	PairTable  *table = MemoryContextAllocZero(context, sizeof(PairTable));

	table->context = context;
	table->slots = MemoryContextAllocZero(context,
										  sizeof(PairSlot) * FIRST_SLOTS);
	table->mask = FIRST_SLOTS - 1;
	table->blocks_room = FIRST_BLOCKS;
	table->blocks = MemoryContextAlloc(context, sizeof(char *) * FIRST_BLOCKS);
	return table;
}

/* Is a quarter of the slots free, or less? */
static bool
slots_are_full(const PairTable *table)
{
	return table->members >= table->mask - table->mask / 4;
}

/* Returns how many bytes it takes to add one more entry, but for its block. */
Size
pair_table_growth(const PairTable *table)
{
	return slots_are_full(table) ?
		sizeof(PairSlot) * 2 * ((Size) table->mask + 1) : 0;
}

/* Puts a place into the first free slot for its hash. */
static void
fill_slot(PairSlot *slots, uint32 mask, uint32 hash, uint32 place)
{
	uint32		i = hash & mask;

	while (slots[i].place != 0)
		i = (i + 1) & mask;
	slots[i].hash = hash;
	slots[i].place = place;
}

/* Doubles the slots. */
static void
grow_slots(PairTable *table)
{
	uint32		mask = table->mask * 2 + 1;
	PairSlot   *slots =
		MemoryContextAllocZero(table->context,
							   sizeof(PairSlot) * ((Size) mask + 1));

	for (uint32 i = 0; i <= table->mask; i++)
	{
		if (table->slots[i].place != 0)
			fill_slot(slots, mask, table->slots[i].hash,
					  table->slots[i].place);
	}
	pfree(table->slots);
	table->slots = slots;
	table->mask = mask;
}

/* Takes another block. */
static void
add_block(PairTable *table)
{
	if (table->nblocks == table->blocks_room)
	{
		table->blocks = repalloc(table->blocks,
								 sizeof(char *) * table->blocks_room * 2);
		table->blocks_room *= 2;
	}
	table->blocks[table->nblocks] = MemoryContextAlloc(table->context,
													   PAIR_BLOCK_SIZE);
	table->nblocks++;
	table->head = 1;			/* no place is 0 */
	table->tail = PAIR_BLOCK_WORDS;
}

/*
 * Adds an entry for a pair that has none.  All but the pair is for the caller
 * to fill in.
 */
PairEntry *
pair_table_add(PairTable *table, int destination, const char *source,
			   int source_len, uint32 hash)
{
	uint32		words = ENTRY_WORDS(source_len);
	PairEntry  *entry;
	uint32		place;

	if (slots_are_full(table))
		grow_slots(table);
	if (table->nblocks == 0 || table->tail - table->head < words + REST_WORDS)
		add_block(table);

	table->tail -= REST_WORDS;
	place = (table->nblocks - 1) * PAIR_BLOCK_WORDS + table->head;
	entry = pair_table_entry(table, place);
	entry->rest = table->tail - table->head;
	table->head += words;
	entry->destination = destination;
	entry->asked = false;
	entry->source_len = source_len;
	memcpy(entry->source, source, source_len);
	fill_slot(table->slots, table->mask, hash, place);
	table->members++;
	return entry;
}

/* May a snapshot still find an entry right, now or later? */
static bool
is_worth_keeping(PairEntry *entry, uint32 look)
{
	return entry->asked &&
		(entry->destination == 0 || entry->look == look ||
		 pair_table_rest(entry)->tag != PAIR_TAG_NONE);
}

/*
 * Makes a table in another context, of those entries that somebody asked for
 * and that a snapshot may still find right: the one of this look, or a later
 * one by their tags.
 */
PairTable *
pair_table_copy_asked(const PairTable *table, MemoryContext context,
					  uint32 look)
{
	PairTable  *copy = pair_table_create(context);

	for (uint32 i = 0; i <= table->mask; i++)
	{
		uint32		place = table->slots[i].place;
		PairEntry  *from = place == 0 ? NULL : pair_table_entry(table, place);
		PairEntry  *to;
		uint16		rest;

		if (from == NULL || !is_worth_keeping(from, look))
			continue;
		to = pair_table_add(copy, from->destination, from->source,
							from->source_len, table->slots[i].hash);
		rest = to->rest;
		memcpy(to, from, offsetof(PairEntry, source));
		to->rest = rest;
		*pair_table_rest(to) = *pair_table_rest(from);
		copy->asked++;
	}
	return copy;
}
