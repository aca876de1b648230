/*
 * statement.h
 *		Running the store's statements, as the store's owner.
 */
#ifndef CONNECT_STORE_STATEMENT_H
#define CONNECT_STORE_STATEMENT_H

#include "executor/spi.h"
#include "store/table.h"

/* The most parameters that a statement may have. */
#define STORE_MAX_ARGS 26

/* A statement whose plan is saved at its first use. */
typedef struct StoreQuery
{
	const char *sql;
	int			nargs;
	Oid			types[STORE_MAX_ARGS];
	bool		writes;
	StoreTable *returning;		/* or NULL: RETURNING all its columns, "t"
								 * being the alias of the table */
	SPIPlanPtr	plan;
} StoreQuery;

/* The result of a statement, copied out. */
typedef struct StoreResult
{
	uint64		count;			/* rows returned, or rows changed if it returns
								 * none */
	StoreRow   *rows;
} StoreResult;

extern StoreResult store_query_as(StoreQuery *query, const Datum *values,
								  const char *nulls, Oid role);
extern StoreResult store_query(StoreQuery *query, const Datum *values,
							   const char *nulls);
extern StoreResult store_query_marked(StoreQuery *query, const Datum *values,
									  const char *nulls, StoreTable *table,
									  const void *meaning);
extern void store_push_snapshot(void);
extern void store_run_marked(void (*run) (void *arg), void *arg,
							 StoreTable *table, const void *meaning);
extern const void *store_meaning(const StoreTable *table);
extern void store_each(const StoreQuery *query, const Datum *values,
					   const char *nulls,
					   void (*row) (const StoreRow *row, void *state),
					   void *state);
extern void store_command(const char *sql, Oid role);
extern StoreResult store_select(const char *sql, Oid role);

#endif							/* CONNECT_STORE_STATEMENT_H */
