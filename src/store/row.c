/*
 * row.c
 *		Taking rows of the store's tables apart into the columns that C knows.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "lib/stringinfo.h"
#include "store/table.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/* Returns the label of an enum's value as a text. */
static Datum
label_text(Oid type, Datum value)
{
	Oid			output;
	bool		is_varlena;

	getTypeOutputInfo(type, &output, &is_varlena);
	return CStringGetTextDatum(OidOutputFunctionCall(output, value));
}

/*
 * Takes a tuple of one of our tables apart into our columns.  The datums point
 * into the tuple, except for labels that are stored as values of an enum.
 */
void
store_deform(StoreTable *table, HeapTuple tuple, TupleDesc desc, StoreRow *row)
{
	Datum	   *values = palloc(desc->natts * sizeof(Datum));
	bool	   *nulls = palloc(desc->natts * sizeof(bool));

	/* This makes sure that the columns are known. */
	(void) store_relation_id(table);
	heap_deform_tuple(tuple, desc, values, nulls);
	for (int i = 0; i < table->ncolumns; i++)
	{
		int			attribute = table->attnums[i] - 1;

		row->nulls[i] = true;
		if (attribute < 0)
			continue;
		row->values[i] = values[attribute];
		row->nulls[i] = nulls[attribute];
		if (table->columns[i].kind == STORE_LABEL && !nulls[attribute] &&
			type_is_enum(TupleDescAttr(desc, attribute)->atttypid))
			row->values[i] =
				label_text(TupleDescAttr(desc, attribute)->atttypid,
						   values[attribute]);
	}
	pfree(values);
	pfree(nulls);
}

/*
 * Reads all rows of a small table that the active snapshot sees, in no
 * particular order.
 */
StoreRow *
store_fetch_all(StoreTable *table, int *count)
{
	Relation	rel = store_open_table(table);
	SysScanDesc scan = systable_beginscan(rel, InvalidOid, false,
										  GetActiveSnapshot(), 0, NULL);
	int			room = 16;
	StoreRow   *rows = palloc(room * sizeof(StoreRow));
	HeapTuple	tuple;

	*count = 0;
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		if (*count == room)
		{
			room *= 2;
			rows = repalloc(rows, room * sizeof(StoreRow));
		}
		store_deform(table, heap_copytuple(tuple), RelationGetDescr(rel),
					 &rows[(*count)++]);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return rows;
}

/*
 * Returns the columns of a table as a SELECT or RETURNING list, in the order of
 * the list of columns, in the current memory context.  Those that an older
 * store lacks are null.
 */
char *
store_select_list(const StoreTable *table, const char *alias)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < table->ncolumns; i++)
	{
		const StoreColumn *column = &table->columns[i];

		appendStringInfoString(&list, i > 0 ? ", " : "");
		if (store_is_given(table->absent, i))
			appendStringInfo(&list, "NULL AS %s", column->name);
		else
			appendStringInfo(&list, "%s.%s%s", alias, column->name,
							 column->kind == STORE_LABEL ?
							 "::pg_catalog.text" : "");
	}
	return list.data;
}
