/*
 * kind.c
 *		What share tokens may name: the rows of connect.share_kind.
 */
#include "postgres.h"

#include "base/text.h"
#include "catalog/pg_type.h"
#include "share_token/kind.h"
#include "store/statement.h"
#include "utils/builtins.h"

static const StoreColumn columns[] = {
	SHARE_KIND_COLUMNS(STORE_COLUMN_INFO, ShareKind)
};

static StoreTable share_kind_table = STORE_TABLE("share_kind", columns);

static StoreKey kind_by_name = {
	&share_kind_table, "share_kind_pkey", 1, {KIND_NAME}, F_TEXTEQ
};

static StoreKey kind_by_prefix = {
	&share_kind_table, "share_kind_id_prefix_key", 1, {KIND_ID_PREFIX}, F_TEXTEQ
};

static StoreQuery insert_kind = {
	"INSERT INTO connect.share_kind AS t (name, relation, organization_column,"
	" key_column, scope, id_prefix, redeem_function)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
	7, {TEXTOID, REGCLASSOID, NAMEOID, NAMEOID, TEXTOID, TEXTOID, TEXTOID},
	true
};

/* A kind that was retired comes back, perhaps as another one. */
static StoreQuery replace_kind = {
	"UPDATE connect.share_kind AS t SET relation = $2,"
	" organization_column = $3, key_column = $4, scope = $5, id_prefix = $6,"
	" redeem_function = $7, retired_at = NULL"
	" WHERE t.name OPERATOR(pg_catalog.=) $1 AND t.retired_at IS NOT NULL"
	" AND NOT EXISTS (SELECT FROM connect.share_kind AS o"
	" WHERE o.name OPERATOR(pg_catalog.<>) $1"
	" AND (o.id_prefix OPERATOR(pg_catalog.=) $6"
	" OR (o.relation OPERATOR(pg_catalog.=) $2::pg_catalog.oid"
	" AND o.key_column OPERATOR(pg_catalog.=) $4)))",
	7, {TEXTOID, REGCLASSOID, NAMEOID, NAMEOID, TEXTOID, TEXTOID, TEXTOID},
	true
};

static StoreQuery retire_kind = {
	"UPDATE connect.share_kind AS t SET retired_at = pg_catalog.now()"
	" WHERE t.name OPERATOR(pg_catalog.=) $1",
	1, {TEXTOID}, true
};

static StoreQuery delete_kind = {
	"DELETE FROM connect.share_kind AS t WHERE t.name OPERATOR(pg_catalog.=)"
	" $1",
	1, {TEXTOID}, true
};

/* Reads the row with this key under the active snapshot, if there is one. */
static bool
find_by_key(StoreKey *key, text *value, ShareKind *kind)
{
	Datum		datum = PointerGetDatum(value);
	StoreRow	row;
	StoreRow   *from = &row;

	if (!store_fetch(key, &datum, &row))
		return false;
	SHARE_KIND_COLUMNS(STORE_COLUMN_READ, kind)
	return true;
}

/*
 * Reads a kind, retired or not, under the active snapshot, into the current
 * memory context.  Returns false if there is none.
 */
bool
share_kind_find(text *name, ShareKind *kind)
{
	return find_by_key(&kind_by_name, name, kind);
}

/*
 * Reads a kind under the active snapshot, into the current memory context.
 * Raises kind_unknown if there is none, or if it is retired.
 */
void
share_kind_require(text *name, ShareKind *kind)
{
	if (!share_kind_find(name, kind) || kind->retired_at != DT_NOBEGIN)
		ereport(ERROR,
				(connect_error(ERROR_KIND_UNKNOWN),
				 blame_argument("kind"),
				 errdetail("Rows of kind \"%s\" are not shared.",
						   text_excerpt(name)),
				 errhint("The DBA shares them with connect.share_rows().")));
}

/* Returns what stands before the last underscore of an id, or NULL. */
static text *
prefix_of(const text *id)
{
	const char *data = VARDATA_ANY(id);

	for (int len = VARSIZE_ANY_EXHDR(id); len > 0; len--)
	{
		if (data[len - 1] == '_')
			return cstring_to_text_with_len(data, len - 1);
	}
	return NULL;
}

/*
 * Reads the kind of rows that have such ids.  Raises kind_unknown if there is
 * none, or if it is retired.
 */
void
share_kind_require_for(text *source_id, ShareKind *kind)
{
	text	   *prefix = prefix_of(source_id);

	if (prefix == NULL || !find_by_key(&kind_by_prefix, prefix, kind) ||
		kind->retired_at != DT_NOBEGIN)
		ereport(ERROR,
				(connect_error(ERROR_KIND_UNKNOWN),
				 blame_argument("source_id"),
				 errdetail("No kind has ids such as \"%s\".",
						   text_excerpt(source_id)),
				 errhint("Name the kind, or let the DBA give one this prefix "
						 "with connect.share_rows().")));
}

/*
 * Raises kind_broken: something that a kind was declared with is not there any
 * more, or is another thing.
 */
void
share_kind_refuse(const ShareKind *kind, const char *detail, const char *hint)
{
	ereport(ERROR,
			(connect_error(ERROR_KIND_BROKEN),
			 errdetail("Kind \"%s\" cannot be used: %s.",
					   text_to_cstring(kind->name), detail),
			 errhint("%s", hint)));
}

/* Runs a statement that stores a kind.  Returns whether it changed a row. */
static bool
store_kind(StoreQuery *query, const ShareKind *kind)
{
	Datum		values[] = {
		PointerGetDatum(kind->name),
		ObjectIdGetDatum(kind->relation),
		NameGetDatum(kind->organization_column),
		NameGetDatum(kind->key_column),
		PointerGetDatum(kind->scope),
		PointerGetDatum(kind->id_prefix),
		PointerGetDatum(kind->redeem_function)
	};
	char		nulls[] = {
		' ', ' ', ' ', ' ', ' ', kind->id_prefix ? ' ' : 'n',
		kind->redeem_function ? ' ' : 'n'
	};

	return store_query(query, values, nulls).count > 0;
}

/*
 * Stores a new kind.  Returns false if there is one of this name, of this
 * prefix, or of this column.
 */
bool
share_kind_insert(const ShareKind *kind)
{
	return store_kind(&insert_kind, kind);
}

/*
 * Brings back a kind that was retired, as it is now declared.  Returns false if
 * none of this name is retired, or if another kind has the prefix or the
 * column.
 */
bool
share_kind_replace(const ShareKind *kind)
{
	return store_kind(&replace_kind, kind);
}

/* Takes a kind out of use; one that is not retired is deleted. */
void
share_kind_remove(text *name, bool retire)
{
	Datum		value = PointerGetDatum(name);

	(void) store_query(retire ? &retire_kind : &delete_kind, &value, NULL);
}
