/*
 * fill.c
 *		Bringing the events of an older store up to date: their subjects,
 *		positions and seals; and positions that are another cluster's.
 */
#include "postgres.h"

#include "access/transam.h"
#include "base/text.h"
#include "event/fill.h"
#include "event/seal.h"
#include "storage/itemptr.h"
#include "store/statement.h"
#include "utils/memutils.h"

/* How many events one statement fills. */
#define BATCH 500

/* What is filled in, a column each, and where the rows are. */
enum
{
	FILL_PLACE,
	FILL_POSITION,
	FILL_SEAL,
	FILL_SALT,
	FILL_DIGEST,
	FILL_COLUMNS
};

/* How far the filling has come. */
typedef struct FillState
{
	MemoryContext batch;		/* of what the arrays point to */
	Datum		values[FILL_COLUMNS][BATCH];
	bool		no_salt[BATCH];
	bool		no_null[BATCH];
	int			count;			/* of events in the arrays */
	MemoryContext context;		/* of what follows */
	text	   *subject;		/* whose events are being filled, or NULL */
	bytea	   *seal;			/* of the event before */
	uint64		position;		/* likewise */
	uint64		next;			/* position of no transaction yet */
} FillState;

/* Finds its rows where they were read, which is on a table that is locked. */
static StoreQuery fill_events = {
	"UPDATE connect.event AS t"
	" SET subject_type = COALESCE(t.subject_type, 'connection'),"
	" subject_id = COALESCE(t.subject_id, t.connection_id),"
	" position = f.number, seal = f.seal, personal_salt = f.salt,"
	" personal_digest = f.digest"
	" FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2),"
	" pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5))"
	" AS f (place, number, seal, salt, digest)"
	" WHERE t.ctid OPERATOR(pg_catalog.=) f.place",
	FILL_COLUMNS,
	{TIDARRAYOID, XID8ARRAYOID, BYTEAARRAYOID, BYTEAARRAYOID, BYTEAARRAYOID},
	true
};

static const struct
{
	Oid			type;
	int			length;
	bool		by_value;
	char		align;
}			fill_types[FILL_COLUMNS] = {
	[FILL_PLACE] = {TIDOID, sizeof(ItemPointerData), false, TYPALIGN_SHORT},
	[FILL_POSITION] = {XID8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE},
	[FILL_SEAL] = {BYTEAOID, -1, false, TYPALIGN_INT},
	[FILL_SALT] = {BYTEAOID, -1, false, TYPALIGN_INT},
	[FILL_DIGEST] = {BYTEAOID, -1, false, TYPALIGN_INT},
};

/*
 * A position that no transaction visible here can have is another cluster's,
 * and so are those of the subject's events before it, high or low: left as they
 * are, they would come behind it.
 */
static StoreQuery reset_positions = {
	"UPDATE connect.event AS t SET position = '0'::pg_catalog.xid8"
	" FROM (SELECT e.subject_id, pg_catalog.max(e.id) AS last"
	" FROM connect.event AS e WHERE e.position OPERATOR(pg_catalog.>=)"
	" pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())"
	" GROUP BY e.subject_id) AS f"
	" WHERE t.subject_id OPERATOR(pg_catalog.=) f.subject_id"
	" AND t.id OPERATOR(pg_catalog.<=) f.last"
	" AND t.position OPERATOR(pg_catalog.<>) '0'::pg_catalog.xid8",
	0, {0}, true
};

/* Copies a value to where it outlives the row. */
static void *
keep(const FillState *fill, void *old, const void *value)
{
	void	   *kept = MemoryContextAlloc(fill->context, VARSIZE_ANY(value));

	memcpy(kept, value, VARSIZE_ANY(value));
	if (old != NULL)
		pfree(old);
	return kept;
}

/*
 * Stores what the events of the batch were given.  Raises 40001 if somebody has
 * changed one meanwhile.
 */
