/*
 * followed.h
 *		What a followed table does to the organizations that it registered.
 */
#ifndef CONNECT_ORGANIZATION_FOLLOWED_H
#define CONNECT_ORGANIZATION_FOLLOWED_H

#include "store/statement.h"

extern StoreQuery followed_columns;

extern void followed_register(Oid relation, text *id, text *name,
							  const char *role);
extern void followed_rename(Oid relation, text *id, text *name,
							const char *role);
extern void followed_retire(Oid relation, text *id, const char *role);
extern void followed_retire_others(Oid relation, ArrayType *ids,
								   const char *role);

#endif							/* CONNECT_ORGANIZATION_FOLLOWED_H */
