/*
 * statistics.c
 *		What ANALYZE found out about Connections, for estimates.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "catalog/pg_statistic.h"
#include "base/text.h"
#include "connection/rows.h"
#include "gate/statistics.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

/* Returns how many rows a table has, as far as PostgreSQL knows. */
static double
rows_of(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	double		rows = 0;

	if (HeapTupleIsValid(tuple))
	{
		rows = ((Form_pg_class) GETSTRUCT(tuple))->reltuples;
		ReleaseSysCache(tuple);
	}
	return rows;
}

/*
 * Returns which part of the rows has this value, if it is among the most common
 * ones; else 0.
 */
static double
common_part(HeapTuple statistics, const text *value)
{
	AttStatsSlot slot;
	double		part = 0;

	if (!get_attstatsslot(&slot, statistics, STATISTIC_KIND_MCV, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return 0;
	for (int i = 0; i < Min(slot.nvalues, slot.nnumbers); i++)
	{
		if (text_equal(DatumGetTextPP(slot.values[i]), value))
		{
			part = slot.numbers[i];
			break;
		}
	}
	free_attstatsslot(&slot);
	return part;
}

/*
 * Returns how many Connections a destination is likely to have, if it is one of
 * those that have most; else 0.  The table must be readable.
 */
double
statistics_of_destination(const text *destination)
{
	Oid			relid = store_relation_id(&connection_table);
	AttrNumber	column = store_column(&connection_table,
									  CONNECTION_DESTINATION);
	HeapTuple	statistics = SearchSysCache3(STATRELATTINH,
											 ObjectIdGetDatum(relid),
											 Int16GetDatum(column),
											 BoolGetDatum(false));
	double		rows;

	if (!HeapTupleIsValid(statistics))
		return 0;
	rows = common_part(statistics, destination) * rows_of(relid);
	ReleaseSysCache(statistics);
	return rows;
}
