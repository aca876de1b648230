/*
 * mark.c
 *		The trigger that tells the gate of every session which pair of
 *		organizations is being changed.  It decides nothing.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "connection/rows.h"
#include "gate/pair.h"
#include "gate/pair_tags.h"
#include "store/trigger.h"

PG_FUNCTION_INFO_V1(connect_mark_pair);

/* Marks the pair of a row. */
static void
mark_tuple(TriggerData *data, HeapTuple tuple)
{
	TupleDesc	desc = RelationGetDescr(data->tg_relation);
	bool		null;			/* never, or store_column() would raise */
	Datum		source =
		heap_getattr(tuple, store_column(&connection_table, CONNECTION_SOURCE),
					 desc, &null);
	Datum		destination = heap_getattr(tuple,
										   store_column(&connection_table,
														CONNECTION_DESTINATION),
										   desc, &null);
	const text *source_id = DatumGetTextPP(source);
	const text *destination_id = DatumGetTextPP(destination);

	/* nobody can ask for an id that is longer than an id may be */
	if (pair_has_id_length(source_id) && pair_has_id_length(destination_id))
		pair_tags_mark(pair_hash_source(pair_hash_destination(destination_id),
										source_id));
}

/*
 * connect.mark_pair(): AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW on
 * connect.connection, ENABLE ALWAYS.  It fires after the change, because a
 * BEFORE trigger may still change the row; pair_tags.c shows why that is early
 * enough.
 */
Datum
connect_mark_pair(PG_FUNCTION_ARGS)
{
	TriggerData *data = store_require_trigger(fcinfo, &connection_table,
											  "mark_pair");

	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event))
		store_refuse_trigger("mark_pair");
	if (pair_tags_enabled())
	{
		mark_tuple(data, data->tg_trigtuple);
		if (TRIGGER_FIRED_BY_UPDATE(data->tg_event))
			mark_tuple(data, data->tg_newtuple);
	}
	return PointerGetDatum(NULL);
}
