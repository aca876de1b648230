/*
 * verify.c
 *		Is the history as it was written?  The seals tell of each subject's
 *		events; an anchor, which somebody keeps elsewhere, tells of all.
 */
#include "postgres.h"

#include "base/digest.h"
#include "base/text.h"
#include "catalog/pg_type.h"
#include "common/cryptohash.h"
#include "event/horizon.h"
#include "event/seal.h"
#include "event/verify.h"
#include "store/statement.h"

/* How far a reading of the history has come. */
typedef struct HistoryState
{
	MemoryContext context;		/* of the next two */
	text	   *subject;		/* whose events are being read, or NULL */
	bytea	   *seal;			/* of the event before, or NULL */

	/* of verify_history() */
	void		(*problem) (const Event *event, const char *problem,
							void *state);
	void	   *problem_state;

	/* of anchor_history() */
	Anchor	   *anchor;
	pg_cryptohash_ctx *digest;
} HistoryState;

/* Keeps a copy of a value in the place of another one. */
static void *
replace(HistoryState *history, void *old, const void *value)
{
	void	   *kept = NULL;

	if (value != NULL)
	{
		kept = MemoryContextAlloc(history->context, VARSIZE_ANY(value));
		memcpy(kept, value, VARSIZE_ANY(value));
	}
	if (old != NULL)
		pfree(old);
	return kept;
}

/* Is this the first event of a subject?  Notes whose events come next. */
static bool
begins_subject(HistoryState *history, const text *subject_id)
{
	if (history->subject != NULL && text_equal(history->subject, subject_id))
		return false;
	history->subject = replace(history, history->subject, subject_id);
	history->seal = replace(history, history->seal, NULL);
	return true;
}

/* Looks at an event and the seal of the one before it. */
static void
verify_row(const StoreRow *row, void *state)
{
	HistoryState *history = state;
	Event		event;

	event_from_row(&event, row);
	(void) begins_subject(history, event.subject_id);
	if (!seal_holds(&event, history->seal))
		history->problem(&event, "The seal does not fit: this event was "
						 "changed or put in, or one before it was changed, "
						 "taken out or put in.", history->problem_state);
	if (!seal_personal_holds(&event))
		history->problem(&event, "The actor, the reason or the request was "
						 "changed.", history->problem_state);
	history->seal = replace(history, history->seal, event.seal);
}

/*
 * Looks at all events of a subject, or of all if it is NULL, as the active
 * snapshot sees them, and reports each that is not as it was written behind the
 * one before it.  Raises store_outdated.
 */
void
verify_history(text *subject_id,
			   void (*problem) (const Event *event, const char *problem,
								void *state),
			   void *state)
{
	Datum		value = PointerGetDatum(subject_id);
	StoreQuery	query = {.nargs = subject_id != NULL ? 1 : 0,
		.types = {TEXTOID}};
	HistoryState history = {
		.context = CurrentMemoryContext,
		.problem = problem,
		.problem_state = state
	};

	store_require_current(&event_table);
	query.sql = psprintf("SELECT %s FROM connect.event AS t%s"
						 " ORDER BY t.subject_id, t.id",
						 store_select_list(&event_table, "t"),
						 subject_id == NULL ? "" :
						 " WHERE t.subject_id OPERATOR(pg_catalog.=) $1");
	store_each(&query, &value, NULL, verify_row, &history);
}

/* Adds an event to an anchor. */
static void
anchor_row(const StoreRow *row, void *state)
{
	HistoryState *history = state;
	StringInfoData message;

	if (begins_subject(history, DatumGetTextPP(row->values[0])))
		history->anchor->subjects++;
	history->anchor->events++;
	initStringInfo(&message);
	digest_add_varlena(&message, DatumGetTextPP(row->values[1]));
	digest_add_varlena(&message, DatumGetByteaPP(row->values[2]));
	if (pg_cryptohash_update(history->digest, (const uint8 *) message.data,
							 message.len) < 0)
		elog(ERROR, "could not compute SHA-256: %s",
			 pg_cryptohash_error(history->digest));
}

/*
 * Computes the anchor of all events below anchor->before, or below the present
 * horizon if that is 0: their number, that of their subjects, and a SHA-256
 * over their ids and seals.  Nothing changes it afterwards but a change of the
 * history.  Raises store_outdated.
 */
void
anchor_history(Anchor *anchor)
{
	StoreQuery	query = {
		"SELECT t.subject_id, t.id, t.seal FROM connect.event AS t"
		" WHERE t.position OPERATOR(pg_catalog.<) $1"
		" ORDER BY t.subject_id, t.id", 1, {XID8OID}
	};
	HistoryState history = {
		.context = CurrentMemoryContext,
		.anchor = anchor,
		.digest = pg_cryptohash_create(PG_SHA256)
	};
	Datum		value;

	store_require_current(&event_table);
	if (anchor->before == 0)
		anchor->before = horizon_position();
	value = STORE_DATUM_XID(anchor->before);
	anchor->subjects = anchor->events = 0;
	anchor->seal = palloc(VARHDRSZ + DIGEST_LENGTH);
	SET_VARSIZE(anchor->seal, VARHDRSZ + DIGEST_LENGTH);
	if (history.digest == NULL || pg_cryptohash_init(history.digest) < 0)
		elog(ERROR, "could not compute SHA-256: %s",
			 pg_cryptohash_error(history.digest));
	store_each(&query, &value, NULL, anchor_row, &history);
	if (pg_cryptohash_final(history.digest, (uint8 *) VARDATA(anchor->seal),
							DIGEST_LENGTH) < 0)
		elog(ERROR, "could not compute SHA-256: %s",
			 pg_cryptohash_error(history.digest));
	pg_cryptohash_free(history.digest);
}
