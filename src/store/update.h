/*
 * update.h
 *		Changing a row that is still what was decided upon.
 */
#ifndef CONNECT_STORE_UPDATE_H
#define CONNECT_STORE_UPDATE_H

#include "store/scan.h"
#include "store/statement.h"

/* An UPDATE of one row, made and planned when it is first needed. */
typedef struct StoreUpdate
{
	StoreKey   *key;			/* unique, of one column */
	int			same;			/* the column by which it still is that row */
	uint64		columns;		/* those that change, a bit for each */
	StoreQuery	query;
} StoreUpdate;

extern bool store_update(StoreUpdate *update, Datum key, Datum same,
						 const StoreRow *changed, const void *meaning,
						 StoreRow *stored);

#endif							/* CONNECT_STORE_UPDATE_H */
