/*
 * followed.c
 *		What a followed table does to the organizations that it registered, and
 *		to no others.
 */
#include "postgres.h"

#include "base/errors.h"
#include "base/text.h"
#include "base/values.h"
#include "catalog/pg_type.h"
#include "organization/followed.h"
#include "organization/operations.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* The columns of a followed table; no row if it is none. */
StoreQuery	followed_columns = {
	"SELECT f.id_column, f.name_column FROM connect.followed_table AS f"
	" WHERE f.relation OPERATOR(pg_catalog.=) $1",
	1, {REGCLASSOID}
};

static StoreQuery register_row = {
	"INSERT INTO connect.organization AS o (id, name, followed_from)"
	" VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET name = $2,"
	" retired_at = NULL WHERE o.followed_from OPERATOR(pg_catalog.=) $3",
	3, {TEXTOID, TEXTOID, REGCLASSOID}, true
};

static StoreQuery rename_row = {
	"UPDATE connect.organization AS o SET name = $2"
	" WHERE o.id OPERATOR(pg_catalog.=) $1"
	" AND o.followed_from OPERATOR(pg_catalog.=) $3",
	3, {TEXTOID, TEXTOID, REGCLASSOID}, true
};

static StoreQuery retire_row = {
	"UPDATE connect.organization AS o"
	" SET retired_at = pg_catalog.clock_timestamp()"
	" WHERE o.id OPERATOR(pg_catalog.=) $1"
	" AND o.followed_from OPERATOR(pg_catalog.=) $2 AND o.retired_at IS NULL",
	2, {TEXTOID, REGCLASSOID}, true
};

static StoreQuery retire_others = {
	"UPDATE connect.organization AS o"
	" SET retired_at = pg_catalog.clock_timestamp()"
	" WHERE o.id OPERATOR(pg_catalog.<>) ALL ($1)"
	" AND o.followed_from OPERATOR(pg_catalog.=) $2 AND o.retired_at IS NULL",
	2, {TEXTARRAYOID, REGCLASSOID}, true
};

/*
 * Runs one of these statements for a role, and returns how many organizations
 * it has written.
 */
static uint64
write_organization(StoreQuery *query, const Datum *values, const char *role)
{
	OrganizationWrite write = {role};

	return store_query_marked(query, values, NULL, &organization_table,
							  &write).count;
}

/* Returns a table's name with its schema, quoted for SQL. */
static const char *
quoted_name(Oid relation)
{
	const char *schema = get_namespace_name(get_rel_namespace(relation));

	return quote_qualified_identifier(schema, get_rel_name(relation));
}

/*
 * Registers the organization that a row is, or takes it back.  Raises
 * parameter_missing or parameter_invalid for what cannot be its id or name,
 * name_too_long, and organization_exists if another table or the DBA has
 * registered it.
 */
void
followed_register(Oid relation, text *id, text *name, const char *role)
{
	Datum		values[] = {PointerGetDatum(id), PointerGetDatum(name),
		ObjectIdGetDatum(relation)};

	value_require_id(id, "id");
	value_require_name(name);
	if (write_organization(&register_row, values, role) == 0)
		ereport(ERROR,
				(connect_error_in(ERROR_ORGANIZATION_EXISTS,
								  text_to_cstring(id)),
				 blame_argument("id"),
				 errdetail("Organization \"%s\" was not registered from table "
						   "%s.", text_to_cstring(id), quoted_name(relation)),
				 errhint("If it is the same one, let the store's owner run "
						 "UPDATE connect.organization SET followed_from = %s "
						 "WHERE id = %s;",
						 quote_literal_cstr(quoted_name(relation)),
						 quote_literal_cstr(text_to_cstring(id)))));
}

/*
 * Renames the organization that a row is, or registers it if it is not there.
 * Raises what followed_register() raises.
 */
void
followed_rename(Oid relation, text *id, text *name, const char *role)
{
	Datum		values[] = {PointerGetDatum(id), PointerGetDatum(name),
		ObjectIdGetDatum(relation)};

	value_require_id(id, "id");
	value_require_name(name);
	if (write_organization(&rename_row, values, role) == 0)
		followed_register(relation, id, name, role);
}

/* Retires the organization that a row was, if the table registered it. */
void
followed_retire(Oid relation, text *id, const char *role)
{
	Datum		values[] = {PointerGetDatum(id), ObjectIdGetDatum(relation)};

	(void) write_organization(&retire_row, values, role);
}

/*
 * Retires all organizations that the table registered, except these: their rows
 * were deleted while nobody followed.
 */
void
followed_retire_others(Oid relation, ArrayType *ids, const char *role)
{
	Datum		values[] = {PointerGetDatum(ids), ObjectIdGetDatum(relation)};

	(void) write_organization(&retire_others, values, role);
}
