/*
 * rows.c
 *		What a DBA enters in the store about who is acting: the roles and
 *		keys that stand for organizations, and the gateways.
 */
#include "postgres.h"

#include "base/errors.h"
#include "base/random.h"
#include "catalog/pg_type.h"
#include "identity/rows.h"
#include "identity/tables.h"
#include "store/setup.h"
#include "store/statement.h"
#include "utils/builtins.h"

static StoreQuery map_role = {
	"INSERT INTO connect.organization_role AS r (role_name, organization_id)"
	" VALUES ($1, $2)"
	" ON CONFLICT (role_name) DO UPDATE SET organization_id = $2,"
	" retired_at = NULL",
	2, {NAMEOID, TEXTOID}, true
};

static StoreQuery unmap_role = {
	"DELETE FROM connect.organization_role AS r"
	" WHERE r.role_name OPERATOR(pg_catalog.=) $1",
	1, {NAMEOID}, true
};

static StoreQuery trust_gateway = {
	"INSERT INTO connect.gateway_role (role_name, organization_claim,"
	" actor_claim) VALUES ($1, $2, $3)"
	" ON CONFLICT (role_name) DO UPDATE SET organization_claim = $2,"
	" actor_claim = $3",
	3, {NAMEOID, TEXTARRAYOID, TEXTARRAYOID}, true
};

/* The same where the table may still be that of before 1.1.0. */
static StoreQuery trust_older_gateway = {
	"INSERT INTO connect.gateway_role (role_name) VALUES ($1) ON CONFLICT"
	" (role_name) DO NOTHING",
	1, {NAMEOID}, true
};

static StoreQuery distrust_gateway = {
	"DELETE FROM connect.gateway_role AS g"
	" WHERE g.role_name OPERATOR(pg_catalog.=) $1",
	1, {NAMEOID}, true
};

static StoreQuery insert_api_key = {
	"INSERT INTO connect.api_key (id, organization_id, name, secret_sha256,"
	" permissions, expires_at)"
	" VALUES ($1, $2, $3, $4, $5, $6)",
	6, {TEXTOID, TEXTOID, TEXTOID, BYTEAOID, TEXTARRAYOID, TIMESTAMPTZOID}, true
};

/* A key that has been revoked before keeps the time of that. */
static StoreQuery revoke_api_key = {
	"UPDATE connect.api_key AS k SET revoked_at = COALESCE(k.revoked_at,"
	" pg_catalog.now())"
	" WHERE k.id OPERATOR(pg_catalog.=) $1",
	1, {TEXTOID}, true
};

/* Makes a role stand for an organization, whichever it stood for before. */
void
identity_map_role(Name role, text *organization)
{
	Datum		values[] = {NameGetDatum(role), PointerGetDatum(organization)};

	store_require_current(&organization_role_table);
	store_query(&map_role, values, NULL);
}

/* Makes a role stand for no organization. */
void
identity_unmap_role(Name role)
{
	Datum		value = NameGetDatum(role);

	store_query(&unmap_role, &value, NULL);
}

/*
 * Lets a login say for whom it acts, in claims too, by the paths to them.
 * Raises store_outdated.
 */
void
identity_trust_gateway(Name role, ArrayType *organization_claim,
					   ArrayType *actor_claim)
{
	Datum		values[] = {NameGetDatum(role),
		PointerGetDatum(organization_claim), PointerGetDatum(actor_claim)};

	(void) store_owner();		/* says so if there is no store */
	if (!store_readable(&gateway_claim_table))
		ereport(ERROR,
				(connect_error(ERROR_STORE_OUTDATED),
				 errdetail("Table \"connect.%s\" lacks what this version "
						   "writes.", gateway_claim_table.name),
				 errhint("Run SELECT connect.upgrade_store();")));
	store_query(&trust_gateway, values, NULL);
	store_grant(role, GRANT_ACT_AS);
}

/* The same for SQL of before 1.1.0, which knows no paths. */
void
identity_trust_older_gateway(Name role)
{
	Datum		value = NameGetDatum(role);

	store_query(&trust_older_gateway, &value, NULL);
	store_grant(role, GRANT_ACT_AS);
}

/* Takes that right back. */
void
identity_distrust_gateway(Name role)
{
	Datum		value = NameGetDatum(role);

	store_query(&distrust_gateway, &value, NULL);
	store_revoke(role, GRANT_ACT_AS);
}

/* Stores the hash of a new API key's secret and returns the key's id. */
text *
identity_insert_api_key(text *organization, text *name, const char *secret,
					 ArrayType *permissions, Datum expires_at, bool never)
{
	text	   *id = random_typeid("api");
	bytea	   *hash = palloc(VARHDRSZ + SECRET_HASH_LENGTH);
	Datum		values[] = {PointerGetDatum(id), PointerGetDatum(organization),
		PointerGetDatum(name), PointerGetDatum(hash),
		PointerGetDatum(permissions), expires_at};
	char		nulls[] = {' ', ' ', ' ', ' ', ' ', never ? 'n' : ' '};

	SET_VARSIZE(hash, VARHDRSZ + SECRET_HASH_LENGTH);
	secret_hash(secret, strlen(secret), (uint8 *) VARDATA(hash));
	store_query(&insert_api_key, values, nulls);
	return id;
}

/*
 * Revokes an API key from now on.  Returns false if there is none with this id.
 */
bool
identity_revoke_api_key(text *id)
{
	Datum		value = PointerGetDatum(id);

	return store_query(&revoke_api_key, &value, NULL).count > 0;
}

