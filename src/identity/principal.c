/*
 * principal.c
 *		Who is acting: the organization of an API key or of a mapped role,
 *		or the one that a trusted gateway names.
 *
 * acting.c keeps what act_as() said.  known.c remembers the answer for those
 * that ask once per row.
 */
#include "postgres.h"

#include "identity/acting.h"
#include "base/errors.h"
#include "base/random.h"
#include "base/typeid.h"
#include "catalog/pg_type.h"
#include "identity/claims.h"
#include "identity/principal.h"
#include "identity/request_setting.h"
#include "miscadmin.h"
#include "identity/tables.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "access/xact.h"
#include "utils/timestamp.h"

/* The header of an API key, as the proxy sends it. */
#define API_KEY_HEADER "x-connect-api-key"

#define BOTH_PERMISSIONS (PERMISSION_READ | PERMISSION_WRITE)

/* Returns a C string as a text, or NULL if it is NULL or empty. */
static text *
text_or_null(const char *value)
{
	return value == NULL || value[0] == '\0' ? NULL : cstring_to_text(value);
}

/*
 * Makes this organization the one that acts, if it is registered and not
 * retired.
 */
static void
become_organization(Principal *who, const char *organization,
					const char *actor_id, const char *actor_type)
{
	text	   *id;

	if (!typeid_pattern_ok(organization, strlen(organization)))
		return;
	id = cstring_to_text(organization);
	if (!organization_may_act(id))
		return;
	who->kind = PRINCIPAL_ORGANIZATION;
	who->organization = id;
	who->actor_id = text_or_null(actor_id);
	who->actor_type = who->actor_id == NULL ? NULL : text_or_null(actor_type);
	who->permissions = BOTH_PERMISSIONS;
}

/* Does whoever is acting present an API key, whatever it is? */
bool
principal_shows_key(void)
{
	return request_header(API_KEY_HEADER) != NULL;
}

/* Does whoever is acting present claims, whatever they are? */
bool
principal_shows_claims(void)
{
	return claims_present();
}

/* Returns the permissions that an array of their names grants. */
static int
permissions_from_array(ArrayType *array)
{
	Datum	   *names;
	int			count;
	int			permissions = 0;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL,
					  &count);
	for (int i = 0; i < count; i++)
	{
		char	   *name = TextDatumGetCString(names[i]);

		if (strcmp(name, "read") == 0)
			permissions |= PERMISSION_READ;
		else if (strcmp(name, "write") == 0)
			permissions |= PERMISSION_WRITE;
	}
	return permissions;
}

/*
 * Makes the organization of an API key the one that acts.  A key that is
 * unknown, revoked or expired, or whose organization is retired, leaves nobody.
 */
static void
resolve_key(Principal *who, const char *secret)
{
	int			len = strlen(secret);
	bytea	   *hash = palloc(VARHDRSZ + SECRET_HASH_LENGTH);
	Datum		key = PointerGetDatum(hash);
	StoreRow	row;
	ArrayType  *permissions;

	if (len != SECRET_LENGTH ||
		strncmp(secret, SECRET_PREFIX, sizeof(SECRET_PREFIX) - 1) != 0)
		return;
	SET_VARSIZE(hash, VARHDRSZ + SECRET_HASH_LENGTH);
	secret_hash(secret, len, (uint8 *) VARDATA(hash));
	if (!store_fetch(&api_key_by_sha256, &key, &row) ||
		!row.nulls[API_KEY_REVOKED_AT] || !row.nulls[API_KEY_RETIRED_AT])
		return;
	if (!row.nulls[API_KEY_EXPIRES_AT])
	{
		TimestampTz expires =
			DatumGetTimestampTz(row.values[API_KEY_EXPIRES_AT]);

		if (expires <= GetCurrentStatementStartTimestamp())
			return;
		who->until = expires;
	}

	who->kind = PRINCIPAL_ORGANIZATION;
	who->organization = DatumGetTextPP(row.values[API_KEY_ORGANIZATION]);
	who->actor_id = DatumGetTextPP(row.values[API_KEY_ID]);
	who->actor_type = cstring_to_text("api-key");
	permissions = DatumGetArrayTypeP(row.values[API_KEY_PERMISSIONS]);
	who->permissions = permissions_from_array(permissions);
}

