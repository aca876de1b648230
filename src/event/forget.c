/*
 * forget.c
 *		Forgetting a person: who acted, why, and by which request, in the
 *		events of an organization and in the rows that they are of.
 *
 * The digest of what is forgotten stays, and with it the seal holds; its salt
 * goes, without which nobody can try who it may have been.
 */
#include "postgres.h"

#include "base/values.h"
#include "catalog/pg_type.h"
#include "event/forget.h"
#include "event/rows.h"
#include "http/stored_answer.h"
#include "store/statement.h"

/* The most tables of subjects. */
#define MAX_FORGETTERS 4

/* Who else keeps who acted. */
static ForgetActor forgetters[MAX_FORGETTERS];
static int	nforgetters = 0;

/* Whoever acts for an organization is one of the parties. */
static StoreQuery forget_events = {
	"UPDATE connect.event AS t SET actor_id = NULL, actor_type = NULL,"
	" reason = NULL, request_id = NULL, personal_salt = NULL"
	" WHERE (t.source_organization_id OPERATOR(pg_catalog.=) $1"
	" OR t.destination_organization_id OPERATOR(pg_catalog.=) $1)"
	" AND t.actor_organization_id OPERATOR(pg_catalog.=) $1"
	" AND t.actor_id OPERATOR(pg_catalog.=) $2",
	2, {TEXTOID, TEXTOID}, true
};

/* Has a table of subjects forget too; called at load. */
void
event_register_forget(ForgetActor forget)
{
	if (nforgetters >= MAX_FORGETTERS)
		elog(ERROR, "more than %d parts of connect keep who acted",
			 MAX_FORGETTERS);
	forgetters[nforgetters++] = forget;
}

/*
 * Forgets a person of an organization, and returns in how many events.  The
 * answers stored for the organization's idempotency keys go, for they may tell.
 * Raises parameter_missing, parameter_invalid, store_outdated.
 */
int64
event_forget(text *organization, text *actor_id)
{
	Datum		values[] = {PointerGetDatum(organization),
		PointerGetDatum(actor_id)};
	int64		count;

	value_require_id(organization, "organization_id");
	value_require(actor_id, "actor_id");
	store_require_current(&event_table);
	count = (int64) store_query_marked(&forget_events, values, NULL,
									   &event_table, &forget_events).count;
	for (int i = 0; i < nforgetters; i++)
		forgetters[i] (organization, actor_id);
	stored_answer_forget(organization);
	return count;
}
