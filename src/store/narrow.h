/*
 * narrow.h
 *		Narrow tables, whose rows follow those of another table.
 */
#ifndef CONNECT_STORE_NARROW_H
#define CONNECT_STORE_NARROW_H

#include "store/insert.h"
#include "store/scan.h"

/* A table that has a row for some of the rows of another one. */
typedef struct StoreNarrow
{
	StoreTable *table;
	StoreTable *followed;
	StoreKey	key;			/* tells the rows apart */
	StoreInsert insert;

	/* Fills the struct of a row of the other table, as Resource does. */
	void		(*read) (void *row, const StoreRow *from);
	size_t		row_size;

	/* Fills the row that such a struct has here; returns false if none. */
	bool		(*derive) (const void *row, StoreRow *narrow);

	/* The same in SQL: SELECTs all rows that there should be. */
	const char *derive_sql;
	struct StoreNarrow *next;	/* of those that are registered */
} StoreNarrow;

extern void store_narrow_register(StoreNarrow *narrow);
extern const char *store_narrow_followed(void);
extern void store_narrow_add(const StoreTable *followed, const void *row);
extern void store_narrow_follow(const StoreTable *followed, const void *old,
								const void *changed);

#endif							/* CONNECT_STORE_NARROW_H */
