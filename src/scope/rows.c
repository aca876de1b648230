/*
 * rows.c
 *		Reading the catalogue of scopes.
 */
#include "postgres.h"

#include "base/text.h"
#include "catalog/pg_type.h"
#include "scope/rows.h"
#include "store/statement.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

static const StoreColumn columns[] = {
	SCOPE_COLUMNS(STORE_COLUMN_INFO, Scope)
};

StoreTable	scope_table = STORE_TABLE("scope", columns);

StoreKey	scope_by_name = {
	&scope_table, "scope_pkey", 1, {SCOPE_NAME}, F_TEXTEQ
};

/* Fills the struct from a row; it points into the row's tuple. */
void
scope_from_row(void *row, const StoreRow *from)
{
	Scope	   *scope = row;

	SCOPE_COLUMNS(STORE_COLUMN_READ, scope)
}

static int
compare_rows(const void *a, const void *b)
{
	const text *left =
		DatumGetTextPP(((const StoreRow *) a)->values[SCOPE_NAME]);
	const text *right =
		DatumGetTextPP(((const StoreRow *) b)->values[SCOPE_NAME]);

	return text_compare(left, right);
}

/*
 * Reads the scopes that are not retired, by name, under the active snapshot and
 * into the current memory context.
 */
StoreRow *
scope_read_all(int *count)
{
	int			nrows;
	StoreRow   *rows = store_fetch_all(&scope_table, &nrows);
	int			kept = 0;

	for (int i = 0; i < nrows; i++)
	{
		if (rows[i].nulls[SCOPE_RETIRED_AT])
			rows[kept++] = rows[i];
	}
	qsort(rows, kept, sizeof(StoreRow), compare_rows);
	*count = kept;
	return rows;
}

/* Does the catalogue hold nothing at all, as the active snapshot sees it? */
static bool
catalogue_is_empty(void)
{
	int			count;

	(void) store_fetch_all(&scope_table, &count);
	return count == 0;
}

/*
 * The hint for whoever meets an empty catalogue, as a dump of the schema alone
 * leaves it.
 */
#define FILL_CATALOGUE \
	"The catalogue of scopes is empty; the store's owner fills it with " \
	"SELECT connect.upgrade_store();"

/*
 * Returns the scopes of an offer that names none, in no order.  Raises
 * scopes_empty if the catalogue has no default ones.
 */
ArrayType *
scope_defaults(void)
{
	int			count;
	StoreRow   *rows = scope_read_all(&count);
	Datum	   *names = palloc(Max(1, count) * sizeof(Datum));
	int			n = 0;

	for (int i = 0; i < count; i++)
	{
		if (DatumGetBool(rows[i].values[SCOPE_IS_DEFAULT]))
			names[n++] = rows[i].values[SCOPE_NAME];
	}
	if (n == 0)
		ereport(ERROR,
				(connect_error(ERROR_SCOPES_EMPTY),
				 blame_argument("scopes"),
				 errdetail("The catalogue of scopes has no default ones."),
				 catalogue_is_empty() ? errhint(FILL_CATALOGUE) :
				 errhint("Name the scopes that the connection is to "
						 "share.")));
	return construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT);
}

/* Raises scope_unknown, or scope_retired, for a scope in such a state. */
static void
refuse_scope(const text *name, ScopeState state, const char *field)
{
	if (state == SCOPE_RETIRED)
		ereport(ERROR,
				(connect_error(ERROR_SCOPE_RETIRED),
				 blame_argument(field),
				 errdetail("Scope \"%s\" is retired.", text_excerpt(name)),
				 errhint("See connect.list_scopes() for those that can be "
						 "offered.")));
	ereport(ERROR,
			(connect_error(ERROR_SCOPE_UNKNOWN),
			 blame_argument(field),
			 errdetail("Scope \"%s\" does not exist.", text_excerpt(name)),
			 catalogue_is_empty() ? errhint(FILL_CATALOGUE) :
			 errhint("See connect.list_scopes().")));
}

/*
 * Raises scope_unknown unless the catalogue has this scope now, retired or not.
 */
void
scope_require(const text *name)
{
	PushActiveSnapshot(GetTransactionSnapshot());
	if (scope_state(name) == SCOPE_UNKNOWN)
		refuse_scope(name, SCOPE_UNKNOWN, "scope");
	PopActiveSnapshot();
}

/* Returns the state of the scope that a scan has looked for. */
static ScopeState
read_state(StoreScan *scan)
{
	bool		null;

	if (!store_scan_next(scan))
		return SCOPE_UNKNOWN;
	(void) store_scan_column(scan, SCOPE_RETIRED_AT, &null);
	return null ? SCOPE_OFFERED : SCOPE_RETIRED;
}

/* Is this name among those of an array, which may be NULL? */
static bool
is_among(Datum name, Datum *names, int count)
{
	for (int i = 0; i < count; i++)
	{
		if (text_compare_datums(&name, &names[i]) == 0)
			return true;
	}
	return false;
}

/*
 * Raises for the first of these scopes that may not be offered; those that are
 * kept are not looked at.
 *
 * The catalogue is read as it is by now, whatever the transaction's snapshot:
 * who takes a scope away waits for everybody who writes Connections, and
 * whoever has waited for that must find it gone.
 */
static void
check_offered(Datum *names, int count, Datum *kept, int nkept)
{
	StoreScan	scan;
	bool		begun = false;

	PushActiveSnapshot(GetLatestSnapshot());
	for (int i = 0; i < count; i++)
	{
		ScopeState	state;

		if (is_among(names[i], kept, nkept))
			continue;
		if (begun)
			store_scan_again(&scan, &names[i]);
		else
			store_scan_begin(&scan, &scope_by_name, &names[i]);
		begun = true;
		state = read_state(&scan);
		if (state != SCOPE_OFFERED)
			refuse_scope(DatumGetTextPP(names[i]), state, "scopes");
	}
	if (begun)
		store_scan_end(&scan);
	PopActiveSnapshot();
}

/*
 * Raises scopes_empty for an empty list, scope_unknown or scope_retired for a
 * scope that may not be offered.  What a Connection has had so far, kept, which
 * may be NULL, it may go on having.
 */
void
scope_check_list(ArrayType *scopes, ArrayType *kept)
{
	Datum	   *names;
	Datum	   *kept_names = NULL;
	int			count;
	int			nkept = 0;

	deconstruct_array(scopes, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL,
					  &count);
	if (count == 0)
		ereport(ERROR,
				(connect_error(ERROR_SCOPES_EMPTY),
				 blame_argument("scopes"),
				 errdetail("A connection shares at least one scope."),
				 errhint("Deactivate the connection to stop all sharing.")));
	if (kept != NULL)
		deconstruct_array(kept, TEXTOID, -1, false, TYPALIGN_INT, &kept_names,
						  NULL, &nkept);
	check_offered(names, count, kept_names, nkept);
}
