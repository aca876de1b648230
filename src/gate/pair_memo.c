/*
 * pair_memo.c
 *		Remembers, in each backend, what the gate found of pairs of
 *		organizations.
 *
 * A statement that meets many sources would still search the index once for
 * each of them.  So misses are counted for the destination that was asked for
 * last.  After FIRST_LOAD misses its Connections are read in bulk, in the order
 * of their ids, at most LOAD_FACTOR rows for each miss so far.  Each time that
 * the misses have doubled, this goes on where it ended.  So what is read in
 * vain never costs more than a constant times the searches that were made
 * anyway.  It may fill half of the room.  Where that leaves too little for what
 * is asked for, all is forgotten, and only what is asked for is kept.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/snapshot_key.h"
#include "base/typeid.h"
#include "gate/pair.h"
#include "gate/pair_memo.h"
#include "gate/pair_table.h"
#include "gate/pair_tags.h"
#include "miscadmin.h"
#include "gate/rows.h"
#include "gate/scope_lists.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#define FIRST_LOAD 32
#define LOAD_FACTOR 8

/* A memo of this size still takes pairs that have no Connection. */
#define MAX_NONE 4096

/* Memory is taken in pieces of so many bytes. */
#define BLOCK_SIZE 8192

/* All that is remembered.  Without tags, it was found under one snapshot. */
typedef struct Memo
{
	uint64		key;			/* of the snapshot */
	uint64		horizon;		/* the snapshot's, for tags */
	uint32		look;			/* a number for that key, never 0 */
	MemoryContext context;		/* holds all of it */
	pairs_hash *pairs;
	char	   *block;			/* where the next pair goes */
	int			block_left;
	bool		distrusted;		/* to be emptied before it is asked again */
	bool		loaded;			/* are there pairs that nobody asked for? */
	bool		only_asked;		/* what was read in advance left no room */
	ScopeLists *lists;

	/*
	 * The destination asked for last, and how far its Connections have been
	 * read.
	 */
	char		destination[ID_MAX_LENGTH];
	int			destination_len;
	TimestampTz statement;
	int			misses;			/* in that statement */
	int			next_load;		/* misses at which to read on */
	char		loaded_to[ID_MAX_LENGTH];	/* id of the last Connection read */
	int			loaded_to_len;	/* 0 before the first */
	bool		from_first;		/* the reading began at the first one under this
								 * snapshot */
	bool		complete;		/* all were read: a pair that is not in pairs
								 * has no Connection */
} Memo;

static Memo memo;

/* Judges a pair by its entry. */
static inline Access
judge_entry(const PairEntry *entry, const text *scope, TimestampTz *ends)
{
	*ends = entry->ends;
	return access_judge(entry->connection, entry->ends,
						entry->connection == CONNECTION_ACTIVE &&
						scope_lists_grant(memo.lists, entry->scopes,
										  scope));
}

/* May the memo grow?  As far as a hash table may, doubling included. */
static bool
memo_has_room(void)
{
	Size		used = MemoryContextMemAllocated(memo.context, false);
	Size		limit = get_hash_memory_limit();

	if (memo.pairs->members >= memo.pairs->grow_threshold)
		used += memo.pairs->size * 2 * sizeof(PairEntry);
	return used < limit;
}

/* May pairs be read in advance?  They may take half of the room. */
static bool
memo_has_room_to_load(void)
{
	return !memo.only_asked && memo_has_room() &&
		MemoryContextMemAllocated(memo.context, false) <
		get_hash_memory_limit() / 2;
}

