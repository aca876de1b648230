/*
 * rows.c
 *		Reading the catalogue of scopes.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "base/compat.h"
#include "base/text.h"
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "scope/rows.h"
#include "storage/bufmgr.h"
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

/*
 * One page of the catalogue is read as a whole at less than what two looks into
 * its index cost.
 */
static bool
is_one_page(Relation rel)
{
	return RelationGetNumberOfBlocks(rel) == 1;
}

/* Looks for scopes in the whole catalogue; all are unknown so far. */
static void
read_states(Relation rel, Datum *names, ScopeState *states, int count)
{
	TupleTableSlot *slot = table_slot_create(rel, NULL);
	TableScanDesc scan = table_begin(rel, GetActiveSnapshot(), 0, NULL);
	AttrNumber	name = store_column(&scope_table, SCOPE_NAME);
	AttrNumber	retired = store_column(&scope_table, SCOPE_RETIRED_AT);

	while (table_scan_getnextslot(scan, ForwardScanDirection, slot))
	{
		bool		null;
		Datum		found = slot_getattr(slot, name, &null);

		for (int i = 0; i < count; i++)
		{
			if (text_compare_datums(&found, &names[i]) == 0)
				states[i] = retired == InvalidAttrNumber ||
					slot_attisnull(slot, retired) ?
					SCOPE_OFFERED : SCOPE_RETIRED;
		}
	}
	table_endscan(scan);
	ExecDropSingleTupleTableSlot(slot);
}

/* Looks each of the scopes up. */
static void
look_up_states(Datum *names, ScopeState *states, int count)
{
	StoreRow	row;

	for (int i = 0; i < count; i++)
	{
		if (store_fetch(&scope_by_name, &names[i], &row))
			states[i] = row.nulls[SCOPE_RETIRED_AT] ?
				SCOPE_OFFERED : SCOPE_RETIRED;
	}
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
 * Raises for the first of these scopes that may not be offered.
 *
 * The catalogue is read as it is by now, whatever the transaction's snapshot:
 * who takes a scope away waits for everybody who writes Connections, and
 * whoever has waited for that must find it gone.
 */
static void
check_offered(Datum *names, int count)
{
	ScopeState *states = palloc0(count * sizeof(ScopeState));
	Relation	rel;

	PushActiveSnapshot(GetLatestSnapshot());
	rel = store_open_table(&scope_table);
	if (is_one_page(rel))
		read_states(rel, names, states, count);
	else
		look_up_states(names, states, count);
	table_close(rel, NoLock);
	for (int i = 0; i < count; i++)
	{
		if (states[i] != SCOPE_OFFERED)
			refuse_scope(DatumGetTextPP(names[i]), states[i], "scopes");
	}
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
	int			nadded = 0;

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
	for (int i = 0; i < count; i++)
	{
		if (!is_among(names[i], kept_names, nkept))
			names[nadded++] = names[i];
	}
	if (nadded > 0)
		check_offered(names, nadded);
}
