/*
 * direct.h
 *		Writing single rows without a plan.
 */
#ifndef CONNECT_STORE_DIRECT_H
#define CONNECT_STORE_DIRECT_H

#include "store/insert.h"
#include "store/update.h"

typedef enum DirectOutcome
{
	DIRECT_DONE,
	DIRECT_SUPPRESSED,			/* by a trigger */
	DIRECT_CONFLICT				/* somebody has the key, or may get it */
} DirectOutcome;

extern DirectOutcome store_direct_insert(const StoreInsert *insert,
										 Relation rel, const StoreRow *row,
										 const void *meaning, StoreRow *stored);
extern bool store_direct_update(const StoreUpdate *update, Datum key,
								Datum same, Relation rel,
								const StoreRow *changed, const void *meaning,
								StoreRow *stored);
extern bool store_direct_delete(StoreKey *key, const Datum *values);

#endif							/* CONNECT_STORE_DIRECT_H */