/* Forgets everything. */
static void
memo_empty(void)
{
	if (memo.context == NULL)
		memo.context = AllocSetContextCreate(TopMemoryContext, "connect gate",
											 ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(memo.context);
	memo.block_left = 0;
	memo.destination_len = 0;
	memo.loaded_to_len = 0;
	memo.complete = false;
	memo.from_first = false;
	memo.loaded = false;
	memo.only_asked = false;
	memo.distrusted = false;
	memo.pairs = NULL;			/* in case of an error below */
	memo.lists = scope_lists_create(memo.context);
	memo.pairs = pairs_create(memo.context, 64, NULL);
}

/*
 * An enum has changed, so that the numbers kept for statuses may be wrong, here
 * and wherever something is kept under a snapshot's key.
 */
static void
distrust_memo(Datum arg, int cacheid, uint32 hash)
{
	memo.distrusted = true;
	snapshot_key_expire_all();
}

/* Asks to be told of changed enums; called once, at load. */
void
pair_memo_init(void)
{
	CacheRegisterSyscacheCallback(ENUMOID, distrust_memo, (Datum) 0);
}

/*
 * Makes the memo ready for the active snapshot.  If that is another one than
 * before, entries count only if their tags still do; without tags the memo is
 * emptied.
 */
static void
memo_refresh(void)
{
	uint64		key = snapshot_key_current();

	if (memo.key == key && !memo.distrusted && memo.pairs != NULL)
		return;
	memo.key = SNAPSHOT_KEY_NONE;	/* in case of an error below */
	memo.misses = 0;
	memo.next_load = FIRST_LOAD;
	memo.from_first = false;
	memo.complete = false;
	if (memo.pairs == NULL || !pair_tags_enabled() || memo.distrusted ||
		memo.look == PG_UINT32_MAX || !memo_has_room())
		memo_empty();
	/* numbers start anew where no entry has one */
	memo.look = memo.pairs->members == 0 ? 1 : memo.look + 1;
	memo.horizon = pair_tags_horizon();
	memo.key = key;
}

/*
 * Returns what is known of a pair for the active snapshot, or NULL.  Whether
 * its term has passed meanwhile, the clock tells each time that it is judged.
 */
static inline PairEntry *
memo_find(const Pair *pair, uint32 hash)
{
	PairEntry  *entry = pairs_lookup_hash(memo.pairs, pair, hash);

	if (entry == NULL || entry->look == memo.look)
		return entry;
	if (entry->tag == PAIR_TAG_NONE ||
		entry->tag != pair_tag_to_use(hash, memo.horizon))
		return NULL;
	entry->look = memo.look;
	return entry;
}

/* Copies a pair into the memo's memory. */
static const Pair *
keep_pair(const Pair *pair)
{
	int			size = pair_size(pair);
	char	   *kept;

	if (memo.block_left < size)
	{
		memo.block = MemoryContextAlloc(memo.context, BLOCK_SIZE);
		memo.block_left = BLOCK_SIZE;
	}
	kept = memcpy(memo.block, pair, size);
	memo.block += size;
	memo.block_left -= size;
	return (const Pair *) kept;
}

/*
 * Adds a pair to the table, which is away meanwhile: one that could not grow
 * says that it has, and must not be found.  memo_refresh() makes another.
 */
static PairEntry *
insert_pair(const Pair *kept, uint32 hash)
{
	pairs_hash *pairs = memo.pairs;
	PairEntry  *entry;
	bool		found;

	memo.pairs = NULL;
	entry = pairs_insert_hash(pairs, kept, hash, &found);
	memo.pairs = pairs;
	return entry;
}

/* Remembers what a pair has. */
static void
memo_add(const Pair *pair, uint32 hash, const Grant *grant)
{
	const ArrayType *scopes = grant->scopes;
	PairEntry  *entry = pairs_lookup_hash(memo.pairs, pair, hash);
	uint64		tag = pair_tag_to_keep(hash, memo.horizon);
	int			list = scopes == NULL ? 0 : scope_lists_keep(memo.lists,
															 scopes);

	if (entry == NULL && (scopes == NULL || list > 0))
		entry = insert_pair(keep_pair(pair), hash);
	if (entry == NULL)
		return;
	/* without room for its list the pair is unknown again */
	entry->look = scopes == NULL || list > 0 ? memo.look : 0;
	entry->tag = scopes == NULL || list > 0 ? tag : PAIR_TAG_NONE;
	entry->connection = grant->status;
	entry->ends = grant->ends;
	entry->scopes = list;
}

/* Reads on, at most LOAD_FACTOR of the destination's rows for each miss. */
static void
bulk_load(const text *destination)
{
	int			limit = memo.misses * LOAD_FACTOR;
	bool		end = false;
	GrantedSource next;
	StoreScan	scan;

	memo.loaded = true;
	if (memo.loaded_to_len == 0)
		memo.from_first = true;
	gate_destination_begin(&scan, destination,
						   cstring_to_text_with_len(memo.loaded_to,
													memo.loaded_to_len));
	/* in another order than by id there would be no reading on */
	for (int i = 0; scan.ordered && i < limit && memo_has_room_to_load(); i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!gate_destination_next(&scan, &next))
		{
			end = true;
			break;
		}
		/* Nobody can ask for a source that is longer than an id may be. */
		if (pair_has_id_length(next.source))
		{
			PairBuffer	buffer;
			const Pair *pair =
				pair_make(&buffer, next.source, destination);

			memo_add(pair, pair_hash(pair), &next.grant);
		}
		memo.loaded_to_len = Min(VARSIZE_ANY_EXHDR(next.id),
								 ID_MAX_LENGTH);
		memcpy(memo.loaded_to, VARDATA_ANY(next.id), memo.loaded_to_len);
	}
	store_scan_end(&scan);

	memo.next_load = memo.misses * 2;
	if (end)
	{
		memo.complete = memo.from_first;
		memo.loaded_to_len = 0;
	}
}

