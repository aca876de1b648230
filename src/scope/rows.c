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
 * Reads the catalogue under the active snapshot, in the order of the names,
 * into the current memory context.
 */
StoreRow *
scope_read_all(int *count)
{
	StoreRow   *rows = store_fetch_all(&scope_table, count);

	qsort(rows, *count, sizeof(StoreRow), compare_rows);
	return rows;
}

/*
 * Returns the scopes of an offer that names none.  They are in no order, and
 * there may be none.
 */
ArrayType *
scope_defaults(void)
{
	int			count;
	StoreRow   *rows = store_fetch_all(&scope_table, &count);
	Datum	   *names = palloc(Max(1, count) * sizeof(Datum));
	int			n = 0;

	for (int i = 0; i < count; i++)
	{
		if (DatumGetBool(rows[i].values[SCOPE_IS_DEFAULT]))
			names[n++] = rows[i].values[SCOPE_NAME];
	}
	return construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT);
}

/* Raises scope_unknown. */
static void
refuse_scope(const text *name, const char *field)
{
	ereport(ERROR,
			(connect_error(ERROR_SCOPE_UNKNOWN),
			 blame_argument(field),
			 errdetail("Scope \"%s\" does not exist.", text_excerpt(name)),
			 errhint("See connect.list_scopes().")));
}

/* Raises scope_unknown unless the catalogue has this scope now. */
void
scope_require(const text *name)
{
	bool		exists;

	PushActiveSnapshot(GetTransactionSnapshot());
	exists = store_has(&scope_by_name, PointerGetDatum(name));
	PopActiveSnapshot();
	if (!exists)
		refuse_scope(name, "scope");
}

/* May this scope be shared now, as the active snapshot sees the catalogue? */
bool
scope_usable(const text *name)
{
	return store_has(&scope_by_name, PointerGetDatum(name));
}

/*
 * Raises scopes_empty for an empty list, and scope_unknown for a name that the
 * catalogue does not have under the active snapshot.
 */
void
scope_check_list(ArrayType *scopes)
{
	Datum	   *names;
	int			count;
	StoreScan	scan;
	int			known = 0;

	deconstruct_array(scopes, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL,
					  &count);
	if (count == 0)
		ereport(ERROR,
				(connect_error(ERROR_SCOPES_EMPTY),
				 blame_argument("scopes"),
				 errdetail("A connection shares at least one scope."),
				 errhint("Deactivate the connection to stop all sharing.")));

	store_scan_begin(&scan, &scope_by_name, &names[0]);
	while (store_scan_next(&scan) && ++known < count)
		store_scan_again(&scan, &names[known]);
	store_scan_end(&scan);
	if (known < count)
		refuse_scope(DatumGetTextPP(names[known]), "scopes");
}
