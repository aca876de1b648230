/*
 * routes.c
 *		Which operations there are.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "http/operation.h"
#include "nodes/pg_list.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

PG_FUNCTION_INFO_V1(connect_api_routes);

/* Pointers to Operation, in the order of registration. */
static List *registered = NIL;

/* Adds the operations of a resource, which stay where they are, for good. */
void
http_register(const Operation *operations, int count)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

	for (int i = 0; i < count; i++)
		registered = lappend(registered, (void *) &operations[i]);
	MemoryContextSwitchTo(old);
}

/* Shows each operation with its address. */
Datum
connect_api_routes(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	ListCell   *cell;

	InitMaterializedSRF(fcinfo, 0);
	foreach(cell, registered)
	{
		const Operation *operation = lfirst(cell);
		bool		writes = operation->permission == PERMISSION_WRITE;
		bool		nulls[5] = {false};
		Datum		values[] = {
			CStringGetTextDatum(operation->name),
			CStringGetTextDatum(operation->method),
			CStringGetTextDatum(operation->path),
			CStringGetTextDatum(operation->resource->type),
			CStringGetTextDatum(writes ? "write" : "read")
		};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