static void
store_filled(FillState *fill)
{
	Datum		arrays[FILL_COLUMNS];
	int			count = fill->count;
	int			lower = 1;
	MemoryContext old;

	if (count == 0)
		return;
	old = MemoryContextSwitchTo(fill->batch);
	for (int i = 0; i < FILL_COLUMNS; i++)
	{
		bool	   *nulls = i == FILL_SALT ? fill->no_salt : fill->no_null;

		arrays[i] = PointerGetDatum(
			construct_md_array(fill->values[i], nulls, 1, &count, &lower,
							   fill_types[i].type, fill_types[i].length,
							   fill_types[i].by_value, fill_types[i].align));
	}
	if (store_query_marked(&fill_events, arrays, NULL, &event_table,
						   &fill_events).count != count)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to concurrent "
						"update")));
	MemoryContextSwitchTo(old);
	MemoryContextReset(fill->batch);
	fill->count = 0;
}

/* Copies a value into the memory of the batch. */
static Datum
keep_in_batch(const FillState *fill, const void *value, Size size)
{
	return PointerGetDatum(memcpy(MemoryContextAlloc(fill->batch, size), value,
								  size));
}

/* Takes what an event was given into the batch. */
static void
add_filled(FillState *fill, const Event *event, Datum place)
{
	int			i = fill->count++;
	const bytea *salt = event->personal_salt;

	fill->values[FILL_PLACE][i] = keep_in_batch(fill, DatumGetPointer(place),
												sizeof(ItemPointerData));
	fill->values[FILL_POSITION][i] = STORE_DATUM_XID(event->position);
	fill->values[FILL_SEAL][i] = keep_in_batch(fill, event->seal,
											   VARSIZE_ANY(event->seal));
	fill->no_salt[i] = salt == NULL;
	if (salt != NULL)
		fill->values[FILL_SALT][i] = keep_in_batch(fill, salt,
												   VARSIZE_ANY(salt));
	fill->values[FILL_DIGEST][i] =
		keep_in_batch(fill, event->personal_digest,
					  VARSIZE_ANY(event->personal_digest));
	if (fill->count == BATCH)
		store_filled(fill);
}

/*
 * Fills an event, if it is not sealed.  One that is stays as it is: sealing it
 * anew would hide that somebody has changed it.
 */
static void
fill_row(const StoreRow *row, void *state)
{
	FillState  *fill = state;
	Event		event;

	event_from_row(&event, row);
	if (fill->subject == NULL || !text_equal(fill->subject, event.subject_id))
	{
		fill->subject = keep(fill, fill->subject, event.subject_id);
		if (fill->seal != NULL)
			pfree(fill->seal);
		fill->seal = NULL;
		fill->position = 0;
	}
	if (event.seal == NULL)
	{
		if (row->nulls[EVENT_POSITION])
			event.position = Max(fill->position,
								 event.transaction < fill->next ?
								 event.transaction : 0);
		seal_event(&event, fill->seal);
		add_filled(fill, &event, row->values[event_table.ncolumns]);
	}
	fill->seal = keep(fill, fill->seal, event.seal);
	fill->position = event.position;
}

/*
 * Gives events that lack them, which are those of an older store, their
 * subject, position and seal, in the order of their ids along each history; and
 * sets positions that are another cluster's to 0.  May be repeated.
 *
 * Does nothing where other columns are not yet what they must be: what of that
 * upgrade_store() can mend comes behind this step, on an empty table, and what
 * it cannot mend makes it fail.
 */
void
event_fill(void)
{
	StoreQuery	query = {0};
	FillState  *fill = palloc0(sizeof(FillState));

	if (!store_main_readable() || !store_readable(&event_table))
		return;
	if (event_table.outdated)
	{
		fill->context = CurrentMemoryContext;
		fill->next = U64FromFullTransactionId(ReadNextFullTransactionId());
		fill->batch = AllocSetContextCreate(CurrentMemoryContext,
											"connect events to fill",
											ALLOCSET_DEFAULT_SIZES);
		query.sql = psprintf("SELECT %s, t.ctid"
							 " FROM connect.event AS t"
							 " ORDER BY coalesce(t.subject_id,"
							 " t.connection_id), t.id",
							 store_select_list(&event_table, "t"));
		store_each(&query, NULL, NULL, fill_row, fill);
		store_filled(fill);
	}
	(void) store_query_marked(&reset_positions, NULL, NULL, &event_table,
							  &reset_positions);
}
