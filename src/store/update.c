/*
 * update.c
 *		Changing a row that is still what was decided upon: without a plan where
 *		that does the same, else by a statement.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_trigger.h"
#include "store/direct.h"
#include "store/direct_table.h"
#include "store/parameter.h"
#include "store/update.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

/*
 * Makes the statement.  Its first parameters are the key and what must be the
 * same.
 */
static void
make_statement(StoreUpdate *update)
{
	StoreTable *table = update->key->table;
	StringInfoData changes;
	StringInfoData where;

	initStringInfo(&changes);
	initStringInfo(&where);
	update->query.nargs = 0;
	appendStringInfo(&where, "t.%s OPERATOR(pg_catalog.=) ",
					 table->columns[update->key->columns[0]].name);
	store_append_parameter(&where, &update->query, table,
						   update->key->columns[0]);
	appendStringInfo(&where, " AND t.%s OPERATOR(pg_catalog.=) ",
					 table->columns[update->same].name);
	store_append_parameter(&where, &update->query, table, update->same);
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (!store_is_given(update->columns, i))
			continue;
		appendStringInfo(&changes, "%s%s = ", changes.len > 0 ? ", " : "",
						 table->columns[i].name);
		store_append_parameter(&changes, &update->query, table, i);
	}
	update->query.writes = true;
	update->query.returning = table;
	update->query.sql =
		MemoryContextStrdup(TopMemoryContext,
							psprintf("UPDATE connect.%s AS t SET %s WHERE %s",
									 table->name, changes.data, where.data));
}

/* Changes a row by a statement that is planned once. */
static bool
update_by_statement(StoreUpdate *update, Datum key, Datum same,
					const StoreRow *changed, const void *meaning,
					StoreRow *stored)
{
	StoreTable *table = update->key->table;
	Datum		values[STORE_MAX_ARGS];
	char		nulls[STORE_MAX_ARGS] = {' ', ' '};
	int			count = 2;
	StoreResult result;

	if (update->query.sql == NULL)
		make_statement(update);
	values[0] = store_parameter_value(table, update->key->columns[0], key);
	values[1] = store_parameter_value(table, update->same, same);
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (!store_is_given(update->columns, i))
			continue;
		nulls[count] = changed->nulls[i] ? 'n' : ' ';
		values[count++] = changed->nulls[i] ? (Datum) 0 :
			store_parameter_value(table, i, changed->values[i]);
	}
	result = store_query_marked(&update->query, values, nulls, table, meaning);
	if (result.count > 0)
		*stored = result.rows[0];
	return result.count > 0;
}

/*
 * Gives the row with this key, if one more of its columns is still the same,
 * the values that changed has in update->columns, as the store's owner and
 * under a new snapshot; the triggers on the table see what it means, by
 * store_meaning().  Copies the row as it was stored into the current memory
 * context.
 *
 * Returns false if the row no longer is what it was, having waited for whoever
 * is changing it, or if a trigger has suppressed the change.  Raises 40001 in
 * the former case in a REPEATABLE READ or SERIALIZABLE transaction.
 */
bool
store_update(StoreUpdate *update, Datum key, Datum same,
			 const StoreRow *changed, const void *meaning, StoreRow *stored)
{
	StoreTable *table = update->key->table;
	Relation	rel;
	bool		updated;

	rel = table_open(store_relation_id(table), RowExclusiveLock);
	/* the lock may have brought news */
	store_require_current(table);
	if (store_direct_serves(table, rel, update->columns, TRIGGER_TYPE_UPDATE) &&
		!store_direct_alters(rel, TRIGGER_TYPE_UPDATE))
	{
		store_push_snapshot();
		updated = store_direct_update(update, key, same, rel, changed, meaning,
									  stored);
		PopActiveSnapshot();
	}
	else
		updated = update_by_statement(update, key, same, changed, meaning,
									  stored);
	table_close(rel, NoLock);
	return updated;
}
