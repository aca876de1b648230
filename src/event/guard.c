/*
 * guard.c
 *		The triggers on connect.event: history is written by event_record(),
 *		forgotten by forget_actor(), brought up to date by upgrade_store(), and
 *		touched by nobody else.
 */
#include "postgres.h"

#include "base/errors.h"
#include "event/rows.h"
#include "store/statement.h"
#include "store/trigger.h"

PG_FUNCTION_INFO_V1(connect_guard_event);

/*
 * connect.guard_event(): BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW, and
 * BEFORE TRUNCATE FOR EACH STATEMENT, on connect.event.
 */
Datum
connect_guard_event(PG_FUNCTION_ARGS)
{
	TriggerData *data = store_require_trigger(fcinfo, &event_table,
											  "guard_event");

	if (!(TRIGGER_FIRED_BY_INSERT(data->tg_event) ||
		  TRIGGER_FIRED_BY_UPDATE(data->tg_event)) ||
		store_meaning(&event_table) == NULL)
		ereport(ERROR,
				(connect_error(ERROR_EVENT_CHANGED),
				 errdetail("The history of connections is written by their "
						   "changes alone.")));
	return PointerGetDatum(TRIGGER_FIRED_BY_INSERT(data->tg_event) ?
						   data->tg_trigtuple : data->tg_newtuple);
}
