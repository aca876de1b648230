/*
 * arguments.h
 *		Taking the arguments of a SQL function apart.
 */
#ifndef CONNECT_BASE_ARGUMENTS_H
#define CONNECT_BASE_ARGUMENTS_H

#include "base/errors.h"
#include "fmgr.h"

/* An argument; NULL if it is null. */
#define ARG_TEXT(n) (PG_ARGISNULL(n) ? NULL : PG_GETARG_TEXT_PP(n))
#define ARG_ARRAY(n) (PG_ARGISNULL(n) ? NULL : PG_GETARG_ARRAYTYPE_P(n))

/* Raises parameter_missing for a null argument. */
static inline void
argument_require(FunctionCallInfo fcinfo, int n, const char *name)
{
	if (PG_ARGISNULL(n))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, name),
				 blame_argument(name),
				 errdetail("\"%s\" must be given.", name)));
}

#endif							/* CONNECT_BASE_ARGUMENTS_H */
