/*
 * page_sql.c
 *		The text of the statements that read pages.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "store/page_sql.h"

/*
 * How many rows a search looks through before it looks them up by what it
 * searches for.
 */
#define NEXT_ROWS 1000

/* Returns the name of a column as the statements have it. */
static const char *
column_name(const PageShape *shape, int column)
{
	return shape->table->columns[column].name;
}

/* Returns the order in which a scan goes. */
static const char *
direction(const PageShape *shape)
{
	return shape->ascending ? "ASC" : "DESC";
}

/* Appends what the id is compared with. */
static void
append_bound(StringInfo sql, const PageShape *shape, const char *alias)
{
	if (shape->bound != BOUND_NONE)
		appendStringInfo(sql, " AND %s.%s OPERATOR(pg_catalog.%s) $2", alias,
						 column_name(shape, 0),
						 shape->bound == BOUND_SAME ? "=" :
						 shape->ascending ? ">" : "<");
}

/* Does the scan of this column read the narrow table? */
static bool
reads_narrow(const PageShape *shape, int column)
{
	return shape->narrow != NULL && (shape->narrow_column == NO_COLUMN ||
									 shape->narrow_column == column);
}

/*
 * Does the scan of one index have to be in the order of its two columns?  What
 * is one of a pair is found by the key of the pair.
 */
static bool
is_ranged(const PageShape *shape, int column)
{
	return column != NO_COLUMN && shape->other_column == NO_COLUMN &&
		shape->bound != BOUND_SAME && !reads_narrow(shape, column) &&
		shape->step != STEP_OTHERS;
}

/*
 * Appends which rows of the table are whose, but for their id.  If there is a
 * column, it is $1.
 *
 * An equality would let the planner read the primary key in the order of the
 * ids, which is good where many rows are $1, and reads all of them where few
 * are.  After an array it takes the order of both columns for nothing that is
 * given anyway.  The range makes it expect few rows, so that it does not take
 * the whole table for those that a filter leaves; a scan of a btree drops what
 * the array says already.
 */
static void
append_owner(StringInfo sql, const PageShape *shape, int column, int not_column)
{
	appendStringInfoString(sql, " WHERE true");
	if (column != NO_COLUMN)
		appendStringInfo(sql, is_ranged(shape, column) ?
						 " AND c.%1$s OPERATOR(pg_catalog.=) ANY (ARRAY[$1])"
						 " AND c.%1$s OPERATOR(pg_catalog.>=) $1"
						 " AND c.%1$s OPERATOR(pg_catalog.<=) $1" :
						 " AND c.%1$s OPERATOR(pg_catalog.=) $1",
						 column_name(shape, column));
	if (not_column != NO_COLUMN)
		appendStringInfo(sql, " AND c.%s OPERATOR(pg_catalog.<>) c.%s",
						 column_name(shape, not_column),
						 column_name(shape, column));
	if (shape->other_column != NO_COLUMN)
		appendStringInfo(sql, " AND c.%s OPERATOR(pg_catalog.=) $4",
						 column_name(shape, shape->other_column));
}

/* Appends what else a row c must meet. */
static void
append_filters(StringInfo sql, const PageShape *shape)
{
	if (shape->state != NULL)
		appendStringInfo(sql, " AND c.%s OPERATOR(pg_catalog.=) '%s'",
						 column_name(shape, shape->state_column), shape->state);
	if (shape->condition != NULL)
		appendStringInfo(sql, " AND %s", shape->condition);
}

/* Appends all that a row must meet in the scan of one column. */
static void
append_conditions(StringInfo sql, const PageShape *shape, int column,
				  int not_column)
{
	append_owner(sql, shape, column, not_column);
	/* a search counts the rows that it looks through before it filters them */
	if (shape->step != STEP_NEXT && shape->step != STEP_MORE)
		append_filters(sql, shape);
	/* what costs a look at another row comes last */
	if (shape->step == STEP_REST)
		appendStringInfo(sql, " AND %s", shape->searched);
}

/*
 * Appends a scan in which another source gives the rows one after another, each
 * to be looked at in the table; OFFSET keeps the planner from another order.
 */
