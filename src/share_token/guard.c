/*
 * guard.c
 *		The triggers on connect.share_token, by which the rules hold for every
 *		writer.
 *
 * A BEFORE ROW trigger fills in the row and refuses early.  An AFTER ROW
 * trigger sees to it that what was really stored is that, because a trigger of
 * the DBA's may have changed the row in between; then it writes the event.
 * Where a function of ours writes, the BEFORE trigger tells the AFTER trigger
 * what it has decided.  Otherwise that is decided once more.  change.c decides;
 * this file does only what triggers need.
 */
#include "postgres.h"

#include "base/random.h"
#include "base/text.h"
#include "event/record.h"
#include "event/subject.h"
#include "share_token/change.h"
#include "store/narrow.h"
#include "store/row_time.h"
#include "store/statement.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_guard_share_token);
PG_FUNCTION_INFO_V1(connect_record_share_token);

static const EventSubject share_token_subject = {
	.table = &share_token_table,
	.guard = "guard_share_token",
	.record = "record_share_token",
	.noun = "share token",
	.plural = "Share tokens",
	.instead = "Expire the token instead.",
	.delete_refused = ERROR_TOKEN_DELETE,
	.truncate_refused = ERROR_TOKEN_TRUNCATE,
	.transition_refused = ERROR_TOKEN_TRANSITION
};

/*
 * Finds out for whom a row is being written.  The function of ours that is
 * running says so; for a plain statement it is whoever is acting.  The caller
 * has pushed a snapshot that sees what earlier statements changed.
 */
static ShareTokenWrite
current_writer(Principal *who)
{
	const ShareTokenWrite *ours = store_meaning(&share_token_table);
	ShareTokenWrite plain = {.principal = who};

	if (ours != NULL)
		return *ours;
	principal_for_write(who);
	if (who->kind == PRINCIPAL_OWNER)
		plain.as = PARTY_APPLICATION;
	return plain;
}

/* Reads a tuple of the trigger's relation, to which the token points. */
static void
read_tuple(TriggerData *data, HeapTuple tuple, ShareToken *token)
{
	StoreRow	row;

	store_deform(&share_token_table, tuple,
				 RelationGetDescr(data->tg_relation), &row);
	share_token_from_row(token, &row);
}

/* Puts a column into the patch, if it was settled as another value. */
static void
patch_text(TriggerPatch *patch, int column, text *given, text *settled)
{
	if (!text_same(given, settled))
		store_patch(patch, &share_token_table, column,
					PointerGetDatum(settled), settled == NULL);
}

static void
patch_time(TriggerPatch *patch, int column, TimestampTz given,
		   TimestampTz settled)
{
	if (given != settled)
		store_patch(patch, &share_token_table, column,
					TimestampTzGetDatum(settled), settled == DT_NOBEGIN);
}

/* The status of a row that was settled is not null. */
static void
patch_state(TriggerPatch *patch, int column, int given, int settled)
{
	if (given != settled)
		store_patch(patch, &share_token_table, column,
					share_token_status_datum(settled), false);
}

#define PATCH_TEXT patch_text
#define PATCH_TIME patch_time
#define PATCH_STATE patch_state
#define PATCH_COLUMN(context, number, member, kind, null, name) \
	PATCH_##kind(&patch, number, given->member, settled->member);

/* Returns a tuple that holds the row as it was settled. */
static HeapTuple
settled_tuple(TriggerData *data, HeapTuple tuple, const ShareToken *given,
			  const ShareToken *settled)
{
	TriggerPatch patch = {0};

	SHARE_TOKEN_COLUMNS(PATCH_COLUMN, )
	return store_apply_patch(&patch, data, tuple);
}

/* Tells the AFTER trigger of a statement of ours what was decided. */
static void
tell_settled(const ShareTokenWrite *writer, const ShareToken *row, int action,
			 bool by_time)
{
	MemoryContext old;

	if (writer->settled == NULL)
		return;
	old = MemoryContextSwitchTo(writer->settled->context);
	share_token_copy(&writer->settled->row, row);
	MemoryContextSwitchTo(old);
	writer->settled->action = action;
	writer->settled->by_time = by_time;
}

/*
 * Raises share_token_exists if an organization gives its new row an id that is
 * taken.  The primary key would refuse that too, but ON CONFLICT (id) DO UPDATE
 * finds the conflict first, and since PostgreSQL 18 its WHERE sees the row that
 * is there before row security refuses.
 */
static void
refuse_taken_id(const ShareTokenWrite *writer, text *id)
{
	if (writer->principal->kind == PRINCIPAL_ORGANIZATION &&
		store_has(&share_token_by_id, (Datum[]) {PointerGetDatum(id)}))
		ereport(ERROR,
				(connect_error(ERROR_TOKEN_EXISTS),
				 blame_argument("id"),
				 errdetail("The id is taken."),
				 errhint("Leave it out, and a new one is made.")));
}

