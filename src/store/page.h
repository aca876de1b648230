/*
 * page.h
 *		Pages of a table's rows, by keyset on its first column, the id.
 */
#ifndef CONNECT_STORE_PAGE_H
#define CONNECT_STORE_PAGE_H

#include "store/table.h"

#define NO_COLUMN (-1)

/*
 * Which rows a list holds, and which page of them: those in which one of one or
 * two columns has a value, in the order of their ids, newest first.
 */
typedef struct PageQuery
{
	StoreTable *table;
	int			columns[2];		/* the second may be NO_COLUMN */
	text	   *value;
	int			other_column;	/* if not NO_COLUMN, must have other_value */
	text	   *other_value;
	int			state_column;	/* if state is not NULL, must have this label */
	const char *state;			/* a constant of ours */
	const char *condition;		/* or NULL: a constant of ours, which the row
								 * "c" must meet at the time $5 */
	TimestampTz time;
	text	   *after;			/* at most one of these two */
	text	   *before;
	int			page_size;
} PageQuery;

/*
 * A page, newest row first, and whether there are rows beyond it on either
 * side.
 */
typedef struct ListPage
{
	int			count;
	StoreRow   *rows;
	bool		has_newer;
	bool		has_older;
} ListPage;

extern ListPage store_page(const PageQuery *query);

#endif							/* CONNECT_STORE_PAGE_H */
