/*
 * rows.h
 *		The catalogue of scopes: kinds of data that a Connection can share.
 */
#ifndef CONNECT_SCOPE_ROWS_H
#define CONNECT_SCOPE_ROWS_H

#include "store/scan.h"

#define SCOPE_COLUMNS(COLUMN, context) \
	COLUMN(context, SCOPE_NAME, name, TEXT, NOT_NULL, "name") \
	COLUMN(context, SCOPE_DESCRIPTION, description, TEXT, NOT_NULL, \
		   "description") \
	COLUMN(context, SCOPE_IS_DEFAULT, is_default, BOOLEAN, NOT_NULL, \
		   "is_default")

enum
{
	SCOPE_COLUMNS(STORE_COLUMN_NUMBER, )
};

/* One row of connect.scope; it points into the tuple it was read from. */
typedef struct Scope
{
	SCOPE_COLUMNS(STORE_COLUMN_MEMBER, )
} Scope;

extern StoreTable scope_table;
extern StoreKey scope_by_name;

extern void scope_from_row(void *scope, const StoreRow *from);
extern StoreRow *scope_read_all(int *count);
extern ArrayType *scope_defaults(void);
extern void scope_require(const text *name);
extern bool scope_usable(const text *name);
extern void scope_check_list(ArrayType *scopes);

#endif							/* CONNECT_SCOPE_ROWS_H */
