/*
 * key.c
 *		Finding the index of a key.
 *
 * An index is found by its name.  A DBA may have made another one of that name,
 * so it is used only if it is what the name promises.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/relation.h"
#include "access/transam.h"
#include "catalog/pg_am_d.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_index.h"
#include "catalog/pg_opfamily_d.h"
#include "store/key.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

/*
 * The keys that have been used.  When an index or its table changes, the index
 * of its key must be found again.
 */
static StoreKey *used_keys = NULL;

/*
 * Forgets the index with this OID, or those of the table with this OID, or all
 * of them for InvalidOid.
 */
static void
forget_index(Oid relid)
{
	for (StoreKey *key = used_keys; key != NULL; key = key->next)
	{
		if (!OidIsValid(relid) || relid == key->indexid || relid == key->relid)
			key->indexid = InvalidOid;
	}
}

/* Asks to be told of changed indexes; called once, at load. */
void
store_key_init(void)
{
	store_watch_relations(forget_index);
}

/*
 * May this index answer for the active snapshot?  It may not while it is being
 * built.  If it was built over broken HOT chains, it may not answer for a
 * snapshot that is older than it.
 */
static bool
index_usable(Relation index)
{
	HeapTupleHeader header = index->rd_indextuple->t_data;

	return index->rd_index->indisvalid &&
		(!index->rd_index->indcheckxmin ||
		 TransactionIdPrecedes(HeapTupleHeaderGetXmin(header),
							   TransactionXmin));
}

/*
 * Is this index what its name promises?  A DBA may have made another one of
 * that name: on other columns, in another order, or for some rows only.
 */
static bool
index_serves(const StoreKey *key, Relation rel, Relation index)
{
	Form_pg_index form = index->rd_index;
	Oid			family = key->equal == F_BYTEAEQ ?
		BYTEA_BTREE_FAM_OID : TEXT_BTREE_FAM_OID;

	if (index->rd_rel->relkind != RELKIND_INDEX ||
		form->indrelid != RelationGetRelid(rel) ||
		index->rd_rel->relam != BTREE_AM_OID ||
		form->indnkeyatts < key->ncolumns ||
		!heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL))
		return false;
	for (int i = 0; i < key->ncolumns; i++)
	{
		Oid			collation = index->rd_indcollation[i];

		if (form->indkey.values[i] != store_column(key->table,
												   key->columns[i]) ||
			index->rd_opfamily[i] != family || index->rd_indoption[i] != 0 ||
			(OidIsValid(collation) && collation != C_COLLATION_OID))
			return false;
	}
	return true;
}

/*
 * Opens the index of a key of an open table, if there is one that may be used;
 * else returns NULL.
 */
Relation
store_key_open(StoreKey *key, Relation rel)
{
	bool		known = OidIsValid(key->indexid);
	Oid			indexid = known ?
		key->indexid : get_relname_relid(key->index, RelationGetNamespace(rel));
	Relation	index = OidIsValid(indexid) ?
		try_relation_open(indexid, AccessShareLock) : NULL;

	if (index == NULL)
		return NULL;
	if ((known || index_serves(key, rel, index)) && index_usable(index))
	{
		if (!key->used)
		{
			key->used = true;
			key->next = used_keys;
			used_keys = key;
		}
		key->relid = RelationGetRelid(rel);
		key->indexid = indexid;
		return index;
	}
	relation_close(index, AccessShareLock);
	return NULL;
}
