/*
 * insert.c
 *		Inserting a row of which all columns are given.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "store/insert.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

/* Returns the type of the parameter for a column. */
static Oid
parameter_type(StoreKind kind)
{
	switch (kind)
	{
		case STORE_TEXTS:
			return TEXTARRAYOID;
		case STORE_TIME:
			return TIMESTAMPTZOID;
		case STORE_BOOLEAN:
			return BOOLOID;
		case STORE_BYTES:
			return BYTEAOID;
		case STORE_INTEGER:
			return INT4OID;
		case STORE_XID:
			return XID8OID;
		case STORE_NAME:
			return NAMEOID;
		case STORE_RELATION:
			return REGCLASSOID;
		default:
			return TEXTOID;
	}
}

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
		insert->query.types[i] = parameter_type(table->columns[i].kind);
	}
	insert->query.nargs = table->ncolumns;
	insert->query.writes = true;
	insert->query.sql =
		MemoryContextStrdup(TopMemoryContext,
							psprintf("INSERT INTO connect.%s (%s) VALUES (%s)",
									 table->name, names.data, values.data));
}

/*
 * Inserts a row as the store's owner.  The triggers on the table see that the
 * row is ours, because store_meaning() returns the insert itself to them.
 * Returns false if a trigger has suppressed the row.
 */
bool
store_insert(StoreInsert *insert, const StoreRow *row)
{
	char		nulls[STORE_MAX_ARGS];

	store_require_current(insert->table);
	if (insert->query.sql == NULL)
		make_statement(insert);
	for (int i = 0; i < insert->query.nargs; i++)
		nulls[i] = row->nulls[i] ? 'n' : ' ';
	return store_query_marked(&insert->query, row->values, nulls,
							  insert->table, insert).count == 1;
}
