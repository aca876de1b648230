/*
 * store.h
 *		The only way to the store's tables.
 *
 * store.c runs saved SPI plans as the store's owner; store_tables.c knows where
 * tables and columns are; store_scan.c reads rows by the key of an index; the
 * others are one topic each.  Results are copied into the caller's memory context.
 */
#ifndef CONNECT_STORE_STORE_H
#define CONNECT_STORE_STORE_H

#include "connection/connection.h"
#include "executor/spi.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

struct Principal;

/* Most parameters of a statement, and most columns of a table of ours. */
#define STORE_MAX_ARGS 14
#define STORE_MAX_COLUMNS 16

/* ---- store_tables.c ---- */

typedef enum StoreTable
{
	STORE_ORGANIZATION,
	STORE_SCOPE,
	STORE_CONNECTION,
	STORE_EVENT,
	STORE_ORGANIZATION_ROLE,
	STORE_GATEWAY_ROLE,
	STORE_API_KEY,
	STORE_IDEMPOTENCY
} StoreTable;

/* Columns by their place in the definition, the numbers that the code below uses. */
enum
{
	CONNECTION_ID,
	CONNECTION_SOURCE,
	CONNECTION_DESTINATION,
	CONNECTION_NAME,
	CONNECTION_STATUS,
	CONNECTION_SCOPES,
	CONNECTION_CREATOR_ID,
	CONNECTION_CREATOR_TYPE,
	CONNECTION_CREATED_AT,
	CONNECTION_UPDATED_AT,
	CONNECTION_COLUMN_COUNT
};

enum
{
	ORGANIZATION_ID,
	ORGANIZATION_NAME,
	ORGANIZATION_CREATED_AT
};

enum
{
	SCOPE_NAME,
	SCOPE_DESCRIPTION,
	SCOPE_IS_DEFAULT
};

enum
{
	API_KEY_ID,
	API_KEY_ORGANIZATION,
	API_KEY_SHA256,
	API_KEY_PERMISSIONS,
	API_KEY_EXPIRES_AT,
	API_KEY_REVOKED_AT
};

enum
{
	EVENT_KEY_ID,
	EVENT_KEY_SOURCE,
	EVENT_KEY_DESTINATION
};

enum
{
	ORGANIZATION_ROLE_NAME,
	ORGANIZATION_ROLE_ORGANIZATION
};

/* One row, its columns in the order of the definition. */
typedef struct StoreRow
{
	Datum		values[STORE_MAX_COLUMNS];
	bool		nulls[STORE_MAX_COLUMNS];
} StoreRow;

extern void store_tables_init(void);
extern bool store_exists(void);
extern bool store_readable(StoreTable table);
extern Oid	store_owner(void);
extern Oid	store_relation_id(StoreTable table);
extern AttrNumber store_column(StoreTable table, int column);
extern Relation store_open_table(StoreTable table);
extern StoreRow *store_fetch_all(StoreTable table, int *count);
extern void store_deform(StoreTable table, HeapTuple tuple, TupleDesc desc, StoreRow *row);

/* ---- store_scan.c ---- */

/* The keys by which rows are read, unique but for one. */
typedef enum StoreKey
{
	STORE_KEY_ORGANIZATION_ID,
	STORE_KEY_SCOPE_NAME,
	STORE_KEY_CONNECTION_ID,
	STORE_KEY_CONNECTION_PAIR,
	STORE_KEY_CONNECTION_DESTINATION,	/* not unique: those with an id above a bound */
	STORE_KEY_EVENT_ID,
	STORE_KEY_ORGANIZATION_ROLE_NAME,
	STORE_KEY_GATEWAY_ROLE_NAME,
	STORE_KEY_API_KEY_SHA256
} StoreKey;

typedef struct StoreKeyInfo StoreKeyInfo;

/* Rows of one table being read by a key. */
typedef struct StoreScan
{
	StoreKeyInfo *key;
	Relation	rel;
	Relation	index;			/* or NULL */
	struct IndexScanDescData *index_scan;	/* one of these two */
	struct TableScanDescData *table_scan;
	struct TupleTableSlot *slot;
	void	   *detoasted;		/* a copy made of a column of the row, or NULL */
	bool		ordered;
} StoreScan;

extern void store_scan_init(void);
extern bool store_fetch(StoreKey key, const Datum *keys, StoreRow *row);
extern bool store_has(StoreKey key, Datum value);
extern void store_scan_begin(StoreScan *scan, StoreKey key, const Datum *keys);
extern void store_scan_again(StoreScan *scan, const Datum *keys);
extern bool store_scan_next(StoreScan *scan);
extern Datum store_scan_column(StoreScan *scan, int column, bool *null);
extern void store_scan_end(StoreScan *scan);

/* ---- store.c ---- */