/* Decides on a new row, and returns it filled in. */
static HeapTuple
guard_insert(TriggerData *data)
{
	Principal	who;
	ShareTokenWrite writer = current_writer(&who);
	ShareToken	given;
	ShareToken	settled;

	read_tuple(data, data->tg_trigtuple, &given);
	settled = given;
	if (settled.id == NULL)
		settled.id = random_typeid("cnst");
	change_settle_insert(&writer, &settled, row_time_read(data, settled.id));
	if (given.id != NULL)
		refuse_taken_id(&writer, settled.id);
	tell_settled(&writer, &settled, TOKEN_CREATE, false);
	if (writer.settled != NULL)
		writer.settled->made_id = given.id == NULL;
	return settled_tuple(data, data->tg_trigtuple, &given, &settled);
}

/* Decides on a changed row, and returns it filled in. */
static HeapTuple
guard_update(TriggerData *data)
{
	Principal	who;
	ShareTokenWrite writer = current_writer(&who);
	ShareToken	old;
	ShareToken	given;
	ShareToken	settled;
	int			action;
	bool		by_time;

	read_tuple(data, data->tg_trigtuple, &old);
	read_tuple(data, data->tg_newtuple, &given);
	settled = given;
	action = change_settle_update(&writer, &old, &settled,
								  row_time_read(data, old.id), &by_time);
	tell_settled(&writer, &settled, action, by_time);
	return settled_tuple(data, data->tg_newtuple, &given, &settled);
}

/*
 * connect.guard_share_token(): BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW,
 * and BEFORE TRUNCATE FOR EACH STATEMENT, on connect.share_token.
 */
Datum
connect_guard_share_token(PG_FUNCTION_ARGS)
{
	return subject_guard(fcinfo, &share_token_subject, guard_insert,
						 guard_update);
}

/*
 * Writes the event of a change that has been made.  from is the state that the
 * token was in, and token is the row as it is now.  What time has done, nobody
 * has.
 */
static void
write_event(const ShareTokenWrite *write, int action, bool by_time, int from,
			const ShareToken *token, TimestampTz time, bool first)
{
	Event		event = {
		EVENT_BLANK,
		.subject_type = cstring_to_text("share_token"),
		.subject_id = token->id,
		.connection_id = token->connection_id,
		.source = token->source,
		.destination = token->destination,
		.action = cstring_to_text(rules_action_label(&share_token_life,
													 action)),
		.from_status = subject_text(share_token_status_label(from)),
		.to_status = subject_text(share_token_status_label(token->status))
	};

	event.expires_at = token->expires_at;
	event.created_at = time;
	if (by_time)
		event.effective_at = token->updated_at;
	else
		subject_set_actor(&event, write->principal, write->reason,
						  write->request_id);
	event_record(&event, first);
}

/* Has the BEFORE trigger told what was settled?  A DBA may have disabled it. */
static bool
is_told(const ShareTokenWrite *writer)
{
	return writer->settled != NULL && writer->settled->row.id != NULL;
}

/* Sees to it that a new row was stored as it was settled. */
static void
verify_insert(const ShareTokenWrite *writer, const ShareToken *stored,
			  TimestampTz time)
{
	ShareToken	settled = *stored;

	if (is_told(writer))
		settled = writer->settled->row;
	else
		change_settle_insert(writer, &settled, time);
	change_require_same(&settled, stored);
}

/* The same for a changed row; returns the action. */
static int
verify_update(const ShareTokenWrite *writer, const ShareToken *old,
			  const ShareToken *stored, TimestampTz time, bool *by_time)
{
	if (!is_told(writer))
		return change_verify_update(writer, old, stored, time, by_time);
	change_require_same(&writer->settled->row, stored);
	*by_time = writer->settled->by_time;
	return writer->settled->action;
}

/*
 * connect.record_share_token(): AFTER INSERT OR UPDATE FOR EACH ROW on
 * connect.share_token.  It sees to what was stored and writes the event.
 */
Datum
connect_record_share_token(PG_FUNCTION_ARGS)
{
	TriggerData *data = subject_require_record(fcinfo, &share_token_subject);
	bool		insert = TRIGGER_FIRED_BY_INSERT(data->tg_event);
	ShareToken	old = {.status = TOKEN_NONE};
	ShareToken	new;
	Principal	who;
	ShareTokenWrite writer;
	int			action = TOKEN_CREATE;
	bool		by_time = false;
	bool		first;
	TimestampTz time;

	PushActiveSnapshot(GetTransactionSnapshot());
	subject_require_last(&share_token_subject,
						 insert ? data->tg_trigtuple : data->tg_newtuple);
	writer = current_writer(&who);
	read_tuple(data, insert ? data->tg_trigtuple : data->tg_newtuple, &new);
	time = row_time_take(data, new.id);
	if (insert)
		verify_insert(&writer, &new, time);
	else
	{
		read_tuple(data, data->tg_trigtuple, &old);
		action = verify_update(&writer, &old, &new, time, &by_time);
	}
	/* nothing can be of an id that the guard has just made */
	first = insert && writer.settled != NULL && writer.settled->made_id;
	if (first)
		store_narrow_add(&share_token_table, &new);
	else
		store_narrow_follow(&share_token_table, insert ? NULL : &old, &new);
	if (action != ACTION_NONE)
		write_event(&writer, action, by_time, old.status, &new, time, first);
	PopActiveSnapshot();
	return PointerGetDatum(NULL);
}
