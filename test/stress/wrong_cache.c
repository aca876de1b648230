/*
 * wrong_cache.c
 *		A gate as it must not be: it remembers answers until an invalidation
 *		message comes, whatever the snapshot sees.
 *
 * A session that keeps an old snapshot takes the message, finds the old row
 * again, and then gives that answer for ever.  The stress test runs against
 * this gate too and has to notice: a test that passes here proves nothing.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/rel.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(wrong_is_allowed);
PG_FUNCTION_INFO_V1(wrong_invalidate);

typedef struct Answer
{
	char		pair[160];		/* source, destination */
	bool		allowed;
} Answer;

static HTAB *answers = NULL;
static bool registered = false;

/* Forgets everything, whichever table has changed. */
static void
forget(Datum arg, Oid relid)
{
	if (answers != NULL)
		hash_destroy(answers);
	answers = NULL;
}

/* Asks the table. */
static bool
ask(Datum *args)
{
	static SPIPlanPtr plan = NULL;
	bool		null;
	bool		allowed;

	SPI_connect();
	if (plan == NULL)
	{
		Oid			types[] = {TEXTOID, TEXTOID, TEXTOID};

		plan = SPI_prepare("SELECT EXISTS (SELECT FROM connect.connection"
						   " WHERE source_organization_id = $1"
						   " AND destination_organization_id = $2"
						   " AND status = 'active' AND $3 = ANY (scopes))", 3,
						   types);
		SPI_keepplan(plan);
	}
	if (SPI_execute_plan(plan, args, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "SPI_execute_plan failed");
	allowed = DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0],
										 SPI_tuptable->tupdesc, 1, &null));
	SPI_finish();
	return allowed;
}

/*
 * wrong_is_allowed(source, destination, scope) is STRICT and always asked for
 * the same scope.
 */
Datum
wrong_is_allowed(PG_FUNCTION_ARGS)
{
	Datum		args[] = {PG_GETARG_DATUM(0), PG_GETARG_DATUM(1),
		PG_GETARG_DATUM(2)};
	char		pair[sizeof(((Answer *) NULL)->pair)] = {0};
	Answer	   *answer;
	bool		found;
	bool		allowed;

	if (!registered)
		CacheRegisterRelcacheCallback(forget, (Datum) 0);
	registered = true;
	snprintf(pair, sizeof(pair), "%s %s", TextDatumGetCString(args[0]),
			 TextDatumGetCString(args[1]));
	if (answers != NULL)
	{
		answer = hash_search(answers, pair, HASH_FIND, NULL);
		if (answer != NULL)
			PG_RETURN_BOOL(answer->allowed);
	}
	allowed = ask(args);
	if (answers == NULL)
	{
		HASHCTL		control = {.keysize = sizeof(pair),
			.entrysize = sizeof(Answer)};

		answers = hash_create("wrong answers", 64, &control,
							  HASH_ELEM | HASH_BLOBS);
	}
	answer = hash_search(answers, pair, HASH_ENTER, &found);
	answer->allowed = allowed;
	PG_RETURN_BOOL(allowed);
}

/*
 * wrong_invalidate(): a row trigger that sends the message when its
 * transaction commits.
 */
Datum
wrong_invalidate(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	CacheInvalidateRelcache(data->tg_relation);
	return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(data->tg_event) ?
						   data->tg_newtuple : data->tg_trigtuple);
}
