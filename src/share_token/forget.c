/*
 * forget.c
 *		Forgetting who made share tokens.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "event/forget.h"
#include "share_token/rows.h"
#include "store/statement.h"

static StoreQuery forget_creator = {
	"UPDATE connect.share_token AS t SET creator_id = NULL, creator_type = NULL"
	" WHERE t.source_organization_id OPERATOR(pg_catalog.=) $1"
	" AND t.creator_id OPERATOR(pg_catalog.=) $2",
	2, {TEXTOID, TEXTOID}, true
};

/* Forgets that a person has made the tokens of an organization. */
static void
forget_in_tokens(text *organization, text *actor_id)
{
	Datum		values[] = {PointerGetDatum(organization),
		PointerGetDatum(actor_id)};
	const Principal owner = {.kind = PRINCIPAL_OWNER};
	const ShareTokenWrite write = {.principal = &owner,.forgets = true};

	(void) store_query_marked(&forget_creator, values, NULL, &share_token_table,
							  &write);
}

/* Registers it; called once, at load. */
void
share_token_forget_init(void)
{
	event_register_forget(forget_in_tokens);
}
