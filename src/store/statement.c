/*
 * statement.c
 *		Runs the store's statements: saved SPI plans, as the store's owner.
 *
 * The text of a statement stands where its table's rows are read and written,
 * but SPI is called only here.  Every name and operator in such a text is
 * qualified, because the caller's search_path is in force.  A bare "=", IN,
 * NULLIF, IS DISTINCT FROM and CASE x WHEN would all look up their operator in
 * that path.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "base/errors.h"
#include "miscadmin.h"
#include "store/statement.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/*
 * What the statement of ours that is running says to the triggers that it
 * fires.  Only store_query_marked() and store_run_marked() set it.
 */
typedef struct StatementMark
{
	StoreTable *table;
	const void *meaning;
	int			trigger_depth;
} StatementMark;

/* How many rows store_each() fetches at a time. */
#define ROWS_AT_A_TIME 500

static const StatementMark *current_mark = NULL;

/*
 * Becomes another role, as ri_triggers.c does: SET ROLE is refused, and row
 * security does not hold the owner of a table, even if it is forced.
 */
static void
become(Oid userid, Oid *saved_userid, int *saved_context)
{
	GetUserIdAndSecContext(saved_userid, saved_context);
	SetUserIdAndSecContext(userid, *saved_context |
						   SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
}

/* Copies SPI's result into the caller's context. */
static StoreResult
copy_result(MemoryContext context)
{
	StoreResult result = {.count = SPI_processed, .rows = NULL};
	MemoryContext old;

	if (SPI_tuptable == NULL)
		return result;

	if (SPI_tuptable->tupdesc->natts > STORE_MAX_COLUMNS)
		elog(ERROR, "a statement of ours returns more than %d columns",
			 STORE_MAX_COLUMNS);
	old = MemoryContextSwitchTo(context);
	result.rows = palloc(Max(1, result.count) * sizeof(StoreRow));
	for (uint64 i = 0; i < result.count; i++)
	{
		heap_deform_tuple(heap_copytuple(SPI_tuptable->vals[i]),
						  SPI_tuptable->tupdesc, result.rows[i].values,
						  result.rows[i].nulls);
	}
	MemoryContextSwitchTo(old);
	return result;
}

/*
 * Raises an error if SPI refuses our own statement, which can only be a mistake
 * of ours.
 */
static void
check_spi(int code, const char *what)
{
	if (code < 0)
		elog(ERROR, "%s failed: %s", what, SPI_result_code_string(code));
}

/* Returns the plan of a query, preparing and keeping it at the first call. */
static SPIPlanPtr
saved_plan(StoreQuery *query)
{
	if (query->plan == NULL)
	{
		const char *sql = query->sql;
		SPIPlanPtr	plan;

		if (query->returning != NULL)
		{
			/* the list that is kept must have all columns */
			store_require_current(query->returning);
			sql = psprintf("%s RETURNING %s", sql,
						   store_select_list(query->returning, "t"));
		}
		/* generic, since a plan for each call would cost many times the call */
		plan = SPI_prepare_cursor(sql, query->nargs, query->types,
								  CURSOR_OPT_GENERIC_PLAN);
		check_spi(plan == NULL ? SPI_result : 0, "SPI_prepare_cursor");
		check_spi(SPI_keepplan(plan), "SPI_keepplan");
		query->plan = plan;
	}
	return query->plan;
}

/*
 * Runs a saved statement as a role and returns its rows in the current memory
 * context.  A statement that only reads sees the active snapshot.  One that
 * writes takes a new snapshot, as every VOLATILE function does.
 *
 * The role is restored before this returns.  After an error PostgreSQL restores
 * it itself, at the end of the subtransaction or transaction.
 */
StoreResult
store_query_as(StoreQuery *query, const Datum *values, const char *nulls,
			   Oid role)
{
	MemoryContext caller = CurrentMemoryContext;
	StoreResult result;
	Oid			userid;
	int			context;

	become(role, &userid, &context);
	check_spi(SPI_connect(), "SPI_connect");
	check_spi(SPI_execute_plan(saved_plan(query), unconstify(Datum *, values),
							   nulls, !query->writes, 0),
			  "SPI_execute_plan");
	result = copy_result(caller);
	check_spi(SPI_finish(), "SPI_finish");
	SetUserIdAndSecContext(userid, context);
	return result;
}

/* Runs a saved statement as the store's owner, as store_query_as() does. */
StoreResult
store_query(StoreQuery *query, const Datum *values, const char *nulls)
{
	return store_query_as(query, values, nulls, store_owner());
}

/*
 * Returns how many triggers are running inside each other, 0 outside of
 * triggers.
 */
static int
trigger_depth(void)
{
	return DatumGetInt32(DirectFunctionCall1(pg_trigger_depth, (Datum) 0));
}

/*
 * Runs a function as the store's owner, and tells the triggers that it fires on
 * a table what that means.  They ask store_meaning().
 */
void
store_run_marked(void (*run) (void *arg), void *arg, StoreTable *table,
				 const void *meaning)
{
	const StatementMark *outer = current_mark;
	StatementMark mark = {table, meaning, trigger_depth() + 1};
	Oid			userid;
	int			context;

	become(store_owner(), &userid, &context);
	current_mark = &mark;
	PG_TRY();
	{
		run(arg);
	}
	PG_FINALLY();
	{
		current_mark = outer;
	}
	PG_END_TRY();
	SetUserIdAndSecContext(userid, context);
}

/*
 * Runs a saved statement that writes to a table, and tells the triggers that it
 * fires on that table what it means.  They ask store_meaning().
 */
StoreResult
store_query_marked(StoreQuery *query, const Datum *values, const char *nulls,
				   StoreTable *table, const void *meaning)
{
	const StatementMark *outer = current_mark;
	StatementMark mark = {table, meaning, trigger_depth() + 1};
	StoreResult result;

	current_mark = &mark;
	PG_TRY();
	{
		result = store_query(query, values, nulls);
	}
	PG_FINALLY();
	{
		current_mark = outer;
	}
	PG_END_TRY();
	return result;
}

/*
 * Returns, to a trigger on a table, what the statement of ours that fired it
 * means.  Returns NULL if somebody else's statement fired it, such as one that
 * another trigger runs while ours is under way.
 */
const void *
store_meaning(const StoreTable *table)
{
	if (current_mark != NULL && current_mark->table == table &&
		current_mark->trigger_depth == trigger_depth())
		return current_mark->meaning;
	return NULL;
}

/*
 * Makes a new snapshot the active one that sees all that the transaction has
 * done, as a statement that writes has it.
 */
void
store_push_snapshot(void)
{
	CommandCounterIncrement();
	PushActiveSnapshot(GetTransactionSnapshot());
}

/* Runs a statement once, as the given role; for DDL and grants. */
void
store_command(const char *sql, Oid role)
{
	Oid			userid;
	int			context;

	GetUserIdAndSecContext(&userid, &context);
	SetUserIdAndSecContext(role, context | SECURITY_LOCAL_USERID_CHANGE);
	check_spi(SPI_connect(), "SPI_connect");
	check_spi(SPI_execute(sql, false, 0), "SPI_execute");
	check_spi(SPI_finish(), "SPI_finish");
	SetUserIdAndSecContext(userid, context);
}

/* Runs a reading statement once, as the given role, and returns its rows. */
StoreResult
store_select(const char *sql, Oid role)
{
	MemoryContext caller = CurrentMemoryContext;
	StoreResult result;
	Oid			userid;
	int			context;

	become(role, &userid, &context);
	check_spi(SPI_connect(), "SPI_connect");
	check_spi(SPI_execute(sql, true, 0), "SPI_execute");
	result = copy_result(caller);
	check_spi(SPI_finish(), "SPI_finish");
	SetUserIdAndSecContext(userid, context);
	return result;
}

/* Hands the rows that SPI has fetched to a function, each in a context. */
static void
hand_over_rows(MemoryContext context,
			   void (*row) (const StoreRow *row, void *state), void *state)
{
	SPITupleTable *table = SPI_tuptable;
	MemoryContext old = MemoryContextSwitchTo(context);

	if (table->tupdesc->natts > STORE_MAX_COLUMNS)
		elog(ERROR, "a statement of ours returns more than %d columns",
			 STORE_MAX_COLUMNS);
	for (uint64 i = 0; i < table->numvals; i++)
	{
		StoreRow	columns;

		heap_deform_tuple(table->vals[i], table->tupdesc, columns.values,
						  columns.nulls);
		row(&columns, state);
		MemoryContextReset(context);
	}
	MemoryContextSwitchTo(old);
	SPI_freetuptable(table);
}

/*
 * Runs a reading statement, as the store's owner and under the active snapshot,
 * and hands each of its rows to a function, whose memory context is reset
 * behind each.  However many rows there are, few are held at a time.
 */
void
store_each(const StoreQuery *query, const Datum *values, const char *nulls,
		   void (*row) (const StoreRow *row, void *state), void *state)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "connect rows",
												  ALLOCSET_DEFAULT_SIZES);
	Portal		portal;
	Oid			userid;
	int			security;

	become(store_owner(), &userid, &security);
	check_spi(SPI_connect(), "SPI_connect");
	portal = SPI_cursor_open_with_args(NULL, query->sql, query->nargs,
									   unconstify(Oid *, &query->types[0]),
									   unconstify(Datum *, values), nulls, true,
									   CURSOR_OPT_NO_SCROLL);
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, ROWS_AT_A_TIME);
		if (SPI_processed == 0)
			break;
		hand_over_rows(context, row, state);
	}
	SPI_cursor_close(portal);
	check_spi(SPI_finish(), "SPI_finish");
	SetUserIdAndSecContext(userid, security);
	MemoryContextDelete(context);
}
