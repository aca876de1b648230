/*
 * row_time.c
 *		The time at which a row is written, read once for all its triggers.
 *
 * The BEFORE trigger reads the clock, when the row is locked, and what it
 * decides by that time the AFTER trigger must decide again by the same one.  In
 * between may lie other rows of the statement, other triggers, statements of
 * theirs on the same table, and no column keeps the time: any trigger may
 * change one.  So it is kept here, by what both triggers know of a row: the
 * place of its old version, or the id of a new one.
 *
 * A row that is not stored after all (ON CONFLICT, a trigger that returns NULL,
 * an error that is caught) leaves its time behind until the transaction ends;
 * the next attempt replaces it.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "store/row_time.h"
#include "utils/memutils.h"

typedef struct RowTime
{
	uint64		row;
	TimestampTz time;
	char		status;			/* simplehash's own */
} RowTime;

#define SH_PREFIX times
#define SH_ELEMENT_TYPE RowTime
#define SH_KEY_TYPE uint64
#define SH_KEY row
#define SH_HASH_KEY(table, key) ((uint32) (key))
#define SH_EQUAL(table, a, b) ((a) == (b))
#define SH_SCOPE static inline
#define SH_DECLARE
#define SH_DEFINE
#include "lib/simplehash.h"

/* The rows under way, in the transaction's memory. */
static times_hash *row_times = NULL;

/* Forgets all, as the transaction's memory goes. */
static void
forget_times(void *arg)
{
	row_times = NULL;
}

/* Begins to keep times in this transaction. */
static void
begin_times(void)
{
	MemoryContextCallback *callback =
		MemoryContextAlloc(TopTransactionContext,
						   sizeof(MemoryContextCallback));

	callback->func = forget_times;
	callback->arg = NULL;
	MemoryContextRegisterResetCallback(TopTransactionContext, callback);
	row_times = times_create(TopTransactionContext, 8, NULL);
}

/* Returns a number for a row: a hash of 64 bits, with the table's OID. */
static uint64
row_number(const TriggerData *data, const text *id)
{
	uint64		seed = RelationGetRelid(data->tg_relation);
	const ItemPointerData *old = &data->tg_trigtuple->t_self;

	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		return hash_bytes_extended((const unsigned char *) VARDATA_ANY(id),
								   VARSIZE_ANY_EXHDR(id), seed);
	return hash_bytes_extended((const unsigned char *) old,
							   sizeof(ItemPointerData), seed << 32);
}

/*
 * For a BEFORE ROW trigger of INSERT or UPDATE: reads the clock for a row and
 * keeps the time.  The transaction has its id before, so that nothing has a
 * time from before the transaction could be seen to run.
 */
TimestampTz
row_time_read(const TriggerData *data, const text *id)
{
	times_hash *times;
	RowTime    *entry;
	bool		found;

	(void) GetTopTransactionId();
	if (row_times == NULL)
		begin_times();
	times = row_times;
	/* If the table cannot grow it is broken, for it says that it has. */
	row_times = NULL;
	entry = times_insert(times, row_number(data, id), &found);
	row_times = times;
	entry->time = GetCurrentTimestamp();
	return entry->time;
}

/*
 * For an AFTER ROW trigger: returns that time, and forgets it.  A row whose id
 * another trigger has changed since has none; its time is now.
 */
TimestampTz
row_time_take(const TriggerData *data, const text *id)
{
	RowTime    *entry = row_times == NULL ? NULL :
		times_lookup(row_times, row_number(data, id));
	TimestampTz time;

	if (entry == NULL)
		return GetCurrentTimestamp();
	time = entry->time;
	times_delete_item(row_times, entry);
	return time;
}
