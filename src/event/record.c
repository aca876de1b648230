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
#include "base/errors.h"
#include "base/random.h"
#include "base/text.h"
#include "event/record.h"
#include "event/seal.h"
#include "utils/snapmgr.h"

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
 * Returns the position of an event of this transaction behind one of this
 * position: not below it, so that a reader who has seen the event has seen the
 * one before.  A position that no transaction of this cluster can have is one
 * of another cluster, and means nothing here.
 */
static uint64
next_position(uint64 own, uint64 last)
{
	if (last <= own ||
		last >= U64FromFullTransactionId(ReadNextFullTransactionId()))
		return own;
	return last;
}

/*
 * Raises transition_not_allowed unless the subject's last event is this one,
 * as it was sealed behind one with this seal.
 */
static void
require_as_sealed(const Event *event, const bytea *last_seal)
{
	Event		stored;
	bool		same;

	/* what has just been written is to be seen */
	PushCopiedSnapshot(GetActiveSnapshot());
	UpdateActiveSnapshotCommandId();
	same = event_last(event->subject_id, &stored) &&
		text_same(stored.seal, event->seal) &&
		seal_holds(&stored, last_seal) && stored.personal_salt != NULL &&
		seal_personal_holds(&stored) && stored.position == event->position;
	PopActiveSnapshot();
	if (!same)
		ereport(ERROR,
				(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
				 errdetail("The change was allowed, but its event was not "
						   "stored as it was sealed."),
				 errhint("Look for a trigger or a rule on connect.event that "
						 "changes rows or puts them elsewhere, and for "
						 "columns of another type.")));
}

/*
 * Writes the event of a change that has been made, in the AFTER ROW trigger of
 * its subject.  first says that no other event can be of this subject.  The
 * caller fills in all but id, transaction, position and seals; created_at
 * is the time of the change, and becomes just above that of the last event if
 * it is not.  Raises store_outdated, and transition_not_allowed if a trigger or
 * a rule has suppressed the event, or made another one of it.
 */
void
event_record(Event *event, bool first)
{
	Event		last = {0};
	bool		follows;

	event_require_current();
	follows = !first && event_last(event->subject_id, &last);
	event->id = follows ?
		random_typeid_above("evt", last.id) : random_typeid("evt");
	if (follows && event->created_at <= last.created_at)
		event->created_at = last.created_at + 1;
	event->transaction = U64FromFullTransactionId(GetTopFullTransactionId());
	event->position = next_position(event->transaction, last.position);
	seal_event(event, last.seal);
	if (!event_insert(event))
		require_as_sealed(event, last.seal);
}