/*
 * Makes the organization that the current role stands for the one that acts; a
 * retired one leaves nobody.  Returns false if no organization is mapped to
 * exactly this name.
 */
static bool
resolve_role(Principal *who)
{
	char	   *role = GetUserNameFromId(GetUserId(), true);
	NameData	name;
	Datum		key = NameGetDatum(&name);
	StoreRow	row;

	if (role == NULL)
		return false;
	namestrcpy(&name, role);
	if (!store_fetch(&organization_role_by_name, &key, &row))
		return false;
	if (!row.nulls[ORGANIZATION_ROLE_RETIRED_AT])
		return true;
	who->kind = PRINCIPAL_ORGANIZATION;
	who->organization =
		DatumGetTextPP(row.values[ORGANIZATION_ROLE_ORGANIZATION]);
	who->actor_id = cstring_to_text(role);
	who->actor_type = cstring_to_text("role");
	who->permissions = BOTH_PERMISSIONS;
	return true;
}

/* Resolves the claims of a JWT, by the paths of the gateway that brings it. */
static void
resolve_claims(Principal *who, const Gateway *gateway)
{
	ClaimedActor claimed;

	if (claims_read(gateway->organization_claim, gateway->actor_claim,
					&claimed))
		become_organization(who, claimed.organization, claimed.actor, "user");
}

/* Reads what is known of the login as a gateway; false if it is none. */
static bool
find_gateway(Gateway *gateway)
{
	char	   *login = GetUserNameFromId(GetSessionUserId(), true);
	NameData	name;

	if (login == NULL)
		return false;
	namestrcpy(&name, login);
	return gateway_find(&name, gateway);
}

/* Is the login one that may say for whom it acts? */
bool
principal_is_gateway(void)
{
	Gateway		gateway;

	return find_gateway(&gateway);
}

/*
 * Does something that goes before act_as() say who acts here: a presented key,
 * whatever it is, or a current role that stands for an organization?
 */
bool
principal_outranks_gateway(void)
{
	Principal	who;

	return principal_shows_key() || resolve_role(&who);
}

/*
 * Is the current role a superuser, or does it have the privileges of the
 * store's owner?
 */
bool
principal_is_owner(void)
{
	return has_privs_of_role(GetUserId(), store_owner());
}

/*
 * Finds out who is acting: design section 3, first match wins.  Returns true if
 * nobody is, nothing was said of any organization either, and the login is a
 * gateway, which then speaks for itself.
 */
bool
principal_find(Principal *who)
{
	JsonValue  *key = request_header(API_KEY_HEADER);
	Gateway		gateway;
	Acting		acting;

	if (key != NULL)
	{
		if (key->kind == JSON_STRING)
			resolve_key(who, key->string);
		return false;
	}
	if (resolve_role(who))
		return false;
	if (!find_gateway(&gateway))
		return false;
	if (!acting_read(&acting))
	{
		if (!claims_present())
			return true;
		resolve_claims(who, &gateway);
		return false;
	}
	become_organization(who, acting.organization, acting.actor_id,
						acting.actor_type);
	return false;
}

/*
 * Finds out who is acting.  Without a store nobody is.  This reads under the
 * active snapshot and allocates in the current memory context.  Raises nothing
 * for what clients send, but store_missing or store_altered if one of the
 * tables cannot be read.
 */
void
principal_resolve(Principal *who)
{
	memset(who, 0, sizeof(*who));
	who->until = DT_NOEND;
	if (store_exists())
		(void) principal_find(who);
}

