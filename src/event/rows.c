/*
 * rows.c
 *		Reading and writing the history.
 */
#include "postgres.h"

#include "base/errors.h"
#include "event/rows.h"
#include "store/insert.h"

static const StoreColumn columns[] = {
	EVENT_COLUMNS(STORE_COLUMN_INFO, Event)
};

StoreTable	event_table = STORE_TABLE("event", columns);

StoreKey	event_by_subject = {
	&event_table, "event_subject_idx", 2, {EVENT_SUBJECT_ID, EVENT_ID}, F_TEXTEQ
};

static StoreInsert insert_event = {&event_table, STORE_ALL_COLUMNS};

/*
 * Fills the struct from a row; it points into the row's tuple.  An older store
 * knows one kind of subjects only.
 */
void
event_from_row(void *row, const StoreRow *from)
{
	Event	   *event = row;

	EVENT_COLUMNS(STORE_COLUMN_READ, event)
	if (event->subject_id == NULL)
	{
		event->subject_type = cstring_to_text("connection");
		event->subject_id = event->connection_id;
	}
}

/*
 * Reads the last event of a subject whose row the caller has locked; false if
 * there is none.
 */
bool
event_last(text *subject_id, Event *event)
{
	StoreRow	row;

	if (!store_fetch_last(&event_by_subject, PointerGetDatum(subject_id), &row))
		return false;
	event_from_row(event, &row);
	return true;
}

/*
 * Writes the event of a change that has been made, and returns whether it is
 * certain to stand there as it was given.  Raises transition_not_allowed if a
 * trigger has suppressed the event, because a change must not stand without its
 * event.
 */
bool
event_insert(const Event *event)
{
	StoreRow	row;
	StoreRow   *to = &row;

	EVENT_COLUMNS(STORE_COLUMN_WRITE, event)
	if (!store_insert(&insert_event, to, &insert_event, NULL))
		ereport(ERROR,
				(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
				 errdetail("The change was allowed, but its event was not "
						   "stored."),
				 errhint("Look for a trigger on connect.event that returns "
						 "NULL.")));
	return insert_event.as_given;
}
