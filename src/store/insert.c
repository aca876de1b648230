/*
 * insert.c
 *		Inserting a row: without a plan where that does the same, else by a
 *		statement.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_trigger.h"
#include "store/direct.h"
#include "store/direct_table.h"
#include "store/insert.h"
#include "store/parameter.h"
#include "utils/memutils.h"

/* Appends the names of the columns of a key. */
static void
append_key(StringInfo sql, const StoreKey *key)
{
	for (int i = 0; i < key->ncolumns; i++)
		appendStringInfo(sql, "%s%s", i > 0 ? ", " : "",
						 key->table->columns[key->columns[i]].name);
}

/*
 * Makes the statement, with a parameter for each column that is given.  A rule
 * may keep it from returning the row, so it does so only where that is asked
 * for.
 */
static void
make_statement(StoreInsert *insert, bool returning)
{
	StoreTable *table = insert->table;
	StringInfoData names;
	StringInfoData values;

	initStringInfo(&names);
	initStringInfo(&values);
	insert->query.nargs = 0;
	for (int i = 0; i < table->ncolumns; i++)
	{
		if (!store_is_given(insert->columns, i))
			continue;
		appendStringInfo(&names, "%s%s", names.len > 0 ? ", " : "",
						 table->columns[i].name);
		appendStringInfoString(&values, values.len > 0 ? ", " : "");
		store_append_parameter(&values, &insert->query, table, i);
	}
	appendStringInfoChar(&values, ')');
	if (insert->unless != NULL)
	{
		appendStringInfoString(&values, " ON CONFLICT (");
		append_key(&values, insert->unless);
		appendStringInfoString(&values, ") DO NOTHING");
	}
	insert->query.writes = true;
	insert->query.returning = returning ? table : NULL;
	insert->query.sql =
		MemoryContextStrdup(TopMemoryContext,
							psprintf("INSERT INTO connect.%s AS t (%s)"
									 " VALUES (%s", table->name, names.data,
									 values.data));
}

/* Inserts a row by a statement that is planned once. */
static bool
insert_by_statement(StoreInsert *insert, const StoreRow *row,
					const void *meaning, StoreRow *stored)
{
	Datum		values[STORE_MAX_ARGS];
	char		nulls[STORE_MAX_ARGS];
	int			count = 0;
	StoreResult result;

	if (insert->query.sql == NULL)
		make_statement(insert, stored != NULL);
	for (int i = 0; i < insert->table->ncolumns; i++)
	{
		if (!store_is_given(insert->columns, i))
			continue;
		nulls[count] = row->nulls[i] ? 'n' : ' ';
		values[count++] = row->nulls[i] ? (Datum) 0 :
			store_parameter_value(insert->table, i, row->values[i]);
	}
	result = store_query_marked(&insert->query, values, nulls, insert->table,
								meaning);
	if (result.count > 0 && stored != NULL)
		*stored = result.rows[0];
	return result.count > 0;
}

/*
 * May the row go in without a plan?  If nothing is to happen where its key is
 * taken, no trigger of somebody else's may see it twice.
 */
static bool
may_be_direct(const StoreInsert *insert, Relation rel)
{
	return store_direct_serves(insert->table, rel, insert->columns,
							   TRIGGER_TYPE_INSERT) &&
		(insert->unless == NULL ||
		 !store_direct_alters(rel, TRIGGER_TYPE_INSERT));
}

/*
 * Inserts a row under the active snapshot, as the store's owner; the triggers
 * on the table see what it means, by store_meaning().  Returns false if the key
 * in insert->unless is taken, waiting for whoever is taking it, or if a trigger
 * has suppressed the row.  Copies the row as it was stored into the current
 * memory context, unless stored is NULL.
 *
 * Where as_given is not set afterwards, a rule, a trigger or another type of a
 * column may have made another row of it.
 */
bool
store_insert(StoreInsert *insert, const StoreRow *row, const void *meaning,
			 StoreRow *stored)
{
	Relation	rel;
	DirectOutcome outcome = DIRECT_CONFLICT;
	bool		inserted;
	bool		as_given;

	rel = table_open(store_relation_id(insert->table), RowExclusiveLock);
	/* the lock may have brought news */
	store_require_current(insert->table);
	as_given = false;
	if (may_be_direct(insert, rel))
	{
		as_given = !store_direct_alters(rel, TRIGGER_TYPE_INSERT);
		outcome = store_direct_insert(insert, rel, row, meaning, stored);
	}
	/* only a statement waits for whoever is taking the key */
	inserted = outcome == DIRECT_CONFLICT ?
		insert_by_statement(insert, row, meaning, stored) :
		outcome == DIRECT_DONE;
	/* last, for a trigger may have inserted another row meanwhile */
	insert->as_given = as_given;
	table_close(rel, NoLock);
	return inserted;
}
