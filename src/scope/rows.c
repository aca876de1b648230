/*
 * rows.c
 *		Reading what Connections refer to: organizations and scopes.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "store/store.h"
#include "utils/builtins.h"

static StoreQuery list_scopes = {
	"SELECT s.name, s.description, s.is_default FROM connect.scope AS s ORDER BY s.name",
	0, {InvalidOid}, false, NULL
};

/* Reads an organization by id under the active snapshot; false if it is not registered. */
bool
store_find_organization(text *id, StoreRow *row)
{
	Datum		key = PointerGetDatum(id);

	return store_fetch(STORE_KEY_ORGANIZATION_ID, &key, row);
}

/* Is this organization registered? */
bool
store_organization_exists(text *id)
{
	return store_has(STORE_KEY_ORGANIZATION_ID, PointerGetDatum(id));
}

/*
 * Returns the number of the first of these names, of which there is one at
 * least, that is no scope of the catalogue, or count.
 */
int
store_unknown_scope(const Datum *names, int count)
{
	StoreScan	scan;
	int			i = 0;

	Assert(count > 0);
	store_scan_begin(&scan, STORE_KEY_SCOPE_NAME, &names[0]);
	while (store_scan_next(&scan) && ++i < count)
		store_scan_again(&scan, &names[i]);
	store_scan_end(&scan);
	return i;
}

/* Returns the scopes of an offer that names none, in no order; perhaps an empty array. */
ArrayType *
store_default_scopes(void)
{
	int			count;
	StoreRow   *rows = store_fetch_all(STORE_SCOPE, &count);
	Datum	   *names = palloc(count * sizeof(Datum));
	int			n = 0;

	for (int i = 0; i < count; i++)
	{
		if (DatumGetBool(rows[i].values[SCOPE_IS_DEFAULT]))
			names[n++] = rows[i].values[SCOPE_NAME];
	}
	return construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT);
}

/* Returns the catalogue by name; columns as in StoreTable's SCOPE_*. */
StoreResult
store_list_scopes(void)
{
	(void) store_relation_id(STORE_SCOPE);	/* makes sure that its columns can be read */
	return store_query(&list_scopes, NULL, NULL);
}
