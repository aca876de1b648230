/*
 * access.c
 *		The gate: may one organization see another one's data now?
 *
 * The answer is what the active snapshot sees in the unique index on the pair.
 * Row security asks once per row, so pairs are remembered: see pair_memo.c.
 */
#include "postgres.h"

#include "access/tupmacs.h"
#include "base/text.h"
#include "catalog/pg_type.h"
#include "gate/access.h"
#include "gate/pair.h"
#include "gate/pair_memo.h"
#include "identity/principal.h"
#include "miscadmin.h"
#include "gate/rows.h"
#include "scope/rows.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

static const char *const words[] = {
	[ACCESS_ALLOWED] = "allowed",
	[ACCESS_NO_CONNECTION] = "no_connection",
	[ACCESS_PENDING] = "pending",
	[ACCESS_INACTIVE] = "inactive",
	[ACCESS_SCOPE_NOT_GRANTED] = "scope_not_granted",
	[ACCESS_SCOPE_RETIRED] = "scope_retired",
};

/* Returns the word that explain_access() has for an answer. */
const char *
access_word(Access access)
{
	return words[access];
}

/* Is this scope among those granted?  NULL asks for any. */
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
		return false;			/* no row that the guard let in */
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
	return judge_scope(pair_memo_check(source, destination, scope), scope);
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

/*
 * Raises sharing_not_allowed unless destination may see source's data now, and
 * holds the Connection to the end of the transaction.  Looks before it locks,
 * for a lock is a write; and again after, for it may have waited.  Raises
 * store_missing, and 40001 under REPEATABLE READ if it has just changed.
 */
void
access_require(text *source, text *destination, const text *scope)
{
	Access		access;
	int			status;
	ArrayType  *scopes;

	PushActiveSnapshot(GetTransactionSnapshot());
	access = access_check(source, destination, scope);
	PopActiveSnapshot();
	if (access == ACCESS_ALLOWED)
	{
		access = gate_lock_pair(source, destination, &status, &scopes) ?
			access_judge(status, access_grants(scopes, scope)) :
			ACCESS_NO_CONNECTION;
		PushActiveSnapshot(GetTransactionSnapshot());
		access = judge_scope(access, scope);
		PopActiveSnapshot();
	}
	if (access != ACCESS_ALLOWED)
		refuse(source, destination, access);
}

/*
 * Returns who shares with the organization that is acting, as the active
 * snapshot sees it, sorted; nobody for nobody.  Raises store_missing.
 */
ArrayType *
access_sources(const text *scope)
{
	const text *destination = principal_reader();
	int			room = 64;
	int			count = 0;
	Datum		source;
	Datum	   *sources = palloc(room * sizeof(Datum));
	Connection	connection;
	StoreScan	scan;

	(void) store_owner();		/* says so if there is no store */
	if (destination == NULL ||
		judge_scope(ACCESS_ALLOWED, scope) != ACCESS_ALLOWED)
		return construct_empty_array(TEXTOID);

	gate_destination_begin(&scan, destination, cstring_to_text(""));
	while (gate_destination_next(&scan, &connection))
	{
		CHECK_FOR_INTERRUPTS();
		if (access_judge(connection.status, access_grants(connection.scopes,
														  scope)) !=
			ACCESS_ALLOWED)
			continue;
		if (count == room)
		{
			room *= 2;
			sources = repalloc(sources, room * sizeof(Datum));
		}
		source = PointerGetDatum(connection.source);
		sources[count++] = PointerGetDatum(PG_DETOAST_DATUM_COPY(source));
	}
	store_scan_end(&scan);
	qsort(sources, count, sizeof(Datum), text_compare_datums);
	return construct_array(sources, count, TEXTOID, -1, false, TYPALIGN_INT);
}