/* Raises permission_missing unless the principal has this permission. */
static void
require_permission(const Principal *who, Permission permission)
{
	const char *name = permission == PERMISSION_READ ? "read" : "write";

	if ((who->permissions & permission) == 0)
		ereport(ERROR,
				(connect_error_in(ERROR_PERMISSION_MISSING, name),
				 errdetail("API key \"%s\" lacks the permission \"%s\".",
						   text_to_cstring(who->actor_id), name)));
}

/* Raises not_authenticated if no organization is acting. */
static void
require_organization(const Principal *who)
{
	if (who->kind == PRINCIPAL_NOBODY)
		ereport(ERROR,
				(connect_error(ERROR_NOT_AUTHENTICATED),
				 errdetail("No registered organization is acting."),
				 errhint("Send a valid API key, connect as a role given to "
						 "connect.map_role(), "
						 "or as a login given to connect.trust_gateway().")));
}

/*
 * Finds out who is acting, for a function that only organizations may call.
 * Raises not_authenticated if none is, permission_missing for a key that lacks
 * the permission, and store_missing.
 */
void
principal_require(Principal *who, Permission permission)
{
	(void) store_owner();		/* raises store_missing */
	principal_resolve(who);
	require_organization(who);
	require_permission(who, permission);
}

/* The same under a snapshot that sees what this statement has done so far. */
void
principal_require_now(Principal *who, Permission permission)
{
	PushActiveSnapshot(GetTransactionSnapshot());
	principal_require(who, permission);
	PopActiveSnapshot();
}

/* Does the current role stand for an organization, retired or not? */
static bool
role_is_mapped(void)
{
	Principal	who = {0};

	return resolve_role(&who);
}

/*
 * Makes the store's owner, or whoever has its rights, the one that acts, where
 * no organization does.  A role that stands for an organization does not gain
 * these rights when that is retired.  Returns false if the current role has not
 * got them.
 */
static bool
become_owner(Principal *who)
{
	if (!principal_is_owner() || role_is_mapped())
		return false;
	who->kind = PRINCIPAL_OWNER;
	who->actor_id = cstring_to_text(GetUserNameFromId(GetUserId(), false));
	who->actor_type = cstring_to_text("role");
	who->permissions = BOTH_PERMISSIONS;
	return true;
}

/* Does the session say in any way for whom it acts, if only in vain? */
static bool
names_somebody(void)
{
	return principal_shows_key() || acting_value()[0] != '\0' ||
		request_setting_value(REQUEST_CLAIMS)[0] != '\0';
}

/*
 * Finds out who is acting, for a SQL function that the store's owner may call
 * too where nobody is acting.  Raises as principal_require() does.
 */
void
principal_require_or_owner(Principal *who, Permission permission)
{
	(void) store_owner();		/* raises store_missing */
	principal_resolve(who);
	if (who->kind == PRINCIPAL_NOBODY &&
		(names_somebody() || !become_owner(who)))
		require_organization(who);
	require_permission(who, permission);
}

/* The same under a snapshot that sees what this statement has done so far. */
void
principal_require_or_owner_now(Principal *who, Permission permission)
{
	PushActiveSnapshot(GetTransactionSnapshot());
	principal_require_or_owner(who, permission);
	PopActiveSnapshot();
}

/*
 * Finds out who is acting, for the guard of a plain write.  The owner of the
 * store may write without acting for an organization.  Raises as
 * principal_require() does.
 */
void
principal_for_write(Principal *who)
{
	principal_resolve(who);
	if (who->kind == PRINCIPAL_NOBODY && !become_owner(who))
		ereport(ERROR,
				(connect_error(ERROR_NOT_AUTHENTICATED),
				 errdetail("No registered organization is acting."),
				 errhint("Connect as a role given to connect.map_role(), "
						 "or act as the store's owner.")));
	require_permission(who, PERMISSION_WRITE);
}
