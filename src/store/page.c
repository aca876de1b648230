/*
 * page.c
 *		Pages of a table's rows, by keyset.
 *
 * A page is read along an index on (column, id), in either direction, so that
 * the last page costs as much as the first.  If rows belong to somebody by
 * either of two columns, the rows from two such indexes are merged.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "store/page.h"
#include "store/statement.h"
#include "utils/memutils.h"

/* What the id of a row in $2 is to the rows of a scan. */
typedef enum PageBound
{
	BOUND_NONE,
	BOUND_BEYOND,				/* they lie beyond it */
	BOUND_SAME					/* it is the only one */
} PageBound;

/* What distinguishes one statement from another: all but the values. */
typedef struct PageShape
{
	StoreTable *table;
	int			columns[2];
	int			other_column;
	int			state_column;
	const char *state;
	const char *condition;
	StoreTable *narrow;
	int			narrow_column;
	uint64		absent;			/* columns that an older store lacks */
	bool		ascending;
	PageBound	bound;			/* of the id by $2 */
} PageShape;

/* A statement that has been asked for.  There are never many of them. */
typedef struct PageStatement
{
	PageShape	shape;
	StoreQuery	query;
	struct PageStatement *next;
} PageStatement;

static PageStatement *statements = NULL;

/* Returns the name of a column as the statements have it. */
static const char *
column_name(const PageShape *shape, int column)
{
	return shape->table->columns[column].name;
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

/*
 * Appends the conditions on a row of the table, but for its id.  If there is a
 * column, it is $1.
 */
static void
append_conditions(StringInfo sql, const PageShape *shape, int column,
				  int not_column)
{
	appendStringInfoString(sql, " WHERE true");
	if (column != NO_COLUMN)
		appendStringInfo(sql, " AND c.%s OPERATOR(pg_catalog.=) $1",
						 column_name(shape, column));
	if (not_column != NO_COLUMN)
		appendStringInfo(sql, " AND c.%s OPERATOR(pg_catalog.<>) c.%s",
						 column_name(shape, not_column),
						 column_name(shape, column));
	if (shape->other_column != NO_COLUMN)
		appendStringInfo(sql, " AND c.%s OPERATOR(pg_catalog.=) $4",
						 column_name(shape, shape->other_column));
	if (shape->state != NULL)
		appendStringInfo(sql, " AND c.%s OPERATOR(pg_catalog.=) '%s'",
						 column_name(shape, shape->state_column), shape->state);
	if (shape->condition != NULL)
		appendStringInfo(sql, " AND %s", shape->condition);
}

/*
 * Appends the scan of one index: the rows in which this column is $1, at most
 * $3 of them.  A state is a constant, so that a partial index, if the DBA has
 * made one, can serve.  Where a narrow table knows which rows are in it, its
 * index is read instead, and each row is looked at as well.
 */
static void
append_scan(StringInfo sql, const PageShape *shape, int column, int not_column)
{
	const char *id = column_name(shape, 0);

	appendStringInfo(sql, "SELECT %s FROM",
					 store_select_list(shape->table, "c"));
	if (shape->narrow != NULL && column == shape->narrow_column)
	{
		/* OFFSET keeps the planner from another order */
		appendStringInfo(sql, " connect.%s AS n, LATERAL (SELECT * FROM"
						 " connect.%s AS c", shape->narrow->name,
						 shape->table->name);
		append_conditions(sql, shape, column, not_column);
		appendStringInfo(sql, " AND c.%s OPERATOR(pg_catalog.=) n.%s OFFSET 0)"
						 " AS c WHERE n.%s OPERATOR(pg_catalog.=) $1", id, id,
						 column_name(shape, column));
		append_bound(sql, shape, "n");
		appendStringInfo(sql, " ORDER BY n.%s", id);
	}
	else
	{
		appendStringInfo(sql, " connect.%s AS c", shape->table->name);
		append_conditions(sql, shape, column, not_column);
		append_bound(sql, shape, "c");
		appendStringInfo(sql, " ORDER BY c.%s", id);
	}
	appendStringInfo(sql, " %s LIMIT $3", shape->ascending ? "ASC" : "DESC");
}

/* Returns the SQL text for a shape, in the current memory context. */
static char *
page_sql(const PageShape *shape)
{
	StringInfoData sql;

	initStringInfo(&sql);
	if (shape->columns[1] == NO_COLUMN)
	{
		append_scan(&sql, shape, shape->columns[0], NO_COLUMN);
		return sql.data;
	}
	appendStringInfoString(&sql, "SELECT * FROM ((");
	append_scan(&sql, shape, shape->columns[0], NO_COLUMN);
	appendStringInfoString(&sql, ") UNION ALL (");
	/* The first scan has the rows that belong to somebody by both columns. */
	append_scan(&sql, shape, shape->columns[1], shape->columns[0]);
	appendStringInfo(&sql, ")) AS c ORDER BY c.%s %s LIMIT $3",
					 column_name(shape, 0), shape->ascending ? "ASC" : "DESC");
	return sql.data;
}

/* Returns the statement for a shape, making it at its first use. */
static StoreQuery *
statement_for(const PageShape *shape)
{
	static const Oid types[] = {TEXTOID, TEXTOID, INT8OID, TEXTOID,
		TIMESTAMPTZOID, TIMESTAMPTZOID};
	PageStatement *statement;
	char	   *sql;

	for (statement = statements; statement != NULL; statement = statement->next)
	{
		if (memcmp(&statement->shape, shape, sizeof(PageShape)) == 0)
			return &statement->query;
	}

	sql = MemoryContextStrdup(TopMemoryContext, page_sql(shape));
	statement = MemoryContextAllocZero(TopMemoryContext, sizeof(PageStatement));
	memcpy(&statement->shape, shape, sizeof(PageShape));
	statement->query.sql = sql;
	statement->query.nargs = lengthof(types);
	memcpy(statement->query.types, types, sizeof(types));
	statement->next = statements;
	statements = statement;
	return &statement->query;
}

/*
 * Returns at most limit rows in the order of the scan.  The id may be NULL for
 * BOUND_NONE.
 */
static StoreResult
read_rows(const PageQuery *query, PageBound bound, text *id, bool ascending,
		  int limit)
{
	PageShape	shape;
	Datum		values[] = {
		PointerGetDatum(query->value),
		PointerGetDatum(id),
		Int64GetDatum(limit),
		PointerGetDatum(query->other_value),
		TimestampTzGetDatum(query->times[0]),
		TimestampTzGetDatum(query->times[1])
	};
	char		nulls[] = {query->value ? ' ' : 'n', id ? ' ' : 'n', ' ',
		query->other_value ? ' ' : 'n', ' ', ' '};

	/* Shapes are compared byte by byte, so padding must be zero. */
	memset(&shape, 0, sizeof(shape));
	shape.table = query->table;
	shape.absent = store_absent_columns(query->table);
	memcpy(shape.columns, query->columns, sizeof(shape.columns));
	shape.other_column = query->other_column;
	shape.state_column = query->state != NULL ? query->state_column : NO_COLUMN;
	shape.state = query->state;
	shape.condition = query->condition;
	shape.narrow = query->narrow;
	shape.narrow_column = query->narrow_column;
	shape.ascending = ascending;
	shape.bound = bound;
	return store_query(statement_for(&shape), values, nulls);
}

/* Puts the rows of an ascending scan in the order of a page, newest first. */
static void
reverse_rows(StoreRow *rows, int count)
{
	for (int i = 0, j = count - 1; i < j; i++, j--)
	{
		StoreRow	row = rows[i];

		rows[i] = rows[j];
		rows[j] = row;
	}
}

/*
 * Is there a row behind a page that starts at a cursor?  As a rule that is the
 * cursor itself, which one look tells; only where it is no row of the list, for
 * its state has changed, the rows behind the first one are searched.
 */
static bool
has_behind(const PageQuery *query, text *cursor, const ListPage *page,
		   bool ascending)
{
	if (page->count == 0)
		return false;
	if (read_rows(query, BOUND_SAME, cursor, ascending, 1).count > 0)
		return true;
	return read_rows(query, BOUND_BEYOND,
					 DatumGetTextPP(page->rows[0].values[0]), !ascending,
					 1).count > 0;
}

/*
 * Reads a page under the active snapshot, in the current memory context.  It
 * asks for one row more than the page holds: if that comes, there are rows
 * behind the page.
 */
ListPage
store_page(const PageQuery *query)
{
	bool		ascending = query->before != NULL;
	text	   *cursor = ascending ? query->before : query->after;
	StoreResult result;
	ListPage	page = {0};
	bool		more;
	bool		behind;

	/* This makes sure that the columns can be read. */
	(void) store_relation_id(query->table);
	result = read_rows(query, cursor != NULL ? BOUND_BEYOND : BOUND_NONE,
					   cursor, ascending, query->page_size + 1);
	page.count = (int) Min(result.count, (uint64) query->page_size);
	page.rows = result.rows;
	more = result.count > (uint64) query->page_size;
	behind = cursor != NULL && has_behind(query, cursor, &page, ascending);

	if (ascending)
		reverse_rows(page.rows, page.count);
	page.has_newer = ascending ? more : behind;
	page.has_older = ascending ? behind : more;
	return page;
}
