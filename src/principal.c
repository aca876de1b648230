/*
 * principal.c
 *		Who is acting: an API key, a mapped role, or whom a trusted gateway names.
 *
 * Nothing is remembered from one call to the next but what act_as() said, and
 * that lives in a setting of ours: it follows savepoints, ends with the
 * transaction and reaches parallel workers.  Only act_as() can set it.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "errors.h"
#include "json_text.h"
#include "miscadmin.h"
#include "principal.h"
#include "random.h"
#include "store.h"
#include "typeid.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#define ACTING_SETTING "connect.acting"

#define BOTH_PERMISSIONS (PERMISSION_READ | PERMISSION_WRITE)

/* "organization" or "organization type id": the first two hold no space */
static char *acting = NULL;
static bool setting_acting = false;

/* Refuses every value of the setting that does not come from act_as(). */
static bool
check_acting(char **newval, void **extra, GucSource source)
{
	if (**newval == '\0' || setting_acting || InitializingParallelWorker)
		return true;
	GUC_check_errdetail("Only connect.act_as() sets this.");
	return false;
}

/* Defines the setting that holds what act_as() said; called once, at load. */
void
principal_init(void)
{
	DefineCustomStringVariable(ACTING_SETTING,
							   "For whom a gateway acts in this transaction.",
							   "Set by connect.act_as() only.",
							   &acting, "", PGC_SUSET,
							   GUC_NO_SHOW_ALL | GUC_NO_RESET_ALL | GUC_NOT_IN_SAMPLE |
							   GUC_DISALLOW_IN_FILE,
							   check_acting, NULL, NULL);
	MarkGUCPrefixReserved("connect");
}

/* Wraps a C string, NULL or empty included, as a text or NULL. */
static text *
text_or_null(const char *value)
{
	return value == NULL || value[0] == '\0' ? NULL : cstring_to_text(value);
}

/* Makes this organization the one that acts, if it is registered. */
static void
become_organization(Principal *who, const char *organization, const char *actor_id,
					const char *actor_type)
{
	text	   *id;

	if (!typeid_pattern_ok(organization, strlen(organization)))
		return;
	id = cstring_to_text(organization);
	if (!store_organization_exists(id))
		return;
	who->kind = PRINCIPAL_ORGANIZATION;
	who->organization = id;
	who->actor_id = text_or_null(actor_id);
	who->actor_type = who->actor_id == NULL ? NULL : text_or_null(actor_type);
	who->permissions = BOTH_PERMISSIONS;
}

/* Returns the permissions that an array of their names grants. */
static int
permissions_from_array(ArrayType *array)
{
	Datum	   *names;
	int			count;
	int			permissions = 0;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, &count);
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

/* Resolves an API key; one that is unknown, revoked or expired leaves nobody. */
static void
resolve_key(Principal *who, const char *secret)
{
	int			len = strlen(secret);
	bytea	   *hash = palloc(VARHDRSZ + SECRET_HASH_LENGTH);
	Datum		key = PointerGetDatum(hash);
	StoreRow	row;

	if (len != SECRET_LENGTH || strncmp(secret, SECRET_PREFIX, sizeof(SECRET_PREFIX) - 1) != 0)
		return;
	SET_VARSIZE(hash, VARHDRSZ + SECRET_HASH_LENGTH);
	secret_hash(secret, len, (uint8 *) VARDATA(hash));
	if (!store_fetch(STORE_KEY_API_KEY_SHA256, &key, &row) || !row.nulls[API_KEY_REVOKED_AT])
		return;
	if (!row.nulls[API_KEY_EXPIRES_AT] &&
		DatumGetTimestampTz(row.values[API_KEY_EXPIRES_AT]) <= GetCurrentStatementStartTimestamp())
		return;

	who->kind = PRINCIPAL_ORGANIZATION;
	who->organization = DatumGetTextPP(row.values[API_KEY_ORGANIZATION]);
	who->actor_id = DatumGetTextPP(row.values[API_KEY_ID]);
	who->actor_type = cstring_to_text("api-key");
	who->permissions = permissions_from_array(DatumGetArrayTypeP(row.values[API_KEY_PERMISSIONS]));
}

/* Resolves the current role, by exact name; false if it stands for no organization. */
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
	if (!store_fetch(STORE_KEY_ORGANIZATION_ROLE_NAME, &key, &row))
		return false;
	who->kind = PRINCIPAL_ORGANIZATION;
	who->organization = DatumGetTextPP(row.values[ORGANIZATION_ROLE_ORGANIZATION]);
	who->actor_id = cstring_to_text(role);
	who->actor_type = cstring_to_text("role");
	who->permissions = BOTH_PERMISSIONS;
	return true;
}

