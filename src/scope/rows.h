/*
 * rows.h
 *		The catalogue of scopes: kinds of data that a Connection can share.
 */
#ifndef CONNECT_SCOPE_ROWS_H
#define CONNECT_SCOPE_ROWS_H

#include "store/scan.h"

/* The most bytes that a name has. */
#define SCOPE_NAME_LENGTH 64

#define SCOPE_COLUMNS(COLUMN, context) \
	COLUMN(context, SCOPE_NAME, name, TEXT, NOT_NULL, "name") \
	COLUMN(context, SCOPE_DESCRIPTION, description, TEXT, NOT_NULL, \
		   "description") \
	COLUMN(context, SCOPE_IS_DEFAULT, is_default, BOOLEAN, NOT_NULL, \
		   "is_default") \
	COLUMN(context, SCOPE_TITLE, title, TEXT, NULLABLE | ADDED, "title") \
	COLUMN(context, SCOPE_RETIRED_AT, retired_at, TIME, NULLABLE | ADDED, \
		   "retired_at")

enum
{
	SCOPE_COLUMNS(STORE_COLUMN_NUMBER, )
};

/* One row of connect.scope; it points into the tuple it was read from. */
typedef struct Scope
{
	SCOPE_COLUMNS(STORE_COLUMN_MEMBER, )
} Scope;

/* What the catalogue says of a scope. */
typedef enum ScopeState
{
	SCOPE_UNKNOWN,
	SCOPE_OFFERED,
	SCOPE_RETIRED				/* nobody may offer it, and the gate is shut */
} ScopeState;

extern StoreTable scope_table;
extern StoreKey scope_by_name;

extern void scope_from_row(void *scope, const StoreRow *from);
extern StoreRow *scope_read_all(int *count);
extern ArrayType *scope_defaults(void);
extern ScopeState scope_state(const text *name);
extern TimestampTz scope_retired_at(const text *name);
extern void scope_require(const text *name);
extern void scope_check_list(ArrayType *scopes, ArrayType *kept);

/* May this scope be shared now, as the active snapshot sees the catalogue? */
static inline bool
scope_usable(const text *name)
{
	return scope_state(name) == SCOPE_OFFERED;
}

#endif							/* CONNECT_SCOPE_ROWS_H */
