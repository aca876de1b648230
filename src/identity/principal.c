/*
 * principal.c
 *		Who is acting: an API key, a mapped role, or whom a trusted gateway names.
 *
 * What act_as() said lives in a setting of ours: it follows savepoints, ends with
 * the transaction and reaches parallel workers.  Only act_as() can set it.
 *
 * Row security asks once per row, so one answer is remembered, together with
 * everything that it was made of: see known_principal().
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "base/errors.h"
#include "base/random.h"
#include "base/snapshot_key.h"
#include "base/typeid.h"
#include "catalog/pg_type.h"
#include "identity/principal.h"
#include "identity/request_setting.h"
#include "miscadmin.h"
#include "store/store.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#define ACTING_SETTING "connect.acting"

/* The header of an API key, as the proxy sends it. */
#define API_KEY_HEADER "x-connect-api-key"

#define BOTH_PERMISSIONS (PERMISSION_READ | PERMISSION_WRITE)

/* "organization" or "organization type id": the first two hold no space */
static char *acting = NULL;
static bool setting_acting = false;

/* The answer of known_principal() and what it was made of. */
typedef struct KnownPrincipal
{
	MemoryContext context;		/* holds the texts and strings below */
	uint64		key;			/* of the snapshot */
	uint64		transaction;
	Oid			userid;
	Oid			session_userid;
	TimestampTz statement;		/* 0 without headers: only a key in them can expire */
	char	   *headers;
	char	   *claims;
	char	   *acting;
	Principal	who;
	bool		trusted;		/* nobody, but one who may know of everything */
} KnownPrincipal;

static KnownPrincipal known;

/* Refuses every value of the setting that does not come from act_as(). */
static bool
check_acting(char **newval, void **extra, GucSource source)
{
	if (**newval == '\0' || setting_acting || InitializingParallelWorker)
		return true;
	GUC_check_errdetail("Only connect.act_as() sets this.");
	return false;
}

/* Roles have changed: names, memberships, superusers. */
static void
forget_known(Datum arg, int cacheid, uint32 hash)
{
	snapshot_key_expire_all();
}

/* Defines the setting that holds what act_as() said, and registers for changes of roles; called once, at load. */
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
	CacheRegisterSyscacheCallback(AUTHOID, forget_known, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_known, (Datum) 0);
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

/*
 * Returns the API key in the headers, whatever it is, or NULL.  Headers in which
 * its name does not stand are not even read; with a backslash it could be
 * written in other ways.
 */
static JsonValue *
find_key(void)
{
	const char *headers = request_setting_value(REQUEST_HEADERS);

	if (strstr(headers, API_KEY_HEADER) == NULL && strchr(headers, '\\') == NULL)
		return NULL;
	return json_text_member(request_setting_object(REQUEST_HEADERS), API_KEY_HEADER);
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

	if (type != NULL && (id = strchr(type + 1, ' ')) != NULL)
	{
		*type++ = '\0';
		*id++ = '\0';
	}
	become_organization(who, organization, id, type);
}

