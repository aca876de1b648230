/*
 * direct_table.h
 *		Which tables may be written to without a plan.
 */
#ifndef CONNECT_STORE_DIRECT_TABLE_H
#define CONNECT_STORE_DIRECT_TABLE_H

#include "store/table.h"

extern bool store_direct_serves(StoreTable *table, Relation rel, uint64 columns,
								int change);
extern bool store_direct_alters(Relation rel, int change);

#endif							/* CONNECT_STORE_DIRECT_TABLE_H */
