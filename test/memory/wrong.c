/*
 * wrong.c
 *		Functions that do what connect must not do.  The sanitizers have to
 *		see each of them.
 */
#include "postgres.h"

#include "fmgr.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(wrong_stack);
PG_FUNCTION_INFO_V1(wrong_heap);
PG_FUNCTION_INFO_V1(wrong_palloc);
PG_FUNCTION_INFO_V1(wrong_sum);

/* Reads one element past an array on the stack. */
Datum
wrong_stack(PG_FUNCTION_ARGS)
{
	int			array[4] = {0};
	volatile int *first = array;

	PG_RETURN_INT32(first[PG_GETARG_INT32(0)]);
}

/* Reads after free(). */
Datum
wrong_heap(PG_FUNCTION_ARGS)
{
	volatile char *memory = malloc(100);

	free((char *) memory);
	PG_RETURN_INT32(memory[PG_GETARG_INT32(0)]);
}

/*
 * Writes past a piece of memory that is too large for a context's blocks, so
 * that malloc() gives it.
 */
Datum
wrong_palloc(PG_FUNCTION_ARGS)
{
	volatile char *memory = palloc(1000000);

	memory[1000000 + PG_GETARG_INT32(0) * 64] = 1;
	PG_RETURN_INT32(0);
}

/* Adds until the sum overflows. */
Datum
wrong_sum(PG_FUNCTION_ARGS)
{
	volatile int sum = PG_INT32_MAX;

	sum = sum + PG_GETARG_INT32(0);
	PG_RETURN_INT32(sum);
}
