/*
 * writer.c
 *		What the triggers on connect.connection have in common: for whom a row
 *		is written, and what is in it.
 */
#include "postgres.h"

#include "base/text.h"
#include "connection/change.h"
#include "connection/writer.h"
#include "store/statement.h"

const EventSubject connection_subject = {
	.table = &connection_table,
	.guard = "guard_connection",
	.record = "record_event",
	.noun = "connection",
	.plural = "Connections",
	.instead = "Deactivate the connection instead.",
	.delete_refused = ERROR_DELETE_REFUSED,
	.truncate_refused = ERROR_TRUNCATE_REFUSED,
	.transition_refused = ERROR_TRANSITION_NOT_ALLOWED
};

/*
 * Finds out for whom a row is being written.  The function of ours that is
 * running says so; for a plain statement it is whoever is acting.  The caller
 * has pushed a snapshot that sees what earlier statements changed.
 */
ConnectionWrite
writer_current(Principal *who)
{
	const ConnectionWrite *ours = store_meaning(&connection_table);
	ConnectionWrite	plain = {.principal = who};

	if (ours != NULL)
		return *ours;
	principal_for_write(who);
	return plain;
}

/*
 * Reads a tuple of the trigger's relation as a Connection, whose members point
 * into row.
 */
void
writer_read(TriggerData *data, HeapTuple tuple, StoreRow *row,
		   Connection *connection)
{
	store_deform(&connection_table, tuple, RelationGetDescr(data->tg_relation),
				 row);
	connection_from_row(connection, row);
}

/*
 * Reads the row as it was.  Its scopes are sorted here, since an import may
 * have left them in any order.
 */
void
writer_read_old(TriggerData *data, StoreRow *row, Connection *old)
{
	writer_read(data, data->tg_trigtuple, row, old);
	old->scopes = change_sort_scopes(old->scopes);
}

/*
 * Decides on a changed row, and returns the action that the change amounts to.
 * Raises what change_check_update() raises, and transition_not_allowed if what
 * only forgets the creator changes more.
 */
int
writer_check_update(const ConnectionWrite *writer, Connection *old,
					const Connection *new, TimestampTz now)
{
	int			action;

	if (writer->forgets)
		old->creator_id = old->creator_type = NULL;
	action = change_check_update(writer->principal, old, new, writer->action,
								 now);
	if (writer->forgets && action != ACTION_NONE)
		ereport(ERROR,
				(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
				 errdetail("Forgetting who created connection \"%s\" changes "
						   "nothing else.", text_excerpt(old->id)),
				 errhint("Look for a trigger on connect.connection that "
						 "changes it.")));
	return action;
}
