/*
 * visible.c
 *		All organizations at once whose data another one may see: as an array
 *		for index conditions, and counted for the planner.
 *
 * An array is kept under the snapshot's key, so that a plan that reads an index
 * again and again makes it once: see snapshot_key.c for why that is never
 * stale. A count need not be right, for nothing but the choice of a plan
 * depends on it: at most COUNT_LIMIT Connections are read for it, and beyond
 * that it says what an array has last held, or what the table's statistics
 * make likely.
 */
#include "postgres.h"

#include "base/snapshot_key.h"
#include "gate/access.h"
#include "gate/pair.h"
#include "gate/rows.h"
#include "gate/statistics.h"
#include "gate/visible.h"
#include "miscadmin.h"
#include "scope/rows.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

/* The most Connections that are read while planning. */
#define COUNT_LIMIT 200

/* As many questions as the policies of one statement may put. */
#define MAX_QUESTIONS 8

/* What was asked for. */
typedef struct Question
{
	int			destination_len;
	int			scope_len;		/* -1 for any scope */
	bool		with_own;
	Oid			type;
	char		destination[ID_MAX_LENGTH];
	char		scope[SCOPE_NAME_LENGTH];
} Question;

typedef struct KeptArray
{
	Question	question;
	uint64		key;			/* of the snapshot */
	TimestampTz until;			/* when the first one in it ends by itself */
	MemoryContext context;		/* holds the array */
	ArrayType  *array;
} KeptArray;

typedef struct KeptCount
{
	Question	question;
	uint64		key;			/* of the snapshot */
	double		last_array;		/* what an array held, or -1 */
	VisibleCount count;
} KeptCount;

static KeptArray arrays[MAX_QUESTIONS];
static KeptCount counts[MAX_QUESTIONS];

/* The ones to be replaced next. */
static int	next_array = 0;
static int	next_count = 0;

/* Notes a question; the scope must not be longer than a scope's name. */
static void
note_question(Question *question, const text *destination, const text *scope,
			  bool with_own, Oid type)
{
	memset(question, 0, sizeof(*question));
	question->destination_len = VARSIZE_ANY_EXHDR(destination);
	memcpy(question->destination, VARDATA_ANY(destination),
		   question->destination_len);
	question->scope_len = scope == NULL ? -1 : VARSIZE_ANY_EXHDR(scope);
	if (scope != NULL)
		memcpy(question->scope, VARDATA_ANY(scope), question->scope_len);
	question->with_own = with_own;
	question->type = type;
}

static bool
same_question(const Question *a, const Question *b)
{
	return memcmp(a, b, sizeof(Question)) == 0;
}

/* Can anybody share by this scope, as the active snapshot sees it? */
static bool
scope_counts(const text *scope)
{
	return scope == NULL || scope_usable(scope);
}

/*
 * Returns the sources that share with a destination, sorted, in the current
 * memory context, and until when they do if nothing changes.
 */
static Datum *
read_sources(const text *destination, const text *scope, bool with_own,
			 int *count, TimestampTz *until)
{
	int			room = 64;
	int			found = 0;
	int			unique = 0;
	Datum	   *sources = palloc(room * sizeof(Datum));
	GrantedSource next;
	StoreScan	scan;

	*until = TERM_NEVER;
	if (with_own)
		sources[found++] = PointerGetDatum(destination);
	if (scope_counts(scope))
	{
		gate_destination_begin(&scan, destination, cstring_to_text(""));
		while (gate_destination_next(&scan, &next))
		{
			const Grant *grant = &next.grant;
			Datum		source = PointerGetDatum(next.source);

			CHECK_FOR_INTERRUPTS();
			if (access_judge(grant->status, grant->ends,
							 access_grants(grant->scopes, scope)) !=
				ACCESS_ALLOWED)
				continue;
			*until = Min(*until, grant->ends);
			if (found == room)
			{
				room *= 2;
				sources = repalloc_huge(sources, room * sizeof(Datum));
			}
			sources[found++] = PointerGetDatum(PG_DETOAST_DATUM_COPY(source));
		}
		store_scan_end(&scan);
	}
	qsort(sources, found, sizeof(Datum), text_compare_datums);
	for (int i = 0; i < found; i++)
	{
		if (unique == 0 || text_compare_datums(&sources[unique - 1],
											   &sources[i]) != 0)
			sources[unique++] = sources[i];
	}
	*count = unique;
	return sources;
}

/* Returns what is kept of a question, or NULL. */
static KeptCount *
find_count(const Question *question)
{
	for (int i = 0; i < MAX_QUESTIONS; i++)
	{
		if (same_question(&counts[i].question, question))
			return &counts[i];
	}
	return NULL;
}

/* Makes room for what is to be kept of a question. */
static KeptCount *
add_count(const Question *question)
{
	KeptCount  *kept = &counts[next_count];

	next_count = (next_count + 1) % MAX_QUESTIONS;
	kept->question = *question;
	kept->key = SNAPSHOT_KEY_NONE;
	kept->last_array = -1;
	return kept;
}

/* Notes for plans to come how many an array held. */
static void
note_count(Question question, int count)
{
	KeptCount  *kept;

	question.type = InvalidOid;
	kept = find_count(&question);
	if (kept == NULL)
		kept = add_count(&question);
	kept->last_array = count;
}

/*
 * Returns what is kept of a question for a snapshot, or NULL; also if a term of
 * one in it has passed meanwhile.
 */
