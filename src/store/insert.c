/*
 * insert.c
 *		Inserting a row of which all columns are given.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "store/direct.h"
#include "store/insert.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/*
 * Appends the parameter for a column.  A label comes as text, but the column
 * may be an enum.
 */
static void
append_parameter(StringInfo sql, StoreTable *table, int column)
{
	appendStringInfo(sql, "%s$%d", column > 0 ? ", " : "", column + 1);
	if (table->columns[column].kind == STORE_LABEL)
	{
		Oid			type = get_atttype(store_relation_id(table),
									   store_column(table, column));

		appendStringInfo(sql, "::%s",
						 format_type_extended(type, -1,
											  FORMAT_TYPE_FORCE_QUALIFY));
	}
}

/* Makes the statement, with a parameter for each column. */
static void
make_statement(StoreInsert *insert)
{
	StoreTable *table = insert->table;
	StringInfoData names;
	StringInfoData values;

	if (table->ncolumns > STORE_MAX_ARGS)
		elog(ERROR, "table \"%s\" has more than %d columns", table->name,
			 STORE_MAX_ARGS);
	initStringInfo(&names);
	initStringInfo(&values);
	for (int i = 0; i < table->ncolumns; i++)
	{
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "",
						 table->columns[i].name);
		append_parameter(&values, table, i);
		insert->query.types[i] = store_parameter_type(table->columns[i].kind);
	}
	insert->query.nargs = table->ncolumns;
	insert->query.writes = true;
	insert->query.sql =
		MemoryContextStrdup(TopMemoryContext,
							psprintf("INSERT INTO connect.%s (%s) VALUES (%s)",
									 table->name, names.data, values.data));
}

/* Inserts a row by a statement that is planned once. */
static bool
insert_by_statement(StoreInsert *insert, const StoreRow *row)
{
	char		nulls[STORE_MAX_ARGS];

	if (insert->query.sql == NULL)
		make_statement(insert);
	for (int i = 0; i < insert->query.nargs; i++)
		nulls[i] = row->nulls[i] ? 'n' : ' ';
	return store_query_marked(&insert->query, row->values, nulls,
							  insert->table, insert).count == 1;
}

/*
 * Inserts a row under the active snapshot, as the store's owner; the triggers
 * on the table see that it is ours, for store_meaning() is then the insert
 * itself. Returns false if a trigger has suppressed it.  Where as_given is not
 * set afterwards, a rule, a trigger or another type of a column may have made
 * another row of it.
 */
bool
store_insert(StoreInsert *insert, const StoreRow *row)
{
	Relation	rel;
	bool		inserted;
	bool		direct;
	bool		as_given;

	rel = table_open(store_relation_id(insert->table), RowExclusiveLock);
	/* the lock may have brought news */
	store_require_current(insert->table);
	direct = store_direct_serves(insert->table, rel);
	as_given = direct && !store_direct_alters(rel);
	inserted = direct ?
		store_direct_insert(insert->table, rel, row, insert) :
		insert_by_statement(insert, row);
	/* last, for a trigger may have inserted another row meanwhile */
	insert->as_given = as_given;
	table_close(rel, NoLock);
	return inserted;
}
