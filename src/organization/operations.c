/*
 * operations.c
 *		What can be done with organizations: each reads itself, and a DBA
 *		registers them.
 */
#include "postgres.h"

#include "base/text.h"
#include "catalog/pg_type.h"
#include "organization/operations.h"
#include "store/statement.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

static StoreQuery register_organization = {
	"INSERT INTO connect.organization AS o (id, name) VALUES ($1, $2)"
	" ON CONFLICT (id) DO UPDATE SET name = $2",
	2, {TEXTOID, TEXTOID}, true
};

/*
 * Reads the acting organization as it is now.  Raises not_authenticated if it
 * is gone since it was found to be acting.
 */
void
organization_get(const Principal *who, Organization *organization)
{
	bool		found;

	PushActiveSnapshot(GetTransactionSnapshot());
	found = organization_find(who->organization, organization);
	PopActiveSnapshot();
	if (!found)
		ereport(ERROR,
				(connect_error(ERROR_NOT_AUTHENTICATED),
				 errdetail("Organization \"%s\" is not registered.",
						   text_to_cstring(who->organization))));
}

/* Registers an organization, or renames it. */
void
organization_register(text *id, text *name)
{
	Datum		values[] = {PointerGetDatum(id), PointerGetDatum(name)};

	store_query(&register_organization, values, NULL);
}
