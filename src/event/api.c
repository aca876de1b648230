/*
 * api.c
 *		What is called from SQL about the history: by an organization that
 *		follows it, and by a DBA.
 *
 * Arguments and errors are described where the functions are declared, in sql/.
 */
#include "postgres.h"

#include "base/arguments.h"
#include "event/document.h"
#include "event/feed.h"
#include "event/fill.h"
#include "event/forget.h"
#include "event/verify.h"
#include "funcapi.h"
#include "resource/document.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(connect_read_events);
PG_FUNCTION_INFO_V1(connect_seal_history);
PG_FUNCTION_INFO_V1(connect_verify_history);
PG_FUNCTION_INFO_V1(connect_history_anchor);
PG_FUNCTION_INFO_V1(connect_forget_actor);

Datum
connect_read_events(PG_FUNCTION_ARGS)
{
	Principal	who;
	Feed		feed;

	principal_require(&who, PERMISSION_READ);
	feed = event_feed(&who, ARG_TEXT(0), "after",
					  PG_ARGISNULL(1) ? FEED_PAGE_SIZE : PG_GETARG_INT32(1));
	RETURN_DOCUMENT(document_feed(&document_jsonb, &event_resource, &who,
								  FEED_PATH, &feed));
}

Datum
connect_seal_history(PG_FUNCTION_ARGS)
{
	event_fill();
	PG_RETURN_VOID();
}

/* Puts a problem into the result. */
static void
put_problem(const Event *event, const char *problem, void *state)
{
	ReturnSetInfo *set = state;
	Datum		values[] = {
		PointerGetDatum(event->subject_id),
		PointerGetDatum(event->id),
		CStringGetTextDatum(problem)
	};
	bool		nulls[lengthof(values)] = {false};

	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
}

Datum
connect_verify_history(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	verify_history(ARG_TEXT(0), put_problem, fcinfo->resultinfo);
	return (Datum) 0;
}

Datum
connect_history_anchor(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *set = (ReturnSetInfo *) fcinfo->resultinfo;
	Anchor		anchor = {
		.before = PG_ARGISNULL(0) ? 0 : STORE_VALUE_XID(PG_GETARG_DATUM(0))
	};
	Datum		values[4];
	bool		nulls[lengthof(values)] = {false};

	InitMaterializedSRF(fcinfo, 0);
	anchor_history(&anchor);
	values[0] = STORE_DATUM_XID(anchor.before);
	values[1] = Int64GetDatum(anchor.subjects);
	values[2] = Int64GetDatum(anchor.events);
	values[3] = PointerGetDatum(anchor.seal);
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
	return (Datum) 0;
}

Datum
connect_forget_actor(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(event_forget(ARG_TEXT(0), ARG_TEXT(1)));
}
