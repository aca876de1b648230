/*
 * known.c
 *		Who is acting, remembered.
 *
 * Row security asks once per row, so one answer is kept, together with
 * everything that it was made of: see known_principal().
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/snapshot_key.h"
#include "base/text.h"
#include "identity/acting.h"
#include "identity/principal.h"
#include "identity/request_setting.h"
#include "identity/tables.h"
#include "miscadmin.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

/* The answer of known_principal() and what it was made of. */
typedef struct KnownPrincipal
{
	MemoryContext context;		/* holds the texts and strings below */
	uint64		key;			/* of the snapshot */
	uint64		transaction;
	Oid			userid;
	Oid			session_userid;
	TimestampTz statement;		/* 0 without headers: only a key in them can
								 * expire */
	char	   *headers;
	char	   *claims;
	char	   *acting;
	Principal	who;
	bool		trusted;		/* nobody, but one who may know of everything */
} KnownPrincipal;

static KnownPrincipal known;

/* Roles have changed: names, memberships, superusers. */
static void
forget_known(Datum arg, int cacheid, uint32 hash)
{
	snapshot_key_expire_all();
}

/* Registers for changes of roles; called once, at load. */
void
principal_init(void)
{
	CacheRegisterSyscacheCallback(AUTHOID, forget_known, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_known, (Datum) 0);
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
		(known.statement == 0 ||
		 known.statement == GetCurrentStatementStartTimestamp()) &&
		same_string(known.acting, acting_value()) &&
		same_string(known.headers, request_setting_value(REQUEST_HEADERS)) &&
		same_string(known.claims, request_setting_value(REQUEST_CLAIMS));
}

/* Copies a text into the current memory context; NULL stays NULL. */
static text *
copy_text(const text *value)
{
	return value == NULL ? NULL : (text *) memcpy(palloc(VARSIZE_ANY(value)),
												  value, VARSIZE_ANY(value));
}

/*
 * Resolves for known_principal(), whose context is the current one.  Reading
 * headers or claims takes many times their size, so that has a context of its
 * own.
 */
static void
resolve_known(void)
{
	MemoryContext reading = AllocSetContextCreate(known.context,
												  "connect principal reading",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(reading);
	Principal	who = {0};

	known.trusted = false;
	if (store_exists())
	{
		bool		gateway = principal_find(&who);

		/*
		 * whoever shows a key or claims is what these say, even a superuser
		 */
		known.trusted = who.kind == PRINCIPAL_NOBODY &&
			(gateway || (principal_is_owner() && !principal_shows_key() &&
						 !principal_shows_claims()));
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
	/*
	 * asked first of all: news of a change that reading brings must make it old
	 */
	uint64		key = snapshot_key_current();

	if (known_is_current(key))
		return &known;

	known.key = SNAPSHOT_KEY_NONE;	/* in case of an error below */
	if (known.context == NULL)
		known.context = AllocSetContextCreate(TopMemoryContext,
											  "connect principal",
											  ALLOCSET_SMALL_SIZES);
	MemoryContextReset(known.context);
	old = MemoryContextSwitchTo(known.context);
	known.transaction = snapshot_key_transactions();
	known.userid = GetUserId();
	known.session_userid = GetSessionUserId();
	known.acting = pstrdup(acting_value());
	known.headers = pstrdup(request_setting_value(REQUEST_HEADERS));
	known.claims = pstrdup(request_setting_value(REQUEST_CLAIMS));
	known.statement = known.headers[0] == '\0' ?
		0 : GetCurrentStatementStartTimestamp();
	resolve_known();
	known.key = key;
	MemoryContextSwitchTo(old);
	return &known;
}

/*
 * Returns the organization that is acting, or NULL; it lives until the next
 * call. Policies ask this, so it never raises: where a table that identity is
 * read from is not what it was, there is nobody.
 */
const text *
principal_organization(void)
{
	static StoreTable *const tables[] = {
		&api_key_table, &organization_role_table, &gateway_role_table,
		&organization_table
	};

	if (!store_main_readable())
		return NULL;
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
		(text_equal(principal->who.organization, source) ||
		 text_equal(principal->who.organization, destination));
}