static KeptArray *
find_array(const Question *question, uint64 key)
{
	for (int i = 0; i < MAX_QUESTIONS; i++)
	{
		if (arrays[i].key == key &&
			same_question(&arrays[i].question, question) &&
			(arrays[i].until == TERM_NEVER ||
			 arrays[i].until > terms_reading_clock()))
			return &arrays[i];
	}
	return NULL;
}

/* Keeps a copy of an array, unless it takes too much memory. */
static void
keep_array(const Question *question, uint64 key, TimestampTz until,
		   const ArrayType *array)
{
	KeptArray  *kept = &arrays[next_array];
	Size		size = VARSIZE(array);

	if (size > get_hash_memory_limit())
		return;
	next_array = (next_array + 1) % MAX_QUESTIONS;
	kept->key = SNAPSHOT_KEY_NONE;	/* in case of an error below */
	if (kept->context == NULL)
		kept->context = AllocSetContextCreate(TopMemoryContext,
											  "connect gate array",
											  ALLOCSET_SMALL_SIZES);
	MemoryContextReset(kept->context);
	kept->array = memcpy(MemoryContextAllocHuge(kept->context, size), array,
						 size);
	kept->question = *question;
	kept->until = until;
	kept->key = key;
}

/*
 * Returns the organizations whose data a destination may see, as the active
 * snapshot sees it: an array of one of the types of ids.c, sorted as text,
 * without those that the type cannot hold; allocated.  Raises store_missing.
 */
ArrayType *
visible_array(const text *destination, const text *scope, bool with_own,
			  Oid type)
{
	/* asked first of all: news that reading brings must make it old */
	uint64		key = snapshot_key_current();
	Question	question;
	KeptArray  *kept;
	ArrayType  *array;
	Datum	   *sources;
	TimestampTz until;
	int			count;

	if (scope != NULL && VARSIZE_ANY_EXHDR(scope) > SCOPE_NAME_LENGTH)
		scope = cstring_to_text("");	/* nobody can share by either */
	note_question(&question, destination, scope, with_own, type);
	kept = find_array(&question, key);
	if (kept != NULL)
		return (ArrayType *) memcpy(palloc(VARSIZE(kept->array)), kept->array,
									VARSIZE(kept->array));

	sources = read_sources(destination, scope, with_own, &count, &until);
	array = ids_make_array(sources, count, type);
	note_count(question, count);
	keep_array(&question, key, until, array);
	return array;
}

/* Notes one more id that was counted. */
static void
count_id(VisibleCount *count, const text *id)
{
	if (count->count < VISIBLE_FEW && pair_has_id_length(id))
	{
		IdBuffer   *buffer = &count->ids[count->nids++];
		int			len = VARSIZE_ANY_EXHDR(id);

		SET_VARSIZE(&buffer->id, VARHDRSZ + len);
		memcpy(VARDATA(&buffer->id), VARDATA_ANY(id), len);
	}
	count->count++;
}

/*
 * Counts the sources that share with a destination among its first Connections;
 * returns how many were read, or -1 if these were all.
 */
static int
count_sources(const text *destination, const text *scope, VisibleCount *count)
{
	GrantedSource next;
	StoreScan	scan;
	int			read = 0;
	bool		end = false;

	gate_destination_begin(&scan, destination, cstring_to_text(""));
	/* in another order the table would be read from end to end */
	while (scan.ordered && read < COUNT_LIMIT)
	{
		if (!gate_destination_next(&scan, &next))
		{
			end = true;
			break;
		}
		read++;
		if (access_judge(next.grant.status, next.grant.ends,
						 access_grants(next.grant.scopes, scope)) ==
			ACCESS_ALLOWED)
			count_id(count, next.source);
	}
	store_scan_end(&scan);
	return end ? -1 : read;
}

/* Finds out how many there are, as well as reading a little allows. */
static void
estimate_count(KeptCount *kept, const text *destination, const text *scope,
			   bool with_own)
{
	VisibleCount *count = &kept->count;
	int			read;

	count->count = 0;
	count->nids = 0;
	if (with_own)
		count_id(count, destination);
	if (!scope_counts(scope))
		return;
	read = count_sources(destination, scope, count);
	if (read < 0)
		return;

	/* the ids are not all of them */
	if (kept->last_array >= 0)
		count->count = Max(count->count, kept->last_array);
	else if (read > 0)
		count->count *= Max(1.0, statistics_of_destination(destination) / read);
	count->nids = 0;
}

/*
 * Estimates how many organizations there are whose data a destination may see,
 * in less than the time that a plan takes otherwise.  The tables must be
 * readable.  The result lives until the next call.
 */
const VisibleCount *
visible_count(const text *destination, const text *scope, bool with_own)
{
	uint64		key = snapshot_key_current();
	Question	question;
	KeptCount  *kept;

	if (scope != NULL && VARSIZE_ANY_EXHDR(scope) > SCOPE_NAME_LENGTH)
		scope = cstring_to_text("");
	note_question(&question, destination, scope, with_own, InvalidOid);
	kept = find_count(&question);
	if (kept == NULL)
		kept = add_count(&question);
	if (kept->key != key)
	{
		kept->key = SNAPSHOT_KEY_NONE;	/* in case of an error below */
		estimate_count(kept, destination, scope, with_own);
		kept->key = key;
	}
	return &kept->count;
}
