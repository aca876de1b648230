/*
 * narrow.c
 *		Narrow tables, whose rows follow those of another table: a row for each
 *		of the few that a list or a sweep looks for among very many.
 *
 * An index on the other table would have to know what changes at each step of
 * its rows' lives, and would end HOT updates of all of them.  So the few have
 * rows of their own, kept for every writer: by the other table's AFTER trigger,
 * and for replicated rows by connect.keep_open().  Whoever reads them looks at
 * the other row too: a row too many is passed by.
 *
 * A row here is written under the lock of the other row alone.  So a writer
 * looks for it past its snapshot, and SERIALIZABLE need not keep track of that:
 * two that change neighbours in an index have nothing to do with each other.
 * Whoever reads a list does so under a snapshot, and conflicts with what writes
 * in it.
 *
 * A subscriber of logical replication keeps its own rows as the other ones come
 * in, and lets those of the publisher pass by.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/text.h"
#include "commands/trigger.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "store/direct.h"
#include "store/narrow.h"
#include "store/trigger.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_keep_open);
PG_FUNCTION_INFO_V1(connect_guard_open);
PG_FUNCTION_INFO_V1(connect_collect_open);

static StoreNarrow *registered = NULL;

/* Makes a narrow table known; called once for each, at load. */
void
store_narrow_register(StoreNarrow *narrow)
{
	narrow->next = registered;
	registered = narrow;
}

/* Returns the names of the tables that are followed, as a list in SQL. */
const char *
store_narrow_followed(void)
{
	StringInfoData names;

	initStringInfo(&names);
	for (StoreNarrow *narrow = registered; narrow; narrow = narrow->next)
		appendStringInfo(&names, "%s'%s'", names.len > 0 ? ", " : "",
						 narrow->followed->name);
	return names.data;
}

/* Takes the key out of a row. */
static void
read_key(const StoreNarrow *narrow, const StoreRow *row, Datum *key)
{
	for (int i = 0; i < narrow->key.ncolumns; i++)
		key[i] = row->values[narrow->key.columns[i]];
}

/* Have two rows the same values in one column? */
static bool
same_value(const StoreTable *table, int column, const StoreRow *a,
		   const StoreRow *b)
{
	if (table->columns[column].kind == STORE_TEXT)
		return text_equal(DatumGetTextPP(a->values[column]),
						  DatumGetTextPP(b->values[column]));
	return a->values[column] == b->values[column];
}

/* Have two rows the same key? */
static bool
same_key(const StoreNarrow *narrow, const StoreRow *a, const StoreRow *b)
{
	for (int i = 0; i < narrow->key.ncolumns; i++)
	{
		if (!same_value(narrow->table, narrow->key.columns[i], a, b))
			return false;
	}
	return true;
}

/* Are two rows the same? */
static bool
same_row(const StoreNarrow *narrow, const StoreRow *a, const StoreRow *b)
{
	for (int i = 0; i < narrow->table->ncolumns; i++)
	{
		if (!same_value(narrow->table, i, a, b))
			return false;
	}
	return true;
}

/* Deletes the row with the key of this one; returns false if there is none. */
static bool
delete_row(StoreNarrow *narrow, const StoreRow *row)
{
	Datum		key[STORE_KEY_COLUMNS];

	read_key(narrow, row, key);
	if (!store_direct_delete(&narrow->key, key))
		return false;
	CommandCounterIncrement();
	return true;
}

/*
 * Fills the row that another one has in a narrow table; returns false if it has
 * none.
 */
static bool
derive(const StoreNarrow *narrow, const void *row, StoreRow *result)
{
	if (row == NULL || !narrow->derive(row, result))
		return false;
	memset(result->nulls, 0, sizeof(bool) * narrow->table->ncolumns);
	return true;
}

/* Lets one narrow table follow a change. */
static void
follow(StoreNarrow *narrow, const void *old, const void *changed)
{
	StoreRow	old_row;
	StoreRow	new_row;
	bool		was = derive(narrow, old, &old_row);
	bool		is = derive(narrow, changed, &new_row);
	bool		deleted;

	if (was && is && same_row(narrow, &old_row, &new_row))
		return;
	deleted = was && delete_row(narrow, &old_row);
	if (!is)
		return;

	/* a row of this key that is there all the same says something wrong */
	if (!deleted || !same_key(narrow, &old_row, &new_row))
		(void) delete_row(narrow, &new_row);
	(void) store_insert(&narrow->insert, &new_row, narrow, NULL);
}

/*
 * Lets the narrow tables follow a change of a row, of which these are the
 * structs, under the active snapshot, which must see what the transaction has
 * done: old is NULL for a new row, changed for one that is deleted.  The row is
 * locked, so nobody else writes what follows it.
 */
void
store_narrow_follow(const StoreTable *followed, const void *old,
					const void *changed)
{
	for (StoreNarrow *narrow = registered; narrow; narrow = narrow->next)
	{
		if (narrow->followed == followed)
			follow(narrow, old, changed);
	}
}

/* The same for a new row that is known to have none in them. */
void
store_narrow_add(const StoreTable *followed, const void *row)
{
	StoreRow	new_row;

	for (StoreNarrow *narrow = registered; narrow; narrow = narrow->next)
	{
		if (narrow->followed == followed && derive(narrow, row, &new_row))
			(void) store_insert(&narrow->insert, &new_row, narrow, NULL);
	}
}

