/*
 * api.c
 *		What is called from SQL about the history as a whole.
 *
 * Arguments and errors are described where the functions are declared, in sql/.
 */
#include "postgres.h"

#include "event/fill.h"
#include "fmgr.h"

PG_FUNCTION_INFO_V1(connect_seal_history);

Datum
connect_seal_history(PG_FUNCTION_ARGS)
{
	event_fill();
	PG_RETURN_VOID();
}
