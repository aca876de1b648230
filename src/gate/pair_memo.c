/*
 * pair_memo.c
 *		Remembers, in each backend, what the gate found of pairs of
 *		organizations.
 *
 * Pairs that are asked for are looked up one by one, and after some of these
 * others of the same destination are read in advance (read_ahead.c).  Where
 * these leave too little room, those that nobody has asked for are forgotten,
 * and only what is asked for is kept from then on.
 */
#include "postgres.h"

#include "base/snapshot_key.h"
#include "base/typeid.h"
#include "gate/pair.h"
#include "gate/pair_memo.h"
#include "gate/pair_table.h"
#include "gate/pair_tags.h"
#include "gate/read_ahead.h"
#include "gate/rows.h"
#include "gate/scope_lists.h"
#include "miscadmin.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

/* A memo of this size still takes pairs that have no Connection. */
#define MAX_NONE 4096

/* All that is remembered.  Without tags, it was found under one snapshot. */
typedef struct Memo
{
	uint64		key;			/* of the snapshot */
	uint64		horizon;		/* the snapshot's, for tags */
	uint32		look;			/* a number for that key, never 0 */
	MemoryContext context;		/* holds all of it */
	MemoryContext pairs_context;	/* one inside, which holds the pairs */
	PairTable  *pairs;
	ScopeLists *lists;
	bool		distrusted;		/* to be emptied before it is asked again */
	bool		only_asked;		/* what was read in advance left no room */
	int			ndestinations;	/* how many have numbers */

	/* the destination asked for last */
	char		destination[ID_MAX_LENGTH];
	int			destination_len;	/* 0 for none */
	uint64		destination_hash;
	int			destination_number; /* 0 if pairs has none for it */
} Memo;

static Memo memo;

/* Judges a pair by its entry. */
static inline Access
judge_entry(PairEntry *entry, const text *scope, TimestampTz *ends)
{
	*ends = entry->has_end ? pair_table_rest(entry)->ends : TERM_NEVER;
	return access_judge(entry->connection, *ends,
						entry->connection == CONNECTION_ACTIVE &&
						scope_lists_grant(memo.lists, entry->scopes,
										  scope));
}

/* May the memo grow?  As far as a hash table may, doubling included. */
static bool
memo_has_room(void)
{
	Size		used = MemoryContextMemAllocated(memo.context, true);

	return used + pair_table_growth(memo.pairs) <
		Min(get_hash_memory_limit(), PAIR_TABLE_MAX_SIZE);
}

/* Makes a context for pairs inside the memo's. */
static MemoryContext
create_pairs_context(void)
{
	return AllocSetContextCreate(memo.context, "connect gate pairs",
								 ALLOCSET_SMALL_SIZES);
}

/* Forgets everything. */
static void
memo_empty(void)
{
	if (memo.context == NULL)
		memo.context = AllocSetContextCreate(TopMemoryContext, "connect gate",
											 ALLOCSET_DEFAULT_SIZES);
	memo.pairs = NULL;			/* in case of an error below */
	MemoryContextReset(memo.context);
	read_ahead_forget();
	memo.ndestinations = 0;
	memo.destination_number = 0;
	memo.only_asked = false;
	memo.distrusted = false;
	memo.lists = scope_lists_create(memo.context);
	memo.pairs_context = create_pairs_context();
	memo.pairs = pair_table_create(memo.pairs_context);
}

/*
 * Forgets the pairs that nobody has asked for.  The others are as good as they
 * were, for they keep their looks and their tags.  While they are copied, both
 * take memory, so if they are more than half, they are forgotten too.
 */
static void
forget_unasked(void)
{
	MemoryContext context;

	if (memo.pairs->asked > memo.pairs->members / 2)
		memo_empty();
	else
	{
		context = create_pairs_context();
		memo.pairs = pair_table_copy_asked(memo.pairs, context, memo.look);
		MemoryContextDelete(memo.pairs_context);
		memo.pairs_context = context;
		read_ahead_forget();
	}
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
	read_ahead_look_anew();
	if (memo.pairs == NULL || !pair_tags_enabled() || memo.distrusted ||
		memo.look == PG_UINT32_MAX)
		memo_empty();
	/* numbers start anew where no entry has one */
	memo.look = memo.pairs->members == 0 ? 1 : memo.look + 1;
	if (!memo_has_room())
		forget_unasked();
	memo.horizon = pair_tags_horizon();
	memo.key = key;
}

/* Notes which destination is asked for. */
static inline void
note_destination(const text *destination)
{
	int			len = VARSIZE_ANY_EXHDR(destination);
	PairEntry  *entry;

	if (len == memo.destination_len &&
		memcmp(VARDATA_ANY(destination), memo.destination, len) == 0)
		return;
	memcpy(memo.destination, VARDATA_ANY(destination), len);
	memo.destination_len = len;
	memo.destination_hash = pair_hash_destination(destination);
	entry = pair_table_find(memo.pairs, 0, memo.destination, len,
							(uint32) memo.destination_hash);
	memo.destination_number = entry == NULL ? 0 : entry->scopes;
}

