/*
 * page.h
 *		Pages of a table's rows, by keyset on its first column, the id.
 */
#ifndef CONNECT_STORE_PAGE_H
#define CONNECT_STORE_PAGE_H

#include "datatype/timestamp.h"
#include "store/statement.h"

#define NO_COLUMN (-1)

/* How many texts a search may have. */
#define PAGE_SEARCH_TEXTS 5

/*
 * A search for what another table says of rows, which no index of their own
 * serves.  Each row has a pair of columns, of which the query's column is one.
 */
typedef struct PageSearch
{
	const char *condition;		/* SQL on row c, a constant of ours, in which
								 * $7 to $11 are the texts */
	text	   *texts[PAGE_SEARCH_TEXTS];
	StoreQuery *others;			/* selects an array of all that the other column
								 * of the pair can hold where the condition is
								 * met, and whether these are too many to be
								 * looked up, and then not all; its parameters
								 * are the texts */
	int			pair[2];
} PageSearch;

/*
 * Which rows a list holds, and which page of them: those in which one of one or
 * two columns has a value, in the order of their ids, newest first.
 */
typedef struct PageQuery
{
	StoreTable *table;
	int			columns[2];		/* the second may be NO_COLUMN; if both are, all
								 * rows are meant */
	text	   *value;
	int			other_column;	/* if not NO_COLUMN, must have other_value */
	text	   *other_value;
	int			state_column;	/* if state is not NULL, must have this label */
	const char *state;			/* a constant of ours */
	const char *condition;		/* if not NULL, must meet this SQL on row c, a
								 * constant of ours, in which $5 and $6 are
								 * these times */
	TimestampTz times[2];
	StoreTable *narrow;			/* if not NULL, and if the store has it, has a
								 * row for each that is in this state, with
								 * columns of the same names, and an index on
								 * the next one and the id */
	int			narrow_column;	/* if NO_COLUMN, so it has on each of columns */
	bool		narrow_states;	/* it has rows of several states, and the
								 * column of the state before the id in these */
	const PageSearch *search;	/* if not NULL, must be found by this */
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
