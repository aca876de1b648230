/*
 * check.c
 *		What the CHECKs of resources' tables ask of a row, for every writer:
 *		replicated rows and restored ones meet no other law.
 *
 * PostgreSQL reads the expression of every CHECK anew for each statement, which
 * costs by its length.  The call of a function is a fifth of the same in SQL.
 */
#include "postgres.h"

#include "base/compat.h"
#include "base/typeid.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(connect_has_valid_id_and_times);

/*
 * The years that RFC 3339 can write: from the first moment of 0001 to that of
 * the last day of 9999.
 */
#define FIRST_TIME (INT64CONST(-730119) * USECS_PER_DAY)
#define LAST_TIME (INT64CONST(2921939) * USECS_PER_DAY)

static inline bool
is_writable_time(TimestampTz time)
{
	return time >= FIRST_TIME && time <= LAST_TIME;
}

Datum
connect_has_valid_id_and_times(PG_FUNCTION_ARGS)
{
	text	   *id;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	id = PG_GETARG_TEXT_PP(0);
	PG_RETURN_BOOL(typeid_pattern_ok(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id)) &&
				   is_writable_time(PG_GETARG_TIMESTAMPTZ(1)) &&
				   is_writable_time(PG_GETARG_TIMESTAMPTZ(2)));
}
