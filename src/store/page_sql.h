/*
 * page_sql.h
 *		The text of the statements that read pages.
 *
 * Their parameters are: $1 the value of the column, $2 an id, $3 the number of
 * rows, $4 the value of the other column, $5 and $6 times, $7 to $11 the texts
 * of a search, $12 what it found.
 */
#ifndef CONNECT_STORE_PAGE_SQL_H
#define CONNECT_STORE_PAGE_SQL_H

#include "store/page.h"

/* What the id of a row in $2 is to the rows of a scan. */
typedef enum PageBound
{
	BOUND_NONE,
	BOUND_BEYOND,				/* they lie beyond it */
	BOUND_SAME					/* it is the only one */
} PageBound;

/* Which rows a statement looks at. */
typedef enum PageStep
{
	STEP_ALL,					/* all, where nothing is searched for */
	STEP_NEXT,					/* so many of the next ones */
	STEP_MORE,					/* are there more than these? */
	STEP_OTHERS,				/* those whose other column is one of $12 */
	STEP_REST					/* all, until enough are found */
} PageStep;

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
	bool		narrow_states;
	PageStep	step;
	const char *searched;		/* the condition of a search, or NULL */
	int			pair[2];
	uint64		absent;			/* columns that an older store lacks */
	bool		ascending;
	PageBound	bound;			/* of the id by $2 */
} PageShape;

extern char *page_sql(const PageShape *shape);

#endif							/* CONNECT_STORE_PAGE_SQL_H */