/* A statement whose plan is saved at its first use. */
typedef struct StoreQuery
{
	const char *sql;
	int			nargs;
	Oid			types[STORE_MAX_ARGS];
	bool		writes;
	SPIPlanPtr	plan;
} StoreQuery;

/* The result of a statement, copied out. */
typedef struct StoreResult
{
	uint64		count;			/* rows returned, or changed where none are */
	StoreRow   *rows;
} StoreResult;

extern StoreResult store_query(StoreQuery *query, const Datum *values, const char *nulls);
extern void store_command(const char *sql, Oid userid);
extern StoreResult store_select(const char *sql, Oid userid);

/*
 * Whose change the guard is about to see.  Inside a function's own statement
 * the current role is the store's owner, so the guard is told.
 */
typedef struct StoreWrite
{
	const struct Principal *principal;
	const char *reason;			/* or NULL */
	const char *request_id;		/* or NULL */
	int			trigger_depth;
} StoreWrite;

extern StoreResult store_query_for(StoreQuery *query, const Datum *values, const char *nulls,
								   const StoreWrite *write);
extern const StoreWrite *store_current_write(void);
extern int	store_trigger_depth(void);

/* ---- store_connection.c ---- */

extern void store_connection_init(void);
extern ConnectionStatus store_status_from_datum(Datum value);
extern void store_connection_from_row(Connection *connection, const StoreRow *row);
extern bool store_find_connection(text *id, Connection *connection);
extern bool store_find_pair(text *source, text *destination, Connection *connection);
extern bool store_insert_connection(const StoreWrite *write, text *source, text *destination,
									text *name, ArrayType *scopes, Connection *connection);
extern bool store_update_connection(const StoreWrite *write, const Connection *old,
									const Connection *changed, Connection *result);

/* ---- store_event.c ---- */

extern void store_insert_event(const StoreWrite *write, ConnectionAction action,
							   ConnectionStatus from, const Connection *connection);
extern bool store_inserting_event(void);

/* ---- store_list.c ---- */

/* Which of the acting organization's rows a list holds, and which page of them. */
typedef struct ListQuery
{
	text	   *organization;
	bool		outbound;
	bool		inbound;
	text	   *source;			/* both or neither: the one pair that can match */
	text	   *destination;
	ConnectionStatus status;	/* connections only; CONNECTION_NONE for any */
	text	   *connection_id;	/* events only; or NULL */
	text	   *after;			/* at most one of these two */
	text	   *before;
	int			page_size;
} ListQuery;

/* A page, newest first, and whether there are rows beyond it on either side. */
typedef struct ListPage
{
	int			count;
	StoreRow   *rows;
	bool		has_newer;
	bool		has_older;
} ListPage;

extern ListPage store_list_connections(const ListQuery *query);
extern ListPage store_list_events(const ListQuery *query);
extern void store_event_from_row(ConnectionEvent *event, const StoreRow *row);
extern bool store_event_visible(text *id, text *organization);

/* ---- store_catalogue.c ---- */

extern bool store_organization_exists(text *id);
extern bool store_find_organization(text *id, StoreRow *row);
extern ArrayType *store_default_scopes(void);
extern int	store_unknown_scope(const Datum *names, int count);
extern StoreResult store_list_scopes(void);

/* ---- store_access.c ---- */

extern bool store_read_pair(const text *source, const text *destination,
							ConnectionStatus *status, ArrayType **scopes);
extern bool store_lock_pair(text *source, text *destination,
							ConnectionStatus *status, ArrayType **scopes);
extern void store_destination_begin(StoreScan *scan, const text *destination, const text *after);
extern bool store_destination_next(StoreScan *scan, Connection *connection);

/* ---- store_share.c ---- */

extern void store_share_table(Oid relation, Name column, text *scope);
extern void store_unshare_table(Oid relation);

/* ---- store_admin.c ---- */

extern void store_register_organization(text *id, text *name);
extern void store_map_role(Name role, text *organization);
extern void store_unmap_role(Name role);
extern void store_trust_gateway(Name role);
extern void store_distrust_gateway(Name role);
extern text *store_insert_api_key(text *organization, text *name, const char *secret,
								  ArrayType *permissions, Datum expires_at, bool never);
extern bool store_revoke_api_key(text *id);
extern int64 store_prune_idempotency(Interval *older_than);

/* ---- store_idempotency.c ---- */

typedef struct StoredAnswer
{
	bytea	   *request_sha256;
	int			status;
	char	   *location;		/* empty for none */
	char	   *body;
} StoredAnswer;

extern bool store_find_answer(text *organization, text *key, StoredAnswer *answer);
extern void store_insert_answer(text *organization, text *key, const StoredAnswer *answer);

#endif							/* CONNECT_STORE_STORE_H */