/* Resolves what act_as() said in this transaction. */
static void
resolve_acting(Principal *who)
{
	char	   *organization = pstrdup(acting);
	char	   *type = strchr(organization, ' ');
	char	   *id = NULL;

	if (type != NULL)
	{
		*type++ = '\0';
		id = strchr(type, ' ');
		if (id != NULL)
			*id++ = '\0';
	}
	become_organization(who, organization, id, type);
}

/* Resolves the claims of a JWT that PostgREST has verified. */
static void
resolve_claims(Principal *who)
{
	JsonValue  *claims = json_text_setting("request.jwt.claims");
	JsonValue  *organization = json_text_member(claims, "organization_id");
	JsonValue  *sub = json_text_member(claims, "sub");

	if (organization == NULL || organization->kind != JSON_STRING)
		return;
	become_organization(who, organization->string, sub != NULL ? sub->string : NULL, "user");
}

/* Is the login one whose word on the acting organization counts? */
bool
principal_is_gateway(void)
{
	char	   *login = GetUserNameFromId(GetSessionUserId(), true);
	NameData	name;
	Datum		key = NameGetDatum(&name);
	StoreRow	row;

	if (login == NULL)
		return false;
	namestrcpy(&name, login);
	return store_fetch(STORE_KEY_GATEWAY_ROLE_NAME, &key, &row);
}

/* Is the current role a superuser, or does it have the privileges of the store's owner? */
bool
principal_is_owner(void)
{
	return has_privs_of_role(GetUserId(), store_owner());
}

/*
 * Finds out who is acting: design section 3, first match wins.  Raises nothing;
 * where there is no store there is nobody.  Reads under the active snapshot,
 * and allocates in the current memory context.
 */
void
principal_resolve(Principal *who)
{
	JsonValue  *key;

	memset(who, 0, sizeof(*who));
	if (!store_exists())
		return;

	key = json_text_member(json_text_setting("request.headers"), "x-connect-api-key");
	if (key != NULL)
	{
		if (key->kind == JSON_STRING)
			resolve_key(who, key->string);
		return;
	}
	if (resolve_role(who))
		return;
	if (!principal_is_gateway())
		return;
	if (acting[0] != '\0')
		resolve_acting(who);
	else
		resolve_claims(who);
}

/* Raises permission_missing unless the principal has it. */
static void
require_permission(const Principal *who, Permission permission)
{
	if ((who->permissions & permission) == 0)
		error_raise(ERROR_PERMISSION_MISSING, NULL, NULL,
					"API key \"%s\" lacks the permission \"%s\".",
					text_to_cstring(who->actor_id),
					permission == PERMISSION_READ ? "read" : "write");
}

/*
 * Finds out who is acting for a function that only organizations may call.
 * Raises not_authenticated for nobody, permission_missing for a key without it,
 * store_missing.
 */
void
principal_require(Principal *who, Permission permission)
{
	(void) store_owner();		/* says so if there is no store */
	principal_resolve(who);
	if (who->kind == PRINCIPAL_NOBODY)
		error_raise(ERROR_NOT_AUTHENTICATED, NULL,
					"Send a valid API key, connect as a role given to connect.map_role(), "
					"or as a login given to connect.trust_gateway().",
					"No registered organization is acting.");
	require_permission(who, permission);
}

/*
 * Finds out who is acting for a plain write, as the guard sees it: the owner
 * of the store may write for no organization.  Raises as principal_require().
 */
void
principal_for_write(Principal *who)
{
	principal_resolve(who);
	if (who->kind == PRINCIPAL_NOBODY)
	{
		if (!principal_is_owner())
			error_raise(ERROR_NOT_AUTHENTICATED, NULL,
						"Connect as a role given to connect.map_role(), or act as the store's owner.",
						"No registered organization is acting.");
		who->kind = PRINCIPAL_OWNER;
		who->actor_id = cstring_to_text(GetUserNameFromId(GetUserId(), false));
		who->actor_type = cstring_to_text("role");
		who->permissions = BOTH_PERMISSIONS;
	}
	require_permission(who, PERMISSION_WRITE);
}

/* Sets the setting to the end of the transaction. */
static void
set_acting(const char *value)
{
	setting_acting = true;
	PG_TRY();
	{
		(void) set_config_option(ACTING_SETTING, value, PGC_SUSET, PGC_S_SESSION,
								 GUC_ACTION_LOCAL, true, 0, false);
	}
	PG_FINALLY();
	{
		setting_acting = false;
	}
	PG_END_TRY();
}

/* Makes a gateway act for an organization to the end of the transaction; actor_id may be NULL. */
void
principal_act_as(const char *organization, const char *actor_id, const char *actor_type)
{
	set_acting(actor_id == NULL ? organization :
			   psprintf("%s %s %s", organization, actor_type, actor_id));
}

/* Ends what principal_act_as() began. */
void
principal_stop_acting(void)
{
	set_acting("");
}