/* Reads a tuple of the trigger's relation as the struct of its row. */
static void *
read_tuple(const StoreNarrow *narrow, TriggerData *data, HeapTuple tuple)
{
	void	   *row = palloc(narrow->row_size);
	StoreRow	from;

	store_deform(narrow->followed, tuple, RelationGetDescr(data->tg_relation),
				 &from);
	narrow->read(row, &from);
	return row;
}

/* Does the trigger fire on this table? */
static bool
fires_on(FunctionCallInfo fcinfo, StoreTable *table)
{
	return CALLED_AS_TRIGGER(fcinfo) && store_readable(table) &&
		RelationGetRelid(((TriggerData *) fcinfo->context)->tg_relation) ==
		store_relation_id(table);
}

/*
 * Returns a narrow table that follows the one on which the trigger fires, or
 * the one on which it fires; any, if there is none, whose name is then in the
 * error for the caller.
 */
static StoreNarrow *
find_narrow(FunctionCallInfo fcinfo, bool followed)
{
	StoreNarrow *narrow = registered;

	while (narrow->next != NULL &&
		   !fires_on(fcinfo, followed ? narrow->followed : narrow->table))
		narrow = narrow->next;
	return narrow;
}

/*
 * connect.keep_open(): AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW on the
 * tables that are followed, ENABLE REPLICA: for others than replicated rows
 * another trigger has done the same, also where a restore has left this one
 * enabled for all.
 */
Datum
connect_keep_open(PG_FUNCTION_ARGS)
{
	StoreNarrow *narrow = find_narrow(fcinfo, true);
	TriggerData *data = store_require_trigger(fcinfo, narrow->followed,
											  "keep_open");
	void	   *first;

	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event))
		store_refuse_trigger("keep_open");
	if (SessionReplicationRole != SESSION_REPLICATION_ROLE_REPLICA)
		return PointerGetDatum(NULL);

	PushActiveSnapshot(GetTransactionSnapshot());
	first = read_tuple(narrow, data, data->tg_trigtuple);
	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		store_narrow_follow(narrow->followed, NULL, first);
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		store_narrow_follow(narrow->followed, first, NULL);
	else
		store_narrow_follow(narrow->followed, first,
							read_tuple(narrow, data, data->tg_newtuple));
	PopActiveSnapshot();
	return PointerGetDatum(NULL);
}

/*
 * connect.guard_open(): BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW, ENABLE
 * ALWAYS, and BEFORE TRUNCATE FOR EACH STATEMENT, on the narrow tables.
 * Whatever is replicated is passed by.
 */
Datum
connect_guard_open(PG_FUNCTION_ARGS)
{
	StoreNarrow *narrow = find_narrow(fcinfo, false);
	TriggerData *data = store_require_trigger(fcinfo, narrow->table,
											  "guard_open");

	if (store_meaning(narrow->table) != NULL)
		return PointerGetDatum(TRIGGER_FIRED_BY_UPDATE(data->tg_event) ?
							   data->tg_newtuple : data->tg_trigtuple);
	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) ||
		SessionReplicationRole != SESSION_REPLICATION_ROLE_REPLICA)
		ereport(ERROR,
				(connect_error(ERROR_OPEN_CHANGED),
				 errdetail("Rows of \"connect.%s\" follow those of "
						   "\"connect.%s\".", narrow->table->name,
						   narrow->followed->name),
				 errhint("Change the row of \"connect.%s\" instead.",
						 narrow->followed->name)));
	return PointerGetDatum(NULL);
}

/*
 * Makes the rows of a narrow table right, whatever they are: the wrong ones go
 * first.  Nobody else writes to the table that it follows: see lock_followed().
 */
static void
collect(void *arg)
{
	StoreNarrow *narrow = arg;
	const StoreTable *table = narrow->table;
	StringInfoData names;
	StringInfoData same;

	initStringInfo(&names);
	initStringInfo(&same);
	for (int i = 0; i < table->ncolumns; i++)
	{
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "",
						 table->columns[i].name);
		appendStringInfo(&same, "%1$sn.%2$s OPERATOR(pg_catalog.=) o.%2$s",
						 i > 0 ? " AND " : "", table->columns[i].name);
	}
	store_command(psprintf("DELETE FROM connect.%s AS o WHERE NOT EXISTS"
						   " (SELECT FROM (%s) AS n (%s) WHERE %s)",
						   table->name, narrow->derive_sql, names.data,
						   same.data), GetUserId());
	store_command(psprintf("INSERT INTO connect.%1$s (%2$s)"
						   " SELECT n.* FROM (%3$s) AS n (%2$s)"
						   " WHERE NOT EXISTS (SELECT FROM connect.%1$s AS o"
						   " WHERE %4$s)", table->name, names.data,
						   narrow->derive_sql, same.data), GetUserId());
}

/*
 * connect.collect_open(): makes the rows right for what no trigger has seen, as
 * in an older store.
 */
Datum
connect_collect_open(PG_FUNCTION_ARGS)
{
	for (StoreNarrow *narrow = registered; narrow; narrow = narrow->next)
		store_run_marked(collect, narrow, narrow->table, narrow);
	PG_RETURN_VOID();
}
