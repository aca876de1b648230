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
#include "store/statement.h"

/* How far the filling has come. */
typedef struct FillState
{
	MemoryContext context;		/* of what follows */
	text	   *subject;		/* whose events are being filled, or NULL */
	bytea	   *seal;			/* of the event before */
	uint64		position;		/* likewise */
	uint64		next;			/* position of no transaction yet */
} FillState;

static StoreQuery fill_event = {
	"UPDATE connect.event AS t SET subject_type = $2, subject_id = $3,"
	" position = $4, seal = $5, personal_salt = $6, personal_digest = $7"
	" WHERE t.id OPERATOR(pg_catalog.=) $1",
	7, {TEXTOID, TEXTOID, TEXTOID, XID8OID, BYTEAOID, BYTEAOID, BYTEAOID},
	true
};

/*
 * A position that no transaction visible here can have.  Rows of a transaction
 * that began meanwhile are not seen.
 */
static StoreQuery reset_positions = {
	"UPDATE connect.event AS t SET position = '0'::pg_catalog.xid8"
	" WHERE t.position OPERATOR(pg_catalog.>=)"
	" pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())",
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

/* Stores what an event was given. */
static void
store_filled(const Event *event)
{
	Datum		values[] = {
		PointerGetDatum(event->id),
		PointerGetDatum(event->subject_type),
		PointerGetDatum(event->subject_id),
		STORE_DATUM_XID(event->position),
		PointerGetDatum(event->seal),
		PointerGetDatum(event->personal_salt),
		PointerGetDatum(event->personal_digest)
	};
	const char	nulls[] = {
		' ', ' ', ' ', ' ', ' ', event->personal_salt != NULL ? ' ' : 'n', ' '
	};

	(void) store_query_marked(&fill_event, values, nulls, &event_table,
							  &fill_event);
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
	uint64		own =
		STORE_VALUE_XID(row->values[event_table.ncolumns]);

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
			event.position = Max(fill->position, own < fill->next ? own : 0);
		seal_event(&event, fill->seal);
		store_filled(&event);
	}
	fill->seal = keep(fill, fill->seal, event.seal);
	fill->position = event.position;
}

/*
 * Gives events that lack them, which are those of an older store, their
 * subject, position and seal, in the order of their ids along each history; and
 * sets positions that are another cluster's to 0.  May be repeated.
 */
void
event_fill(void)
{
	StoreQuery	query = {0};
	FillState	fill = {
		.context = CurrentMemoryContext,
		.next = U64FromFullTransactionId(ReadNextFullTransactionId())
	};

	(void) store_relation_id(&event_table);
	if (event_table.outdated)
	{
		query.sql = psprintf("SELECT %s, t.transaction_id"
							 " FROM connect.event AS t"
							 " ORDER BY coalesce(t.subject_id,"
							 " t.connection_id), t.id",
							 store_select_list(&event_table, "t"));
		store_each(&query, NULL, NULL, fill_row, &fill);
	}
	(void) store_query_marked(&reset_positions, NULL, NULL, &event_table,
							  &reset_positions);
}
