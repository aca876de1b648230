/*
 * insert.h
 *		Inserting a row.
 */
#ifndef CONNECT_STORE_INSERT_H
#define CONNECT_STORE_INSERT_H

#include "store/scan.h"
#include "store/statement.h"

/* An INSERT into a table, made and planned when it is first needed. */
typedef struct StoreInsert
{
	StoreTable *table;
	uint64		columns;		/* those that are given, a bit for each */
	StoreKey   *unless;			/* if this unique key is taken, nothing is
								 * inserted; or NULL */
	StoreQuery	query;
	bool		as_given;		/* did nothing else touch the last row? */
} StoreInsert;

extern bool store_insert(StoreInsert *insert, const StoreRow *row,
						 const void *meaning, StoreRow *stored);

#endif							/* CONNECT_STORE_INSERT_H */
