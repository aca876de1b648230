/*
 * trigger.h
 *		What the trigger functions on our tables have in common.
 */
#ifndef CONNECT_STORE_TRIGGER_H
#define CONNECT_STORE_TRIGGER_H

#include "commands/trigger.h"
#include "fmgr.h"
#include "store/table.h"

/* Columns of a tuple that a trigger replaces. */
typedef struct TriggerPatch
{
	int			count;
	int			attnums[STORE_MAX_COLUMNS];
	Datum		values[STORE_MAX_COLUMNS];
	bool		nulls[STORE_MAX_COLUMNS];
} TriggerPatch;

extern TriggerData *store_require_trigger(FunctionCallInfo fcinfo,
										  StoreTable *table,
										  const char *function);
extern void store_refuse_trigger(const char *function);
extern void store_patch(TriggerPatch *patch, StoreTable *table, int column,
						Datum value, bool null);
extern HeapTuple store_apply_patch(const TriggerPatch *patch, TriggerData *data,
								   HeapTuple tuple);
extern bool store_changed_again(HeapTuple tuple);

#endif							/* CONNECT_STORE_TRIGGER_H */
