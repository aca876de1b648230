/*
 * counter.c
 *		Tells callgrind which instructions of a backend to count.
 *
 * This is for a server that runs under valgrind.  Elsewhere the functions do
 * nothing.
 */
#include "postgres.h"

#include <valgrind/callgrind.h>

#include "fmgr.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(count_from_here);
PG_FUNCTION_INFO_V1(count_to_here);

/* Starts counting. */
Datum
count_from_here(PG_FUNCTION_ARGS)
{
	CALLGRIND_START_INSTRUMENTATION;
	CALLGRIND_ZERO_STATS;
	PG_RETURN_VOID();
}

/*
 * Writes what was counted to callgrind's next file, with a label, and stops
 * counting.
 */
Datum
count_to_here(PG_FUNCTION_ARGS)
{
	CALLGRIND_DUMP_STATS_AT(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	CALLGRIND_STOP_INSTRUMENTATION;
	PG_RETURN_VOID();
}
