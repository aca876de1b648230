/*
 * key.h
 *		Keys by which rows of the store's tables are read.
 */
#ifndef CONNECT_STORE_KEY_H
#define CONNECT_STORE_KEY_H

#include "access/skey.h"
#include "store/table.h"
#include "utils/fmgroids.h"

/* The most columns that a key may have. */
#define STORE_KEY_COLUMNS 3

/* A key by which rows of a table are read. */
typedef struct StoreKey
{
	StoreTable *table;
	const char *index;
	int			ncolumns;
	int			columns[STORE_KEY_COLUMNS];
	RegProcedure equal;
	RegProcedure greater;		/* if set, the last column is a lower bound,
								 * exclusive */

	/* made at first use, all but their arguments */
	bool		scankeys_ready;
	ScanKeyData scankeys[STORE_KEY_COLUMNS];

	/* found at first use; the index is valid until it or the table changes */
	Oid			relid;
	Oid			indexid;
	bool		used;
	struct StoreKey *next;		/* of those that were used */
} StoreKey;

extern void store_key_init(void);
extern Relation store_key_open(StoreKey *key, Relation rel);

#endif							/* CONNECT_STORE_KEY_H */
