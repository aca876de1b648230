/*
 * parameter.c
 *		The columns of a row as parameters of a statement.
 *
 * What is an enum in the table comes as text, and the statement casts it by the
 * type's name: a type of that name may have been made anew since.
 */
#include "postgres.h"

#include "store/parameter.h"
#include "utils/lsyscache.h"

/*
 * Returns the type of the parameter for a column.  Booleans, numbers and names
 * stand in no table that is written to in this way.
 */
Oid
store_parameter_type(StoreKind kind)
{
	switch (kind)
	{
		case STORE_TEXTS:
			return TEXTARRAYOID;
		case STORE_TIME:
		case STORE_TERM:
			return TIMESTAMPTZOID;
		case STORE_BYTES:
			return BYTEAOID;
		case STORE_XID:
			return XID8OID;
		default:
			return TEXTOID;
	}
}

/* Appends to a statement one parameter more, for a column. */
void
store_append_parameter(StringInfo sql, StoreQuery *query, StoreTable *table,
					   int column)
{
	StoreKind	kind = table->columns[column].kind;

	if (query->nargs >= STORE_MAX_ARGS)
		elog(ERROR, "a statement of ours has more than %d parameters",
			 STORE_MAX_ARGS);
	query->types[query->nargs++] = store_parameter_type(kind);
	appendStringInfo(sql, "$%d", query->nargs);
	if (kind == STORE_LABEL || kind == STORE_STATE)
	{
		Oid			type = get_atttype(store_relation_id(table),
									   store_column(table, column));

		appendStringInfo(sql, "::%s",
						 format_type_extended(type, -1,
											  FORMAT_TYPE_FORCE_QUALIFY));
	}
}

/* Returns the parameter for a value of a column, which is not null. */
Datum
store_parameter_value(const StoreTable *table, int column, Datum value)
{
	if (table->columns[column].kind != STORE_STATE)
		return value;
	return CStringGetTextDatum(
		DatumGetCString(DirectFunctionCall1(enum_out, value)));
}
