/*
 * pair_memo.c
 *		Remembers, in each backend, what the gate found of pairs of
 *		organizations.
 *
 * What was found may be used as long as the snapshot sees the same rows: see
 * snapshot_key.c.  Where the module is preloaded, it may be used under other
 * snapshots too, as long as its tag stays the same: see pair_tags.c.
 *
 * A statement that meets many sources would still search the index once for
 * each of them.  So misses are counted for the destination that was asked for
 * last.  After FIRST_LOAD misses its Connections are read in bulk, in the order
 * of their ids, at most LOAD_FACTOR rows for each miss so far.  Each time that
 * the misses have doubled, this goes on where it ended.  So what is read in
 * vain never costs more than a constant times the searches that were made
 * anyway.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/snapshot_key.h"
#include "base/typeid.h"
#include "gate/pair.h"
#include "gate/pair_memo.h"
#include "gate/pair_tags.h"
#include "miscadmin.h"
#include "gate/rows.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#define FIRST_LOAD 32
#define LOAD_FACTOR 8

/*
 * connect.scope takes no name that is longer.  The last question is not
 * remembered for a longer one, which is searched for each time.
 */
#define SCOPE_MAX_LENGTH 64

/*
 * What is known of a pair.  connection is the status of its Connection, or
 * CONNECTION_NONE if it has none.
 */
typedef struct PairEntry
{
	Pair		pair;
	uint32		hash;
	char		status;			/* simplehash's own */
	uint64		key;			/* the last snapshot known to see this */
	uint64		tag;			/* while it stays the same, others see this
								 * too */
	int			connection;
	ArrayType  *scopes;
} PairEntry;

#define SH_PREFIX pairs
#define SH_ELEMENT_TYPE PairEntry
#define SH_KEY_TYPE Pair
#define SH_KEY pair
#define SH_HASH_KEY(table, key) pair_hash(&key)
#define SH_EQUAL(table, a, b) pair_equal(&a, &b)
#define SH_STORE_HASH
#define SH_GET_HASH(table, entry) entry->hash
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/*
 * Everything that is remembered.  Without tags, all of it was found under one
 * snapshot.
 */
