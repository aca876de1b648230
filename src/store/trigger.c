/*
 * trigger.c
 *		What the trigger functions on our tables have in common.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "store/trigger.h"

/*
 * Returns the data of a trigger that fires on its own table, where
 * create_store() has put it.  Raises an error for any other.
 */
TriggerData *
store_require_trigger(FunctionCallInfo fcinfo, StoreTable *table,
					  const char *function)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		RelationGetRelid(data->tg_relation) != store_relation_id(table))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"connect.%s\" is a trigger of the connect "
						"store only", function)));
	return data;
}

/*
 * Raises the error for a trigger that somebody has made to fire at other times.
 */
void
store_refuse_trigger(const char *function)
{
	ereport(ERROR,
			(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
			 errmsg("function \"connect.%s\" was fired by an unexpected "
					"statement", function)));
}

/* Notes that a column of the tuple is to be replaced. */
void
store_patch(TriggerPatch *patch, StoreTable *table, int column, Datum value,
			bool null)
{
	if (patch->count >= STORE_MAX_COLUMNS)
		elog(ERROR, "a trigger replaces more than %d columns",
			 STORE_MAX_COLUMNS);
	patch->attnums[patch->count] = store_column(table, column);
	patch->values[patch->count] = value;
	patch->nulls[patch->count] = null;
	patch->count++;
}

/* Returns the tuple with its columns replaced. */
HeapTuple
store_apply_patch(const TriggerPatch *patch, TriggerData *data, HeapTuple tuple)
{
	if (patch->count == 0)
		return tuple;
	return heap_modify_tuple_by_cols(tuple, RelationGetDescr(data->tg_relation),
									 patch->count,
									 unconstify(int *, &patch->attnums[0]),
									 unconstify(Datum *, &patch->values[0]),
									 unconstify(bool *, &patch->nulls[0]));
}

/*
 * Asks an AFTER ROW trigger's new tuple: has something changed the row again
 * already?  That happens within one statement, if it calls a function that
 * writes, or another trigger does.  What was done last then has its triggers
 * fired first.
 */
bool
store_changed_again(HeapTuple tuple)
{
	return !ItemPointerEquals(&tuple->t_self, &tuple->t_data->t_ctid);
}
