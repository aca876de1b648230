/*
 * direct.h
 *		Inserting and deleting single rows without a plan.
 */
#ifndef CONNECT_STORE_DIRECT_H
#define CONNECT_STORE_DIRECT_H

#include "store/scan.h"

extern Oid	store_parameter_type(StoreKind kind);
extern bool store_direct_serves(StoreTable *table, Relation rel);
extern bool store_direct_alters(Relation rel);
extern bool store_direct_insert(StoreTable *table, Relation rel,
								const StoreRow *row, const void *meaning);
extern bool store_direct_delete(StoreKey *key, const Datum *values);

#endif							/* CONNECT_STORE_DIRECT_H */
