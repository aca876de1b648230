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
#include "store/page_sql.h"
#include "utils/memutils.h"

/* A statement that has been asked for.  There are never many of them. */
typedef struct PageStatement
{
	PageShape	shape;
	StoreQuery	query;
	struct PageStatement *next;
} PageStatement;

static PageStatement *statements = NULL;

/* The parameters of all statements: see page_sql.h. */
#define PAGE_PARAMETERS 12
static const Oid page_types[PAGE_PARAMETERS] = {
	TEXTOID, TEXTOID, INT8OID, TEXTOID, TIMESTAMPTZOID, TIMESTAMPTZOID, TEXTOID,
	TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID
};

/* Returns the statement for a shape, making it at its first use. */
static StoreQuery *
statement_for(const PageShape *shape)
{
	PageStatement *statement;
	const char *sql;

	for (statement = statements; statement != NULL; statement = statement->next)
	{
		if (memcmp(&statement->shape, shape, sizeof(PageShape)) == 0)
			return &statement->query;
	}

	/* in one piece, or an error after the first would leave it behind */
	sql = page_sql(shape);
	statement = MemoryContextAllocZero(TopMemoryContext,
									   sizeof(PageStatement) + strlen(sql) + 1);
	memcpy(&statement->shape, shape, sizeof(PageShape));
	statement->query.sql = strcpy((char *) (statement + 1), sql);
	statement->query.nargs = PAGE_PARAMETERS;
	memcpy(statement->query.types, page_types, sizeof(page_types));
	statement->next = statements;
	statements = statement;
	return &statement->query;
}

/*
 * Returns at most limit rows in the order of the scan, of those that one step
 * looks at.  The id may be NULL for BOUND_NONE, and others for all steps but
 * STEP_OTHERS.
 */
static StoreResult
read_step(const PageQuery *query, PageStep step, PageBound bound, text *id,
		  bool ascending, int limit, Datum others)
{
	static const PageSearch none = {NULL};
	const PageSearch *search = query->search != NULL ? query->search : &none;
	PageShape	shape;
	Datum		values[PAGE_PARAMETERS] = {
		PointerGetDatum(query->value),
		PointerGetDatum(id),
		Int64GetDatum(limit),
		PointerGetDatum(query->other_value),
		TimestampTzGetDatum(query->times[0]),
		TimestampTzGetDatum(query->times[1])
	};
	char		nulls[PAGE_PARAMETERS];

	for (int i = 0; i < PAGE_SEARCH_TEXTS; i++)
		values[PAGE_PARAMETERS - 1 - PAGE_SEARCH_TEXTS + i] =
			PointerGetDatum(search->texts[i]);
	values[PAGE_PARAMETERS - 1] = others;
	/* what is no pointer may be zero, and is not null */
	for (int i = 0; i < PAGE_PARAMETERS; i++)
		nulls[i] = values[i] == (Datum) 0 && page_types[i] != INT8OID &&
			page_types[i] != TIMESTAMPTZOID ? 'n' : ' ';

	/* Shapes are compared byte by byte, so padding must be zero. */
	memset(&shape, 0, sizeof(shape));
	shape.table = query->table;
	shape.absent = store_absent_columns(query->table);
	memcpy(shape.columns, query->columns, sizeof(shape.columns));
	shape.other_column = query->other_column;
	shape.state_column = query->state != NULL ? query->state_column : NO_COLUMN;
	shape.state = query->state;
	shape.condition = query->condition;
	shape.narrow = (step == STEP_ALL || step == STEP_REST) &&
		query->narrow != NULL && store_readable(query->narrow) ?
		query->narrow : NULL;
	shape.narrow_column = query->narrow_column;
	shape.narrow_states = query->narrow_states;
	shape.step = step;
	shape.searched = search->condition;
	memcpy(shape.pair, search->pair, sizeof(shape.pair));
	shape.ascending = ascending;
	shape.bound = bound;
	return store_query(statement_for(&shape), values, nulls);
}

/*
 * Reads what the other column can hold in rows that the search finds; 0 if
 * there is nothing.  too_many tells that there is more.
 */
static Datum
read_others(const PageSearch *search, bool *too_many)
{
	Datum		values[PAGE_SEARCH_TEXTS];
	char		nulls[PAGE_SEARCH_TEXTS];
	StoreResult result;

	for (int i = 0; i < PAGE_SEARCH_TEXTS; i++)
	{
		values[i] = PointerGetDatum(search->texts[i]);
		nulls[i] = search->texts[i] != NULL ? ' ' : 'n';
	}
	result = store_query(search->others, values, nulls);
	*too_many = DatumGetBool(result.rows[0].values[1]);
	return result.rows[0].nulls[0] ? (Datum) 0 : result.rows[0].values[0];
}

/*
 * Returns at most limit rows in the order of the scan.  The id may be NULL for
 * BOUND_NONE.
 *
 * A search looks through the next rows first: if many match, that fills the
 * page.  If it does not, and there are more, then few of the rows match, and
 * they are looked up by what their other column can hold.  Where that is too
 * much to be looked up, the rows are looked through until the page is full.
 */
static StoreResult
read_rows(const PageQuery *query, PageBound bound, text *id, bool ascending,
		  int limit)
{
	StoreResult result;
	Datum		others;
	bool		too_many;

	if (query->search == NULL)
		return read_step(query, STEP_ALL, bound, id, ascending, limit, 0);
	result = read_step(query, STEP_NEXT, bound, id, ascending, limit, 0);
	if (result.count == limit || bound == BOUND_SAME ||
		query->other_column != NO_COLUMN ||
		read_step(query, STEP_MORE, bound, id, ascending, limit, 0).count == 0)
		return result;
	others = read_others(query->search, &too_many);
	if (too_many)
		return read_step(query, STEP_REST, bound, id, ascending, limit, 0);
	if (others == (Datum) 0)
		return (StoreResult) {0};
	return read_step(query, STEP_OTHERS, bound, id, ascending, limit, others);
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