/* Is this the destination whose misses are being counted? */
static inline bool
is_counted_destination(const Pair *pair)
{
	return pair->destination_len == memo.destination_len &&
		memcmp(pair->ids + pair->source_len, memo.destination,
			   memo.destination_len) == 0;
}

/* Are all Connections of the pair's destination in the memo? */
static inline bool
knows_all(const Pair *pair)
{
	return memo.complete && is_counted_destination(pair);
}

/* Counts a miss of this destination in this statement. */
static void
count_miss(const Pair *pair)
{
	TimestampTz statement = GetCurrentStatementStartTimestamp();

	if (!is_counted_destination(pair))
	{
		memcpy(memo.destination, pair->ids + pair->source_len,
			   pair->destination_len);
		memo.destination_len = pair->destination_len;
		memo.statement = 0;
		memo.loaded_to_len = 0;
		memo.complete = false;
	}
	if (statement != memo.statement)
	{
		memo.statement = statement;
		memo.misses = 0;
		memo.next_load = FIRST_LOAD;
	}
	memo.misses++;
}

/*
 * Makes room for one more pair; false if there is none.  Where pairs that were
 * read in advance have taken it, all are forgotten, and only what is asked for
 * is kept from then on.
 */
static bool
make_room(void)
{
	if (memo_has_room())
		return true;
	if (memo.only_asked || !memo.loaded)
		return false;
	memo_empty();
	memo.only_asked = true;
	return true;
}

/*
 * Judges a pair as the active snapshot sees it, remembering what it finds, and
 * tells when the Connection ends by itself.
 */
Access
pair_memo_check(const text *source, const text *destination, const text *scope,
				TimestampTz *ends)
{
	PairBuffer	buffer;
	const Pair *pair = pair_make(&buffer, source, destination);
	uint32		hash = pair_hash(pair);
	PairEntry  *entry;
	Grant		grant = {CONNECTION_NONE, TERM_NEVER, NULL};
	bool		remember;

	memo_refresh();
	entry = memo_find(pair, hash);
	if (entry != NULL)
		return judge_entry(entry, scope, ends);

	remember = knows_all(pair) || make_room();
	if (remember && !knows_all(pair))
	{
		count_miss(pair);
		if (memo.misses >= memo.next_load && memo_has_room_to_load())
		{
			bulk_load(destination);
			entry = memo_find(pair, hash);
			if (entry != NULL)
				return judge_entry(entry, scope, ends);
			remember = memo_has_room();
		}
	}
	if (knows_all(pair))
		remember &= memo.pairs->members < MAX_NONE;
	else
		(void) gate_read_pair(source, destination, &grant);
	if (remember)
		memo_add(pair, hash, &grant);
	*ends = grant.ends;
	return access_judge(grant.status, grant.ends,
						access_grants(grant.scopes, scope));
}
