/*
 * source_row.c
 *		The row of the application's that a share token names: is it there,
 *		and is it still the source's?
 *
 * The table is read as its owner, for neither party needs a privilege on it.
 * Names are looked up at each use, under a lock on the table: a plan that was
 * made for other names is not used.
 */
#include "postgres.h"

#include "access/relation.h"
#include "base/text.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "share_token/source_row.h"
#include "store/statement.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/uuid.h"

/* A statement that reads rows of one table. */
typedef struct RowStatement
{
	StoreQuery	query;
	struct RowStatement *next;
} RowStatement;

/* There are two for each kind that was used, and few kinds. */
static RowStatement *row_statements = NULL;

/* Can a column of this type hold ids of rows or of organizations? */
bool
source_row_has_type(Oid type)
{
	return type == TEXTOID || type == VARCHAROID || type == UUIDOID ||
		type == INT4OID || type == INT8OID;
}

/* Returns the statement of this text, making it at its first use. */
static StoreQuery *
statement_for(const char *sql, Oid key_type)
{
	RowStatement *statement;

	for (statement = row_statements; statement != NULL;
		 statement = statement->next)
	{
		if (statement->query.types[0] == key_type &&
			strcmp(statement->query.sql, sql) == 0)
			return &statement->query;
	}
	statement = MemoryContextAllocZero(TopMemoryContext, sizeof(RowStatement));
	statement->query.sql = MemoryContextStrdup(TopMemoryContext, sql);
	statement->query.nargs = 1;
	statement->query.types[0] = key_type;
	statement->next = row_statements;
	row_statements = statement;
	return &statement->query;
}

/* Is this text a whole number that fits? */
static bool
read_integer(const char *text, int64 min, int64 max, int64 *value)
{
	char	   *end;

	errno = 0;
	*value = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0' &&
		*value >= min && *value <= max;
}

/* Is this text a UUID as PostgreSQL writes it? */
static bool
is_uuid(const char *text)
{
	if (strlen(text) != 36 || strspn(text, "0123456789abcdef-") != 36)
		return false;
	for (int i = 0; i < 36; i++)
	{
		if ((text[i] == '-') != (i == 8 || i == 13 || i == 18 || i == 23))
			return false;
	}
	return true;
}

/*
 * Makes a value of the key's type from an id.  Returns false for what can be no
 * key.
 */
static bool
convert_id(const text *id, Oid type, Datum *value)
{
	char	   *string = text_to_cstring(id);
	int64		number;

	switch (type)
	{
		case INT4OID:
			if (!read_integer(string, PG_INT32_MIN, PG_INT32_MAX, &number))
				return false;
			*value = Int32GetDatum((int32) number);
			return true;
		case INT8OID:
			if (!read_integer(string, PG_INT64_MIN, PG_INT64_MAX, &number))
				return false;
			*value = Int64GetDatum(number);
			return true;
		case UUIDOID:
			if (!is_uuid(string))
				return false;
			*value = DirectFunctionCall1(uuid_in, CStringGetDatum(string));
			return true;
		default:
			*value = PointerGetDatum(id);
			return true;
	}
}

/* Returns the type of a column that must be there. */
static Oid
column_type(const ShareKind *kind, Relation rel, const char *column)
{
	AttrNumber	attnum = get_attnum(RelationGetRelid(rel), column);
	Oid			type = attnum == InvalidAttrNumber ? InvalidOid :
		getBaseType(get_atttype(RelationGetRelid(rel), attnum));

	if (!source_row_has_type(type))
		share_kind_refuse(kind,
						  psprintf("column \"%s\" of its table is not there, "
								   "or has another type", column),
						  "Run connect.unshare_rows() and "
						  "connect.share_rows().");
	return type;
}

/* Opens the table of a kind, and keeps the lock on it. */
static Relation
open_relation(const ShareKind *kind, LOCKMODE lock)
{
	Relation	rel = try_relation_open(kind->relation, lock);

	if (rel == NULL || (rel->rd_rel->relkind != RELKIND_RELATION &&
						rel->rd_rel->relkind != RELKIND_PARTITIONED_TABLE))
		share_kind_refuse(kind, "its table is not there any more",
						  "Run connect.unshare_rows() and "
						  "connect.share_rows().");
	return rel;
}

/* Reads the row of this id, and tells whether it is this organization's. */
static bool
read_row(const ShareKind *kind, const text *source_id,
		 const text *organization, bool lock)
{
	Relation	rel = open_relation(kind, lock ?
									RowShareLock : AccessShareLock);
	const char *key = quote_identifier(NameStr(*kind->key_column));
	const char *owner = quote_identifier(NameStr(*kind->organization_column));
	Oid			type = column_type(kind, rel, NameStr(*kind->key_column));
	Oid			role = rel->rd_rel->relowner;
	Oid			schema = RelationGetNamespace(rel);
	Datum		value;
	StoreQuery *query;
	StoreResult result;

	(void) column_type(kind, rel, NameStr(*kind->organization_column));
	/* The operators of these types take varchar as text. */
	query = statement_for(psprintf("SELECT r.%s::pg_catalog.text,"
								   " r.%s::pg_catalog.text FROM %s AS r"
								   " WHERE r.%s OPERATOR(pg_catalog.=) $1%s",
								   key, owner,
								   quote_qualified_identifier(
									   get_namespace_name(schema),
									   RelationGetRelationName(rel)),
								   key, lock ? " FOR SHARE" : ""),
						  type == VARCHAROID ? TEXTOID : type);
	query->writes = lock;
	relation_close(rel, NoLock);
	if (!convert_id(source_id, type, &value))
		return false;
	result = store_query_as(query, &value, NULL, role);
	/* 007 finds row 7, of which it is not the id. */
	return result.count == 1 && !result.rows[0].nulls[1] &&
		text_equal(DatumGetTextPP(result.rows[0].values[0]), source_id) &&
		text_equal(DatumGetTextPP(result.rows[0].values[1]), organization);
}

/*
 * Is there a row of this id, and is it this organization's, as the active
 * snapshot sees it?  Raises kind_broken.
 */
bool
source_row_look(const ShareKind *kind, const text *source_id,
				const text *organization)
{
	return read_row(kind, source_id, organization, false);
}

/*
 * The same of the row as it is now, which is held unchanged to the end of the
 * transaction.  Raises kind_broken, and 40001 under REPEATABLE READ if the row
 * has just changed.
 */
bool
source_row_lock(const ShareKind *kind, const text *source_id,
				const text *organization)
{
	return read_row(kind, source_id, organization, true);
}
