/*
 * access.c
 *		The gate: may one organization see another one's data now?
 *
 * The answer is what the active snapshot finds by the unique index on the pair.
 * Row security asks once per row, so pair_memo.c remembers pairs.
 */
#include "postgres.h"

#include "access/tupmacs.h"
#include "base/text.h"
#include "catalog/pg_type.h"
#include "gate/access.h"
#include "gate/last_answer.h"
#include "gate/pair.h"
#include "gate/pair_memo.h"
#include "gate/rows.h"
#include "gate/visible.h"
#include "identity/principal.h"
#include "scope/rows.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

static const char *const words[] = {
	[ACCESS_ALLOWED] = "allowed",
	[ACCESS_NO_CONNECTION] = "no_connection",
	[ACCESS_PENDING] = "pending",
	[ACCESS_INACTIVE] = "inactive",
	[ACCESS_EXPIRED] = "expired",
	[ACCESS_SCOPE_NOT_GRANTED] = "scope_not_granted",
	[ACCESS_SCOPE_RETIRED] = "scope_retired",
};

/* Returns the word that explain_access() has for an answer. */
const char *
access_word(Access access)
{
	return words[access];
}

/* Is this scope among those granted?  NULL asks for no scope in particular. */
bool
access_grants(const ArrayType *scopes, const text *scope)
{
	const char *element;
	int			count;

	if (scopes == NULL)
		return false;
	if (scope == NULL)
		return true;
	if (ARR_HASNULL(scopes))
		return false;			/* the guard lets no such row in */
	element = ARR_DATA_PTR(scopes);
	count = ArrayGetNItems(ARR_NDIM(scopes), ARR_DIMS(scopes));
	for (int i = 0; i < count; i++)
	{
		if (text_equal((const text *) element, scope))
			return true;
		element = att_addlength_pointer(element, -1, element);
		element = (const char *) att_align_nominal(element, TYPALIGN_INT);
	}
	return false;
}

/*
 * What is left of an answer when the catalogue has been asked: a scope that is
 * not in it, or is retired, opens nothing.
 */
static inline Access
judge_scope(Access access, const text *scope)
{
	if (access != ACCESS_ALLOWED || scope == NULL)
		return access;
	switch (scope_state(scope))
	{
		case SCOPE_OFFERED:
			return ACCESS_ALLOWED;
		case SCOPE_RETIRED:
			return ACCESS_SCOPE_RETIRED;
		case SCOPE_UNKNOWN:
			break;
	}
	return ACCESS_SCOPE_NOT_GRANTED;
}

/* Judges a pair of ids, remembering what was found. */
static Access
check_pair(const text *source, const text *destination, const text *scope)
{
	TimestampTz ends;

	return judge_scope(pair_memo_check(source, destination, scope, &ends),
					   scope);
}

/*
 * May destination see source's data, as the active snapshot sees it?  An
 * outsider is told that there is no Connection.  Raises store_missing.
 */
Access
access_check(const text *source, const text *destination, const text *scope)
{
	(void) store_owner();		/* says so if there is no store */
	if (!pair_has_id_length(source) || !pair_has_id_length(destination) ||
		!principal_may_know(source, destination))
		return ACCESS_NO_CONNECTION;
	return check_pair(source, destination, scope);
}

/*
 * May the organization that is acting see this one's data, as the active
 * snapshot sees it?  Its own it may, whatever the scope; nobody may, the
 * store's owner and a gateway included.  Either may be NULL.  Raises
 * store_missing.
 */
bool
access_may_see(const text *organization, const text *scope)
{
	const text *reader;
	uint64		number;

	(void) store_owner();		/* says so if there is no store */
	reader = principal_reader_numbered(&number);
	if (reader == NULL || !pair_has_id_length(organization))
		return false;
	if (text_equal(organization, reader))
		return true;
	return scope != NULL && last_answer_scope(number, scope) &&
		last_answer_organization(organization, reader, scope);
}