/*
 * Gives the destination that is asked for a number if it has none; false if
 * there are too many.
 */
static bool
number_destination(void)
{
	PairEntry  *entry;

	if (memo.destination_number != 0)
		return true;
	if (memo.ndestinations == PG_UINT16_MAX)
		return false;
	entry = pair_table_add(memo.pairs, 0, memo.destination,
						   memo.destination_len,
						   (uint32) memo.destination_hash);
	pair_table_note_asked(memo.pairs, entry);
	entry->scopes = ++memo.ndestinations;
	memo.destination_number = memo.ndestinations;
	return true;
}

/*
 * Returns what is known, for the active snapshot, of a source and the
 * destination that is asked for, or NULL.  Whether its term has passed
 * meanwhile, the clock tells each time that it is judged.
 */
static inline PairEntry *
memo_find(const text *source, uint32 hash)
{
	PairEntry  *entry;

	if (memo.destination_number == 0)
		return NULL;
	entry = pair_table_find(memo.pairs, memo.destination_number,
							VARDATA_ANY(source), VARSIZE_ANY_EXHDR(source),
							hash);
	if (entry == NULL)
		return NULL;
	if (entry->look != memo.look)
	{
		uint64		tag = pair_table_rest(entry)->tag;

		if (tag == PAIR_TAG_NONE || tag != pair_tag_to_use(hash, memo.horizon))
			return NULL;
		entry->look = memo.look;
	}
	pair_table_note_asked(memo.pairs, entry);
	return entry;
}

/*
 * Remembers what a source and the destination that is asked for have.  Returns
 * the entry; NULL if it is not remembered.
 */
static PairEntry *
memo_keep(const text *source, uint32 hash, const Grant *grant)
{
	const char *id = VARDATA_ANY(source);
	int			len = VARSIZE_ANY_EXHDR(source);
	int			destination = memo.destination_number;
	PairEntry  *entry = pair_table_find(memo.pairs, destination, id, len,
										hash);
	PairRest   *rest;
	uint64		tag = pair_tag_to_keep(hash, memo.horizon);
	bool		listed = true;
	int			list = SCOPE_LIST_NONE;

	if (grant->scopes != NULL)
	{
		list = scope_lists_keep(memo.lists, grant->scopes);
		listed = list != SCOPE_LIST_NONE;
	}
	if (entry == NULL && listed)
		entry = pair_table_add(memo.pairs, destination, id, len, hash);
	if (entry == NULL)
		return NULL;
	/* without room for its list the pair is unknown again */
	entry->look = listed ? memo.look : 0;
	entry->connection = grant->status;
	entry->has_end = grant->ends != TERM_NEVER;
	entry->scopes = list;
	rest = pair_table_rest(entry);
	rest->tag = listed ? tag : PAIR_TAG_NONE;
	rest->ends = grant->ends;
	return entry;
}

/* Keeps what was read in advance; false if there is no room for more. */
static bool
keep_unasked(const text *source, const Grant *grant)
{
	(void) memo_keep(source, pair_hash_source(memo.destination_hash, source),
					 grant);
	return memo_has_room();
}

/*
 * Makes room for one more pair; false if there is none.  Where pairs that were
 * read in advance have taken it, these are forgotten.
 */
static bool
make_room(void)
{
	if (memo_has_room())
		return true;
	if (memo.only_asked || memo.pairs->asked == memo.pairs->members)
		return false;
	forget_unasked();
	memo.only_asked = true;
	return true;
}

/* Are all Connections of the destination that is asked for in the memo? */
static inline bool
knows_all(void)
{
	return read_ahead_is_complete(memo.destination_number);
}

/*
 * Judges a pair as the active snapshot sees it, remembering what it finds, and
 * tells when the Connection ends by itself.
 */
Access
pair_memo_check(const text *source, const text *destination, const text *scope,
				TimestampTz *ends)
{
	uint32		hash;
	PairEntry  *entry;
	Grant		grant = {CONNECTION_NONE, TERM_NEVER, NULL};
	bool		remember;

	memo_refresh();
	note_destination(destination);
	hash = pair_hash_source(memo.destination_hash, source);
	entry = memo_find(source, hash);
	if (entry != NULL)
		return judge_entry(entry, scope, ends);

	remember = knows_all() || (make_room() && number_destination());
	if (remember && !knows_all() &&
		read_ahead_count_miss(memo.destination_number) &&
		!memo.only_asked && memo_has_room())
	{
		read_ahead(destination, keep_unasked);
		entry = memo_find(source, hash);
		if (entry != NULL)
			return judge_entry(entry, scope, ends);
		remember = memo_has_room();
	}
	if (knows_all())
		remember &= memo.pairs->members < MAX_NONE;
	else
		(void) gate_read_pair(source, destination, &grant);
	if (remember)
	{
		entry = memo_keep(source, hash, &grant);
		if (entry != NULL)
			pair_table_note_asked(memo.pairs, entry);
	}
	*ends = grant.ends;
	return access_judge(grant.status, grant.ends,
						access_grants(grant.scopes, scope));
}
