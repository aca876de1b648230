/*
 * known.c
 *		Remembers who is acting.
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
	uint64		number;			/* of the answer; no two have the same */
	uint64		key;			/* of the snapshot */
	uint64		transaction;
	Oid			userid;
	Oid			session_userid;
	TimestampTz until;			/* statements that begin from then on ask
								 * anew */
	char	   *headers;
	char	   *claims;
	char	   *acting;
	Principal	who;
	bool		trusted;		/* no organization, but a role that may know of
								 * everything */
} KnownPrincipal;

static KnownPrincipal known;

/*
 * Expires what was found, because names, memberships or attributes of roles
 * have changed.
 */
static void
forget_known(Datum arg, int cacheid, uint32 hash)
{
	snapshot_key_expire_all();
}

/* Asks to be told of changed roles; called once, at load. */
void
principal_init(void)
{
	CacheRegisterSyscacheCallback(AUTHOID, forget_known, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, forget_known, (Datum) 0);
}

/* Are two strings the same?  Most of them are empty. */
static inline bool
same_string(const char *a, const char *b)
{
	return a[0] == b[0] && (a[0] == '\0' || strcmp(a, b) == 0);
}

/*
 * Is the answer that is remembered the one that principal_resolve() would give
 * now?
 */
static bool
known_is_current(uint64 key)
{
	return known.key == key &&
		known.transaction == snapshot_key_transactions() &&
		known.userid == GetUserId() &&
		known.session_userid == GetSessionUserId() &&
		(known.until == DT_NOEND ||
		 known.until > GetCurrentStatementStartTimestamp()) &&
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
 * Finds out who is acting, for known_principal(), whose context is the current
 * one.  Reading headers or claims takes many times their size, so that happens
 * in a context of its own, which is deleted at once.
 */
static void
resolve_known(void)
{
	MemoryContext reading = AllocSetContextCreate(known.context,
												  "connect principal reading",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(reading);
	Principal	who = {.until = DT_NOEND};

	known.trusted = false;
	if (store_exists())
	{
		bool		gateway = principal_find(&who);

		/*
		 * Whoever shows a key or claims is what these say, even a superuser.
		 */
		known.trusted = who.kind == PRINCIPAL_NOBODY &&
			(gateway || (principal_is_owner() && !principal_shows_key() &&
						 !principal_shows_claims()));
	}
	MemoryContextSwitchTo(old);
	known.who = who;
	known.until = who.until;
	known.who.organization = copy_text(who.organization);
	known.who.actor_id = copy_text(who.actor_id);
	known.who.actor_type = copy_text(who.actor_type);
	MemoryContextDelete(reading);
}

/*
 * Finds out who is acting, as principal_resolve() does, but once only as long
 * as nothing changes that it depends on: the transaction, what the snapshot
 * sees of our tables, the roles, the settings byte by byte, and the time at
 * which a key expires.  The result lives until the next call.
 */
static const KnownPrincipal *
known_principal(void)
{
	MemoryContext old;
	/*
	 * The number of the snapshot is taken before anything is read.  While we
	 * read, news may come of a change that expires all numbers.  Then the
	 * answer is kept under a number that has expired, so it is not used again.
	 */
	uint64		key = snapshot_key_current();

	if (known_is_current(key))
		return &known;

	known.key = SNAPSHOT_KEY_NONE;	/* in case of an error below */
	known.number++;
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
	resolve_known();
	known.key = key;
	MemoryContextSwitchTo(old);
	return &known;
}

/*
 * Can every table be read that identity is read from?  Else what asks for it
 * would raise.
 */
bool
principal_readable(void)
{
	static StoreTable *const tables[] = {
		&api_key_table, &organization_role_table, &gateway_role_table,
		&organization_table
	};

	if (!store_main_readable())
		return false;
	for (int i = 0; i < (int) lengthof(tables); i++)
	{
		if (!store_readable(tables[i]))
			return false;
	}
	return true;
}

/*
 * Returns the organization that is acting, or NULL; it lives until the next
 * call.  Policies ask this, so it must not raise an error for a changed store:
 * if one of the tables that tell who is acting cannot be read any more, nobody
 * is acting.
 */
const text *
principal_organization(void)
{
	return principal_readable() ? known_principal()->who.organization : NULL;
}

/*
 * Returns the same, but NULL also for an API key without the permission to
 * read.  The number, for callers that remember what they found, is the same as
 * at another call only if since then neither who is acting has changed, nor
 * what the active snapshot sees.
 */
const text *
principal_reader_numbered(uint64 *number)
{
	const KnownPrincipal *principal = known_principal();

	*number = principal->number;
	return principal->who.permissions & PERMISSION_READ ?
		principal->who.organization : NULL;
}

const text *
principal_reader(void)
{
	uint64		number;

	return principal_reader_numbered(&number);
}

/*
 * Is whoever is acting nobody, but one who may know of everything: the store's
 * owner, a superuser, or a gateway that speaks for itself?
 */
bool
principal_is_trusted(void)
{
	return known_principal()->trusted;
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
