/*
 * read_ahead.c
 *		When the Connections of a destination are read in bulk.
 *
 * A statement that meets many sources would search the index once for each of
 * them.  So misses are counted for the destination that was missed last.  After
 * FIRST_READ misses its Connections are read in bulk, in the order of their
 * ids, at most READ_FACTOR rows for each miss so far.  Each time that the
 * misses have doubled, this goes on where it ended.  So what is read in vain
 * never costs more than a constant times the searches that were made anyway.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/typeid.h"
#include "gate/pair.h"
#include "gate/read_ahead.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#define FIRST_READ 32
#define READ_FACTOR 8

/* How far the Connections of one destination have been read. */
typedef struct ReadAhead
{
	int			destination;	/* the memo's number for it; 0 for none */
	TimestampTz statement;
	int			misses;			/* in that statement */
	int			next_read;		/* misses at which to read on */
	char		read_to[ID_MAX_LENGTH]; /* id of the last Connection read */
	int			read_to_len;	/* 0 before the first */
	bool		from_first;		/* the reading began at the first one under this
								 * snapshot */
	bool		complete;		/* all were read: a source that is not in the
								 * memo has no Connection */
} ReadAhead;

static ReadAhead ahead;

/* Forgets what was read, as the memo has. */
void
read_ahead_forget(void)
{
	ahead.destination = 0;
	ahead.complete = false;
}

/* Begins to count anew, under another snapshot, for which nothing is known. */
void
read_ahead_look_anew(void)
{
	ahead.misses = 0;
	ahead.next_read = FIRST_READ;
	ahead.from_first = false;
	ahead.complete = false;
}

/*
 * Counts a miss of this destination in this statement; true if it is time to
 * read ahead.
 */
bool
read_ahead_count_miss(int destination)
{
	TimestampTz statement = GetCurrentStatementStartTimestamp();

	if (destination != ahead.destination)
	{
		ahead.destination = destination;
		ahead.statement = 0;
		ahead.read_to_len = 0;
		ahead.complete = false;
	}
	if (statement != ahead.statement)
	{
		ahead.statement = statement;
		ahead.misses = 0;
		ahead.next_read = FIRST_READ;
	}
	ahead.misses++;
	return ahead.misses >= ahead.next_read;
}

/* Are all Connections of a destination in the memo? */
bool
read_ahead_is_complete(int destination)
{
	return ahead.complete && ahead.destination == destination;
}

/*
 * Reads on, at most READ_FACTOR rows for each miss, of the destination whose
 * misses are being counted.
 */
void
read_ahead(const text *destination, ReadAheadKeep keep)
{
	int			limit = ahead.misses * READ_FACTOR;
	bool		room = true;
	bool		end = false;
	GrantedSource next;
	StoreScan	scan;

	if (ahead.read_to_len == 0)
		ahead.from_first = true;
	gate_destination_begin(&scan, destination,
						   cstring_to_text_with_len(ahead.read_to,
													ahead.read_to_len));
	/* in another order than by id there would be no reading on */
	for (int i = 0; scan.ordered && i < limit && room; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!gate_destination_next(&scan, &next))
		{
			end = true;
			break;
		}
		/* Nobody can ask for a source that is longer than an id may be. */
		if (pair_has_id_length(next.source))
			room = keep(next.source, &next.grant);
		ahead.read_to_len = Min(VARSIZE_ANY_EXHDR(next.id), ID_MAX_LENGTH);
		memcpy(ahead.read_to, VARDATA_ANY(next.id), ahead.read_to_len);
	}
	store_scan_end(&scan);

	ahead.next_read = ahead.misses * 2;
	if (end)
	{
		ahead.complete = ahead.from_first;
		ahead.read_to_len = 0;
	}
}
