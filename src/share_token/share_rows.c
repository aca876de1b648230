/*
 * share_rows.c
 *		Letting share tokens name the rows of a table: what a kind must be
 *		when it is declared.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "base/compat.h"
#include "base/text.h"
#include "base/values.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "miscadmin.h"
#include "scope/rows.h"
#include "share_token/redeem_function.h"
#include "share_token/rows.h"
#include "share_token/share_rows.h"
#include "share_token/source_row.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

/* Raises table_not_owned for somebody else's table. */
static void
require_owner(Oid relation)
{
	const char *name = get_rel_name(relation);

	if (!owns_relation(relation, GetUserId()))
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_NOT_OWNED, name),
				 blame_argument("relation"),
				 errdetail("Table \"%s\" is somebody else's.", name),
				 errhint("Ask its owner to share its rows.")));
}

/*
 * Opens the table of a kind, which the caller must own, against changes of its
 * form.  Raises table_unsuitable and table_not_owned.
 */
static Relation
open_own_table(Oid relation)
{
	Relation	rel = try_relation_open(relation, ShareLock);
	const char *name = rel == NULL ?
		psprintf("%u", relation) : RelationGetRelationName(rel);

	if (rel == NULL || (rel->rd_rel->relkind != RELKIND_RELATION &&
						rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE) ||
		rel->rd_rel->relpersistence == RELPERSISTENCE_TEMP ||
		IsCatalogNamespace(RelationGetNamespace(rel)) ||
		RelationGetNamespace(rel) == get_namespace_oid("connect", false))
		ereport(ERROR,
				(connect_error_in(ERROR_TABLE_UNSUITABLE, name),
				 blame_argument("relation"),
				 errdetail("\"%s\" is not a permanent table of yours.", name),
				 errhint("Name the table that holds the rows.")));
	return rel;
}

/*
 * Raises 42703 or 42804 unless a table has this column, of a type that serves.
 */
static AttrNumber
check_column(Relation rel, Name column, const char *argument)
{
	AttrNumber	attnum = get_attnum(RelationGetRelid(rel), NameStr(*column));
	Oid			type;

	if (attnum <= 0)
		ereport(ERROR,
				(connect_error_in(ERROR_COLUMN_UNKNOWN, NameStr(*column)),
				 blame_argument(argument),
				 errdetail("Table \"%s\" has no column \"%s\".",
						   RelationGetRelationName(rel), NameStr(*column))));
	type = get_atttype(RelationGetRelid(rel), attnum);
	if (!source_row_has_type(getBaseType(type)))
		ereport(ERROR,
				(connect_error_in(ERROR_COLUMN_UNSUITABLE, NameStr(*column)),
				 blame_argument(argument),
				 errdetail("Column \"%s\" of table \"%s\" is of type %s.",
						   NameStr(*column), RelationGetRelationName(rel),
						   format_type_be(type)),
				 errhint("Ids are text, varchar, uuid, integer or bigint.")));
	return attnum;
}

/* Is this a unique index of this column, and of all rows? */
static bool
index_serves(Oid indexid, AttrNumber attnum)
{
	HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(indexid));
	Form_pg_index index;
	bool		serves;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", indexid);
	index = (Form_pg_index) GETSTRUCT(tuple);
	serves = index->indisunique && index->indisvalid && index->indimmediate &&
		index->indnkeyatts == 1 && index->indkey.values[0] == attnum &&
		heap_attisnull(tuple, Anum_pg_index_indpred, NULL);
	ReleaseSysCache(tuple);
	return serves;
}

/* Raises key_not_unique unless a column has a unique index of its own. */
static void
check_unique(Relation rel, Name column, AttrNumber attnum)
{
	ListCell   *cell;

	foreach(cell, RelationGetIndexList(rel))
	{
		if (index_serves(lfirst_oid(cell), attnum))
			return;
	}
	ereport(ERROR,
			(connect_error_in(ERROR_KEY_NOT_UNIQUE, NameStr(*column)),
			 blame_argument("key_column"),
			 errdetail("Two rows of table \"%s\" could have the same \"%s\".",
					   RelationGetRelationName(rel), NameStr(*column)),
			 errhint("Give the column a primary key or a unique "
					 "constraint.")));
}

/* Raises parameter_invalid for a text that is not made of such characters. */
static void
check_word(const text *word, const char *more, const char *field)
{
	int			len = VARSIZE_ANY_EXHDR(word);
	bool		good = len >= 1 && len <= 64;

	for (int i = 0; i < len && good; i++)
	{
		char		c = VARDATA_ANY(word)[i];

		good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			(c >= '0' && c <= '9') || (c != '\0' && strchr(more, c) != NULL);
	}
	if (!good)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, field),
				 blame_argument(field),
				 errdetail("\"%s\" cannot be \"%s\".", field,
						   text_excerpt(word)),
				 errhint("It has 1 to 64 characters out of A-Z, a-z, 0-9 and "
						 "\"%s\".", more)));
}

/*
 * Declares a kind, whose redeem_function is not set yet.  The caller must own
 * the table.  Raises parameter_invalid, table_unsuitable, table_not_owned,
 * column_unknown, column_unsuitable, key_not_unique, scope_unknown, kind_broken
 * and kind_exists.
 */
void
share_rows(ShareKind *kind, Oid function)
{
	Relation	rel;
	AttrNumber	key;

	check_word(kind->name, "_./-", "kind");
	if (kind->id_prefix != NULL)
		check_word(kind->id_prefix, "_-", "id_prefix");
	if (get_rel_name(kind->relation) != NULL)
		require_owner(kind->relation);
	rel = open_own_table(kind->relation);
	(void) check_column(rel, kind->organization_column, "organization_column");
	key = check_column(rel, kind->key_column, "key_column");
	check_unique(rel, kind->key_column, key);
	relation_close(rel, NoLock);
	scope_require(kind->scope);
	if (OidIsValid(function))
	{
		kind->redeem_function = redeem_function_name(function);
		redeem_function_check(kind);
	}
	if (!share_kind_insert(kind) && !share_kind_replace(kind))
		ereport(ERROR,
				(connect_error_in(ERROR_KIND_EXISTS,
								  text_to_cstring(kind->name)),
				 blame_argument("kind"),
				 errdetail("A kind of this name, id prefix or column exists."),
				 errhint("Run connect.unshare_rows() first.")));
}

/*
 * Takes a kind out of use.  The caller must own the table, or the store where
 * the table is gone.  Raises parameter_missing, kind_missing and
 * table_not_owned.
 */
void
unshare_rows(text *name)
{
	ShareKind	kind;
	bool		found;

	value_require(name, "kind");
	PushActiveSnapshot(GetTransactionSnapshot());
	found = share_kind_find(name, &kind) && kind.retired_at == DT_NOBEGIN;
	PopActiveSnapshot();
	if (!found)
		ereport(ERROR,
				(connect_error_in(ERROR_KIND_MISSING, text_excerpt(name)),
				 blame_argument("kind"),
				 errdetail("No kind \"%s\" is shared.", text_excerpt(name))));
	if (get_rel_name(kind.relation) != NULL)
		require_owner(kind.relation);
	share_kind_remove(name, share_kind_has_tokens(name));
}
