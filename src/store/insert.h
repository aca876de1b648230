/*
 * insert.h
 *		Inserting a row of which all columns are given.
 */
#ifndef CONNECT_STORE_INSERT_H
#define CONNECT_STORE_INSERT_H

#include "store/statement.h"

/* An INSERT into a table, made and planned at its first use. */
typedef struct StoreInsert
{
	StoreTable *table;
	StoreQuery	query;
	bool		as_given;		/* did nothing else touch the last row? */
} StoreInsert;

extern bool store_insert(StoreInsert *insert, const StoreRow *row);

#endif							/* CONNECT_STORE_INSERT_H */