typedef struct Memo
{
	uint64		key;			/* of the snapshot */
	uint64		horizon;		/* the snapshot's: see pair_tags_horizon() */
	MemoryContext context;		/* holds all of it */
	pairs_hash *pairs;
	bool		distrusted;		/* it must be emptied before its next use */
	ArrayType  *last_scopes;	/* the list kept last; most Connections grant
								 * the same scopes */

	/*
	 * The last question about such a list, and its answer: most rows ask the
	 * same.
	 */
	const ArrayType *asked_scopes;
	char		asked_scope[SCOPE_MAX_LENGTH];
	int			asked_scope_len;
	bool		granted;

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

/*
 * Does a list of scopes that was kept grant this scope?  This answers like
 * access_grants(), but searches only once for the same list and the same scope.
 */
static inline bool
kept_grants_scope(const ArrayType *scopes, const text *scope)
{
	int			len = scope == NULL ? 0 : VARSIZE_ANY_EXHDR(scope);

	if (scope == NULL || scopes == NULL || len > SCOPE_MAX_LENGTH)
		return access_grants(scopes, scope);
	if (memo.asked_scopes != scopes || memo.asked_scope_len != len ||
		memcmp(memo.asked_scope, VARDATA_ANY(scope), len) != 0)
	{
		memcpy(memo.asked_scope, VARDATA_ANY(scope), len);
		memo.asked_scope_len = len;
		memo.granted = access_grants(scopes, scope);
		memo.asked_scopes = scopes;
	}
	return memo.granted;
}

/* Judges a pair by its entry. */
static inline Access
judge_entry(const PairEntry *entry, const text *scope)
{
	return access_judge(entry->connection,
						entry->connection == CONNECTION_ACTIVE &&
						kept_grants_scope(entry->scopes, scope));
}

/*
 * May the memo grow?  It may take half of the memory that the executor grants
 * to a hash table.
 */
static bool
memo_has_room(void)
{
	return MemoryContextMemAllocated(memo.context, false) <
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
	memo.last_scopes = NULL;
	memo.asked_scopes = NULL;
	memo.destination_len = 0;
	memo.loaded_to_len = 0;
	memo.distrusted = false;
	memo.pairs = NULL;			/* in case of an error below */
	memo.pairs = pairs_create(memo.context, 64, NULL);
}

/*
 * Notes that an enum has changed, so that the numbers which were kept for
 * statuses may be wrong.
 */
static void
distrust_memo(Datum arg, int cacheid, uint32 hash)
{
	memo.distrusted = true;
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

	if (memo.key == key && key != SNAPSHOT_KEY_NONE && !memo.distrusted)
		return;
	memo.key = SNAPSHOT_KEY_NONE;	/* in case of an error below */
	memo.misses = 0;
	memo.next_load = FIRST_LOAD;
	memo.from_first = false;
	memo.complete = false;
	memo.horizon = 0;
	if (memo.pairs == NULL || !pair_tags_enabled() || memo.distrusted ||
		!memo_has_room())
		memo_empty();
	if (key != SNAPSHOT_KEY_NONE)
		memo.horizon = pair_tags_horizon();
	memo.key = key;
}

/* Returns what is known of a pair for the active snapshot, or NULL. */
static inline PairEntry *
memo_find(Pair pair, uint32 hash)
{
	PairEntry  *entry = pairs_lookup_hash(memo.pairs, pair, hash);

	if (entry == NULL || (entry->key == memo.key &&
						  memo.key != SNAPSHOT_KEY_NONE))
		return entry;
	if (entry->tag == PAIR_TAG_NONE ||
		entry->tag != pair_tag_to_use(hash, memo.horizon))
		return NULL;
	entry->key = memo.key;
	return entry;
}

/* Remembers the status and the scopes that a pair was found to have. */
static void
memo_add(Pair pair, uint32 hash, int status, const ArrayType *scopes)
{
	PairEntry  *entry = pairs_lookup_hash(memo.pairs, pair, hash);
	uint64		tag = pair_tag_to_keep(hash, memo.horizon);
	bool		found;

	/*
	 * Whatever may fail comes before the insertion, so that no entry is left
	 * half filled.
	 */
	if (scopes != NULL &&
		(memo.last_scopes == NULL ||
		 VARSIZE(memo.last_scopes) != VARSIZE(scopes) ||
		 memcmp(memo.last_scopes, scopes, VARSIZE(scopes)) != 0))
		memo.last_scopes =
			memcpy(MemoryContextAlloc(memo.context, VARSIZE(scopes)),
				   scopes, VARSIZE(scopes));
	if (entry == NULL)
	{
		char	   *ids =
			MemoryContextAlloc(memo.context,
							   pair.source_len + pair.destination_len);

		pair.source = memcpy(ids, pair.source, pair.source_len);
		pair.destination = memcpy(ids + pair.source_len, pair.destination,
								  pair.destination_len);
		entry = pairs_insert_hash(memo.pairs, pair, hash, &found);
	}
	entry->key = memo.key;
	entry->tag = tag;
	entry->connection = status;
	entry->scopes = scopes != NULL ? memo.last_scopes : NULL;
}

/*
 * Reads on in the destination's Connections: at most LOAD_FACTOR rows for each
 * miss so far.
 */
static void
bulk_load(const text *destination)
{
	int			limit = memo.misses * LOAD_FACTOR;
	bool		end = false;
	Connection	connection;
	StoreScan	scan;

	if (memo.loaded_to_len == 0)
		memo.from_first = true;
	gate_destination_begin(&scan, destination,
						   cstring_to_text_with_len(memo.loaded_to,
													memo.loaded_to_len));
	/*
	 * Without the index rows come in no order, so there is no place to go on
	 * from.
	 */
	for (int i = 0; scan.ordered && i < limit && memo_has_room(); i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!gate_destination_next(&scan, &connection))
		{
			end = true;
			break;
		}
		/* Nobody can ask for a source that is longer than an id may be. */
		if (pair_has_id_length(connection.source))
		{
			Pair		pair = pair_make(connection.source, destination);

			memo_add(pair, pair_hash(&pair), connection.status,
					 connection.scopes);
		}
		memo.loaded_to_len = Min(VARSIZE_ANY_EXHDR(connection.id),
								 ID_MAX_LENGTH);
		memcpy(memo.loaded_to, VARDATA_ANY(connection.id), memo.loaded_to_len);
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
		memcmp(pair->destination, memo.destination, memo.destination_len) == 0;
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
		memcpy(memo.destination, pair->destination, pair->destination_len);
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

/* Judges a pair as the active snapshot sees it, and remembers what it finds. */
Access
pair_memo_check(const text *source, const text *destination, const text *scope)
{
	Pair		pair = pair_make(source, destination);
	uint32		hash = pair_hash(&pair);
	PairEntry  *entry;
	int			status = CONNECTION_NONE;
	ArrayType  *scopes = NULL;
	bool		remember;

	memo_refresh();
	entry = memo_find(pair, hash);
	if (entry != NULL)
		return judge_entry(entry, scope);

	remember = memo.key != SNAPSHOT_KEY_NONE && memo_has_room();
	if (remember && !knows_all(&pair))
	{
		count_miss(&pair);
		if (memo.misses >= memo.next_load)
		{
			bulk_load(destination);
			entry = memo_find(pair, hash);
			if (entry != NULL)
				return judge_entry(entry, scope);
		}
	}
	if (!knows_all(&pair) && !gate_read_pair(source, destination, &status,
											 &scopes))
		status = CONNECTION_NONE;
	if (remember)
		memo_add(pair, hash, status, scopes);
	return access_judge(status, access_grants(scopes, scope));
}