/* Resolves the claims of a JWT that PostgREST has verified; false if they name no organization. */
static bool
resolve_claims(Principal *who)
{
	JsonValue  *claims = request_setting_object(REQUEST_CLAIMS);
	JsonValue  *organization = json_text_member(claims, "organization_id");
	JsonValue  *sub = json_text_member(claims, "sub");

	if (organization == NULL || organization->kind != JSON_STRING)
		return false;
	become_organization(who, organization->string, sub != NULL ? sub->string : NULL, "user");
	return true;
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
 * Finds out who is acting: design section 3, first match wins.  Returns true if
 * nobody is, no organization was named either, and the login is a gateway.
 */
static bool
resolve(Principal *who)
{
	JsonValue  *key = find_key();

	if (key != NULL)
	{
		if (key->kind == JSON_STRING)
			resolve_key(who, key->string);
		return false;
	}
	if (resolve_role(who))
		return false;
	if (!principal_is_gateway())
		return false;
	if (acting[0] == '\0')
		return !resolve_claims(who);
	resolve_acting(who);
	return false;
}

/*
 * Finds out who is acting.  Raises nothing; where there is no store there is
 * nobody.  Reads under the active snapshot, and allocates in the current memory
 * context.
 */
void
principal_resolve(Principal *who)
{
	memset(who, 0, sizeof(*who));
	if (store_exists())
		(void) resolve(who);
}

/* Are these the same?  Most are empty. */
static inline bool
same_string(const char *a, const char *b)
{
	return a[0] == b[0] && (a[0] == '\0' || strcmp(a, b) == 0);
}

/* Is the answer remembered the one that principal_resolve() would give now? */
static bool
known_is_current(uint64 key)
{
	return known.key == key && key != SNAPSHOT_KEY_NONE &&
		known.transaction == snapshot_key_transactions() &&
		known.userid == GetUserId() &&
		known.session_userid == GetSessionUserId() &&
		(known.statement == 0 || known.statement == GetCurrentStatementStartTimestamp()) &&
		same_string(known.acting, acting) &&
		same_string(known.headers, request_setting_value(REQUEST_HEADERS)) &&
		same_string(known.claims, request_setting_value(REQUEST_CLAIMS));
}

/* Copies a text into the current memory context; NULL stays NULL. */
static text *
copy_text(const text *value)
{
	return value == NULL ? NULL : (text *) memcpy(palloc(VARSIZE_ANY(value)), value, VARSIZE_ANY(value));
}

/*
 * Resolves for known_principal(), whose context is the current one.  Reading
 * headers or claims takes many times their size, so that has a context of its own.
 */
static void
resolve_known(void)
{
	MemoryContext reading = AllocSetContextCreate(known.context, "connect principal reading", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(reading);
	Principal	who = {0};

	known.trusted = false;
	if (store_exists())
	{
		bool		gateway = resolve(&who);

		/* whoever shows a key is what the key says, even a superuser */
		known.trusted = who.kind == PRINCIPAL_NOBODY && (gateway || (principal_is_owner() && find_key() == NULL));
	}
	MemoryContextSwitchTo(old);
	known.who = who;
	known.who.organization = copy_text(who.organization);
	known.who.actor_id = copy_text(who.actor_id);
	known.who.actor_type = copy_text(who.actor_type);
	MemoryContextDelete(reading);
}

/*
 * Finds out who is acting, as principal_resolve() does, but once only as long
 * as nothing changes that it depends on: the transaction, what the snapshot
 * sees of our tables, the roles, the settings, and the time by which a key
 * expires.  The result lives until the next call.
 */
static const KnownPrincipal *
known_principal(void)
{
	MemoryContext old;
	/* asked first of all: news of a change that reading brings must make it old */
	uint64		key = snapshot_key_current();

	if (known_is_current(key))
		return &known;

	known.key = SNAPSHOT_KEY_NONE;	/* in case of an error below */
	if (known.context == NULL)
		known.context = AllocSetContextCreate(TopMemoryContext, "connect principal", ALLOCSET_SMALL_SIZES);
	MemoryContextReset(known.context);
	old = MemoryContextSwitchTo(known.context);
	known.transaction = snapshot_key_transactions();
	known.userid = GetUserId();
	known.session_userid = GetSessionUserId();
	known.acting = pstrdup(acting);
	known.headers = pstrdup(request_setting_value(REQUEST_HEADERS));
	known.claims = pstrdup(request_setting_value(REQUEST_CLAIMS));
	known.statement = known.headers[0] == '\0' ? 0 : GetCurrentStatementStartTimestamp();
	resolve_known();
	known.key = key;
	MemoryContextSwitchTo(old);
	return &known;
}

/*
 * Returns the organization that is acting, or NULL; it lives until the next call.
 * Policies ask this, so it never raises: where a table that identity is read from
 * is not what it was, there is nobody.
 */
const text *
principal_organization(void)
{
	static const StoreTable tables[] = {
		STORE_CONNECTION, STORE_API_KEY, STORE_ORGANIZATION_ROLE, STORE_GATEWAY_ROLE, STORE_ORGANIZATION
	};

	for (int i = 0; i < (int) lengthof(tables); i++)
	{
		if (!store_readable(tables[i]))
			return NULL;
	}
	return known_principal()->who.organization;
}

/* The same, but NULL too for an API key without the permission to read. */
const text *
principal_reader(void)
{
	const Principal *who = &known_principal()->who;

	return who->permissions & PERMISSION_READ ? who->organization : NULL;
}

/*
 * May whoever is acting know what is between these two?  Either of them may;
 * nobody may only as the store's owner, a superuser or a gateway that speaks
 * for itself.
 */
bool
principal_may_know(const text *source, const text *destination)
{
	const KnownPrincipal *principal = known_principal();

	if (principal->trusted)
		return true;
	return (principal->who.permissions & PERMISSION_READ) != 0 &&
		(text_equal(principal->who.organization, source) || text_equal(principal->who.organization, destination));
}

/* Raises permission_missing unless the principal has it. */
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
		ereport(ERROR,
				(connect_error(ERROR_NOT_AUTHENTICATED),
				 errdetail("No registered organization is acting."),
				 errhint("Send a valid API key, connect as a role given to connect.map_role(), " "or as a login given to connect.trust_gateway().")));
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
			ereport(ERROR,
					(connect_error(ERROR_NOT_AUTHENTICATED),
					 errdetail("No registered organization is acting."),
					 errhint("Connect as a role given to connect.map_role(), or act as the store's owner.")));
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
