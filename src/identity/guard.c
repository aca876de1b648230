/*
 * guard.c
 *		The trigger on the keys and roles that stand for organizations.
 *
 * They are marked when their organization is retired, so that nobody has to
 * look it up at each call.  This trigger keeps one from being added unmarked.
 */
#include "postgres.h"

#include "identity/tables.h"
#include "store/trigger.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_guard_credential);

/* A table of keys or roles, and where it has what matters here. */
typedef struct Credential
{
	StoreTable *table;
	int			organization;
	int			retired_at;
} Credential;

/*
 * Raises organization_retired if the row acts for a retired organization and is
 * not marked.  The foreign key has locked the organization, or had when the row
 * was added, so the answer holds to the end of the transaction.
 */
static void
require_mark(TriggerData *data, const Credential *credential)
{
	StoreRow	row;

	store_deform(credential->table, TRIGGER_FIRED_BY_INSERT(data->tg_event) ?
				 data->tg_trigtuple : data->tg_newtuple,
				 RelationGetDescr(data->tg_relation), &row);
	if (!row.nulls[credential->retired_at])
		return;
	PushActiveSnapshot(GetLatestSnapshot());
	organization_check(DatumGetTextPP(row.values[credential->organization]),
					   "organization_id", HINT_REGISTER);
	PopActiveSnapshot();
}

/*
 * connect.guard_credential(): AFTER INSERT OR UPDATE FOR EACH ROW on
 * connect.api_key and connect.organization_role.
 */
Datum
connect_guard_credential(PG_FUNCTION_ARGS)
{
	static const Credential key = {
		&api_key_table, API_KEY_ORGANIZATION, API_KEY_RETIRED_AT
	};
	static const Credential role = {
		&organization_role_table, ORGANIZATION_ROLE_ORGANIZATION,
		ORGANIZATION_ROLE_RETIRED_AT
	};
	TriggerData *data = (TriggerData *) fcinfo->context;
	const Credential *credential = CALLED_AS_TRIGGER(fcinfo) &&
		RelationGetRelid(data->tg_relation) ==
		store_relation_id(&api_key_table) ? &key : &role;

	data = store_require_trigger(fcinfo, credential->table, "guard_credential");
	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event) ||
		TRIGGER_FIRED_BY_DELETE(data->tg_event))
		store_refuse_trigger("guard_credential");
	require_mark(data, credential);
	return PointerGetDatum(NULL);
}
