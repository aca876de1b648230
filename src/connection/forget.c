/*
 * forget.c
 *		Forgetting who created Connections.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "connection/forget.h"
#include "connection/rows.h"
#include "event/forget.h"
#include "store/statement.h"

static StoreQuery forget_creator = {
	"UPDATE connect.connection AS t SET creator_id = NULL, creator_type = NULL"
	" WHERE t.source_organization_id OPERATOR(pg_catalog.=) $1"
	" AND t.creator_id OPERATOR(pg_catalog.=) $2",
	2, {TEXTOID, TEXTOID}, true
};

/* Forgets that a person has created the Connections of an organization. */
static void
forget_in_connections(text *organization, text *actor_id)
{
	Datum		values[] = {PointerGetDatum(organization),
		PointerGetDatum(actor_id)};
	const Principal owner = {.kind = PRINCIPAL_OWNER};
	const ConnectionWrite write = {.principal = &owner,.forgets = true};

	(void) store_query_marked(&forget_creator, values, NULL, &connection_table,
							  &write);
}

/* Registers it; called once, at load. */
void
connection_forget_init(void)
{
	event_register_forget(forget_in_connections);
}
