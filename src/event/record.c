/*
 * record.c
 *		Continuing the history of a subject.
 *
 * Whoever changes a subject holds its row's lock until the end of the
 * transaction, so its last event is known for certain, and everything that
 * must ascend along a history goes on from there: clocks may be set back, and
 * transactions with lower ids may come later.
 */
#include "postgres.h"

#include "access/transam.h"
#include "access/xact.h"
#include "base/random.h"
#include "event/record.h"
#include "event/seal.h"

/*
 * Raises store_outdated if the history cannot be written to, for those that
 * find out early.
 */
void
event_require_current(void)
{
	store_require_current(&event_table);
}

/*
 * Returns the position of an event behind one of this position: not below it,
 * so that a reader who has seen the event has seen the one before.  A position
 * that no transaction of this cluster can have is one of another cluster, and
 * means nothing here.
 */
static uint64
next_position(uint64 last)
{
	uint64		own = U64FromFullTransactionId(GetTopFullTransactionId());

	if (last <= own ||
		last >= U64FromFullTransactionId(ReadNextFullTransactionId()))
		return own;
	return last;
}

/*
 * Writes the event of a change that has been made, in the AFTER ROW trigger of
 * its subject.  The caller fills in all but id, position and seals; created_at
 * is the time of the change, and becomes just above that of the last event if
 * it is not.  Raises store_outdated, and transition_not_allowed if a trigger
 * has suppressed the event.
 */
void
event_record(Event *event)
{
	Event		last = {0};
	bool		follows;

	event_require_current();
	follows = event_last(event->subject_id, &last);
	event->id = follows ?
		random_typeid_above("evt", last.id) : random_typeid("evt");
	if (follows && event->created_at <= last.created_at)
		event->created_at = last.created_at + 1;
	event->position = next_position(last.position);
	seal_event(event, last.seal);
	event_insert(event);
}