static void
append_looked_up(StringInfo sql, const PageShape *shape, const char *source,
				 int key, int column, int not_column)
{
	appendStringInfo(sql, " %s, LATERAL (SELECT * FROM connect.%s AS c", source,
					 shape->table->name);
	append_conditions(sql, shape, column, not_column);
	appendStringInfo(sql, " AND c.%s OPERATOR(pg_catalog.=) n.%s OFFSET 0)"
					 " AS c", column_name(shape, key), column_name(shape, key));
}

/*
 * Appends the scan of one index: the rows in which this column is $1, at most
 * as many as the limit says.  A state is a constant, so that a partial index,
 * if the DBA has made one, can serve.  Where a narrow table knows which rows
 * are in it, its index is read instead, and each row is looked at as well.
 */
static void
append_scan(StringInfo sql, const PageShape *shape, int column, int not_column,
			const char *limit)
{
	const char *id = column_name(shape, 0);
	const char *ordered = "c";

	appendStringInfo(sql, "SELECT %s FROM",
					 store_select_list(shape->table, "c"));
	if (reads_narrow(shape, column))
	{
		ordered = "n";
		append_looked_up(sql, shape,
						 psprintf("connect.%s AS n", shape->narrow->name), 0,
						 column, not_column);
		appendStringInfo(sql, " WHERE n.%s OPERATOR(pg_catalog.=) $1",
						 column_name(shape, column));
		if (shape->narrow_states)
			appendStringInfo(sql, " AND n.%s OPERATOR(pg_catalog.=) '%s'",
							 column_name(shape, shape->state_column),
							 shape->state);
	}
	else if (shape->step == STEP_OTHERS)
	{
		int			other = shape->pair[column == shape->pair[0] ? 1 : 0];

		append_looked_up(sql, shape,
						 psprintf("pg_catalog.unnest($12) AS n (%s)",
								  column_name(shape, other)), other, column,
						 not_column);
		appendStringInfoString(sql, " WHERE true");
	}
	else
	{
		appendStringInfo(sql, " connect.%s AS c", shape->table->name);
		append_conditions(sql, shape, column, not_column);
	}
	append_bound(sql, shape, ordered);
	appendStringInfoString(sql, " ORDER BY ");
	if (is_ranged(shape, column))
		appendStringInfo(sql, "c.%s %s, ", column_name(shape, column),
						 direction(shape));
	appendStringInfo(sql, "%s.%s %s LIMIT %s", ordered, id, direction(shape),
					 limit);
}

/* Appends the scans of the one or two columns by which rows are somebody's. */
static void
append_scans(StringInfo sql, const PageShape *shape, const char *limit)
{
	if (shape->columns[1] == NO_COLUMN)
	{
		append_scan(sql, shape, shape->columns[0], NO_COLUMN, limit);
		return;
	}
	appendStringInfoString(sql, "SELECT * FROM ((");
	append_scan(sql, shape, shape->columns[0], NO_COLUMN, limit);
	appendStringInfoString(sql, ") UNION ALL (");
	/* The first scan has the rows that belong to somebody by both columns. */
	append_scan(sql, shape, shape->columns[1], shape->columns[0], limit);
	appendStringInfo(sql, ")) AS c ORDER BY c.%s %s LIMIT %s",
					 column_name(shape, 0), direction(shape), limit);
}

/* Returns the SQL text for a shape, in the current memory context. */
char *
page_sql(const PageShape *shape)
{
	StringInfoData sql;

	initStringInfo(&sql);
	switch (shape->step)
	{
		case STEP_ALL:
		case STEP_OTHERS:
		case STEP_REST:
			append_scans(&sql, shape, "$3");
			break;
		case STEP_NEXT:
			appendStringInfoString(&sql, "SELECT * FROM (");
			append_scans(&sql, shape, psprintf("%d", NEXT_ROWS));
			appendStringInfo(&sql, ") AS c WHERE %s", shape->searched);
			append_filters(&sql, shape);
			appendStringInfo(&sql, " ORDER BY c.%s %s LIMIT $3",
							 column_name(shape, 0), direction(shape));
			break;
		case STEP_MORE:
			appendStringInfo(&sql, "SELECT c.%s FROM (", column_name(shape, 0));
			append_scans(&sql, shape, psprintf("%d", NEXT_ROWS + 1));
			appendStringInfo(&sql, ") AS c OFFSET %d", NEXT_ROWS);
			break;
	}
	return sql.data;
}