/* Raises sharing_not_allowed. */
static void
refuse(const text *source, const text *destination, Access access)
{
	static const char *const hints[] = {
		[ACCESS_NO_CONNECTION] =
		"The source organization can offer a connection.",
		[ACCESS_PENDING] =
		"The destination organization can activate the connection.",
		[ACCESS_INACTIVE] =
		"The source organization can reactivate the connection.",
		[ACCESS_EXPIRED] =
		"The source organization can reactivate the connection.",
		[ACCESS_SCOPE_NOT_GRANTED] =
		"The source organization can offer more scopes.",
		[ACCESS_SCOPE_RETIRED] =
		"A DBA can take the scope back into the catalogue.",
	};

	ereport(ERROR,
			(connect_error(ERROR_SHARING_NOT_ALLOWED),
			 errdetail("Sharing from \"%s\" to \"%s\" is refused: %s.",
					   source == NULL ? "" : text_excerpt(source),
					   destination == NULL ? "" : text_excerpt(destination),
					   access_word(access)),
			 errhint("%s", hints[access])));
}

/* Holds a pair's Connection and judges what it has become meanwhile. */
static Access
lock_and_judge(text *source, text *destination, const text *scope)
{
	Connection	connection;
	Access		access;

	if (!gate_lock_pair(source, destination, &connection))
		return ACCESS_NO_CONNECTION;
	/* by the clock as it is now that the lock is had, not by the statement's */
	if (terms_have_passed(&connection, GetCurrentTimestamp()))
		return ACCESS_EXPIRED;
	access = access_judge(connection.status, TERM_NEVER,
						  access_grants(connection.scopes, scope));
	PushActiveSnapshot(GetTransactionSnapshot());
	access = judge_scope(access, scope);
	PopActiveSnapshot();
	return access;
}

/*
 * Raises sharing_not_allowed unless destination may see source's data now.  If
 * it may, the Connection is held unchanged to the end of the transaction.  This
 * looks before it locks, because a row lock is a write; and it judges again
 * after it has locked, because it may have waited for a change.  Raises
 * store_missing, and 40001 under REPEATABLE READ if the Connection has just
 * changed.
 */
void
access_require(text *source, text *destination, const text *scope)
{
	Access		access;

	PushActiveSnapshot(GetTransactionSnapshot());
	access = access_check(source, destination, scope);
	PopActiveSnapshot();
	if (access == ACCESS_ALLOWED)
		access = lock_and_judge(source, destination, scope);
	if (access != ACCESS_ALLOWED)
		refuse(source, destination, access);
}

/*
 * Returns, sorted, who shares with the acting organization, as the active
 * snapshot sees it; an empty array if no organization is acting.  Raises
 * store_missing.
 */
ArrayType *
access_sources(const text *scope)
{
	const text *reader;

	(void) store_owner();		/* says so if there is no store */
	reader = principal_reader();
	return reader == NULL ? construct_empty_array(TEXTOID) :
		visible_array(reader, scope, false, TEXTOID);
}

/*
 * Returns the organizations for which access_may_see() is true, as values of a
 * type; sorted as text.  Raises store_missing.
 */
ArrayType *
access_visible(const text *scope, Oid type)
{
	const text *reader;

	(void) store_owner();
	reader = principal_reader();
	if (reader == NULL)
		return construct_empty_array(type);
	/* no scope at all is none that anybody shares by */
	return visible_array(reader, scope != NULL ? scope : cstring_to_text(""),
						 true, type);
}

/*
 * Returns the sources for which access_check() allows this destination, as
 * values of a type.  destination may be NULL.  Raises store_missing.
 */
ArrayType *
access_sources_of(const text *destination, const text *scope, Oid type)
{
	const text *reader;
	Datum		source;

	(void) store_owner();
	if (!pair_has_id_length(destination))
		return construct_empty_array(type);
	reader = principal_reader();
	if (principal_is_trusted() ||
		(reader != NULL && text_equal(reader, destination)))
		return visible_array(destination, scope, false, type);
	/* a third party knows of what it shares itself */
	if (reader == NULL ||
		check_pair(reader, destination, scope) != ACCESS_ALLOWED)
		return construct_empty_array(type);
	source = PointerGetDatum(reader);
	return ids_make_array(&source, 1, type);
}
