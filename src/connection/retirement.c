/*
 * retirement.c
 *		The triggers on connect.organization: an organization that is retired
 *		acts no more, and its Connections end.
 *
 * Whoever offers a Connection holds both organizations FOR KEY SHARE, and looks
 * at them after that.  Whoever retires one locks it FOR UPDATE, and then ends
 * what is there.  So one of the two waits for the other and sees what it did:
 * no offer is left over, whoever comes first.  This holds under every level of
 * isolation, because both look at what is there by now.
 *
 * This stands here, and not with the organizations, because their folder knows
 * nothing of Connections.
 */
#include "postgres.h"

#include "access/xact.h"
#include "base/errors.h"
#include "catalog/pg_type.h"
#include "connection/retirement.h"
#include "identity/tables.h"
#include "miscadmin.h"
#include "organization/operations.h"
#include "store/lock.h"
#include "store/statement.h"
#include "store/trigger.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_guard_organization);

#define REASON "organization retired"

/*
 * A Connection is ended in at most so many attempts, while others change it or
 * a trigger suppresses the change.
 */
#define MAX_ATTEMPTS 10

static StoreQuery find_open = {
	"SELECT s.id FROM connect.connection AS s"
	" WHERE s.source_organization_id OPERATOR(pg_catalog.=) $1"
	" AND s.status OPERATOR(pg_catalog.<>) 'inactive'"
	" UNION SELECT d.id FROM connect.connection AS d"
	" WHERE d.destination_organization_id OPERATOR(pg_catalog.=) $1"
	" AND d.status OPERATOR(pg_catalog.<>) 'inactive'"
	" ORDER BY 1",
	1, {TEXTOID}
};

static StoreQuery mark_keys = {
	"UPDATE connect.api_key AS k SET retired_at = $2"
	" WHERE k.organization_id OPERATOR(pg_catalog.=) $1",
	2, {TEXTOID, TIMESTAMPTZOID}, true
};

static StoreQuery mark_roles = {
	"UPDATE connect.organization_role AS r SET retired_at = $2"
	" WHERE r.organization_id OPERATOR(pg_catalog.=) $1",
	2, {TEXTOID, TIMESTAMPTZOID}, true
};

static StoreQuery find_unmarked = {
	"SELECT 1 FROM connect.api_key AS k"
	" WHERE k.organization_id OPERATOR(pg_catalog.=) $1"
	" AND k.retired_at IS NULL"
	" UNION ALL SELECT 1 FROM connect.organization_role AS r"
	" WHERE r.organization_id OPERATOR(pg_catalog.=) $1"
	" AND r.retired_at IS NULL LIMIT 1",
	1, {TEXTOID}
};

/*
 * Raises organization_retired unless both parties of a Connection that has just
 * been offered may act, and keeps them from being retired before the end of the
 * transaction.
 *
 * A new row's organizations are locked already, because the triggers of its
 * foreign keys fire before the one that calls this.
 */
void
retirement_check(const Connection *connection, int action)
{
	if (action != ACTION_CREATE)
	{
		organization_hold_parties(connection->source, connection->destination);
		return;
	}
	PushActiveSnapshot(GetLatestSnapshot());
	organization_check_parties(connection->source, connection->destination);
	PopActiveSnapshot();
}

/*
 * Raises 40001: what has to be changed was committed after the snapshot that
 * this transaction keeps.
 */
static void
refuse_old_snapshot(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
			 errmsg("could not serialize access due to concurrent update")));
}

/*
 * Reads a Connection as it is by now.  Returns false if it has ended, or is
 * gone.
 */
static bool
find_open_now(text *id, Connection *connection)
{
	bool		found;

	PushActiveSnapshot(GetLatestSnapshot());
	found = connection_find(id, connection);
	PopActiveSnapshot();
	return found && connection->status != CONNECTION_INACTIVE;
}

/*
 * Ends a Connection, unless it has ended.  Raises 40001 where this
 * transaction's snapshot is too old for that, and transition_not_allowed if a
 * trigger suppresses the change.
 */
static void
end_connection(const ConnectionWrite *write, text *id)
{
	Connection	old;
	Connection	changed;
	Connection	result;

	for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
	{
		if (!find_open_now(id, &old))
			return;
		changed = old;
		changed.status = CONNECTION_INACTIVE;
		if (!connection_update(write, &old, &changed, &result) &&
			IsolationUsesXactSnapshot())
			refuse_old_snapshot();
		CHECK_FOR_INTERRUPTS();
	}
	ereport(ERROR,
			(connect_error(ERROR_TRANSITION_NOT_ALLOWED),
			 errdetail("Connection \"%s\" was to end with its organization, "
					   "but the row did not change.", text_to_cstring(id)),
			 errhint("Look for a trigger on connect.connection that "
					 "suppresses it.")));
}

/*
 * Ends all Connections of an organization that are pending or active, in the
 * order of their ids, so that two who retire at once do not wait for each
 * other.  Nobody acts, but the events name the role that retired it.
 */
static void
end_connections(text *organization, const char *role)
{
	Datum		id = PointerGetDatum(organization);
	Principal	who = {
		.kind = PRINCIPAL_OWNER,
		.actor_id = cstring_to_text(role),
		.actor_type = cstring_to_text("role"),
		.permissions = PERMISSION_READ | PERMISSION_WRITE
	};
	ConnectionWrite write = {
		.principal = &who,
		/* what has ended by its terms meanwhile needs no deactivation */
		.action = ACTION_NONE,
		.reason = REASON
	};
	StoreResult open;

	PushActiveSnapshot(GetLatestSnapshot());
	open = store_query(&find_open, &id, NULL);
	PopActiveSnapshot();
	for (uint64 i = 0; i < open.count; i++)
		end_connection(&write, DatumGetTextPP(open.rows[i].values[0]));
}

/*
 * Has an organization's key or role been added that is not marked as retired?
 */
static bool
has_unmarked(Datum id)
{
	bool		found;

	PushActiveSnapshot(GetLatestSnapshot());
	found = store_query(&find_unmarked, &id, NULL).count > 0;
	PopActiveSnapshot();
	return found;
}

/*
 * Marks the keys and roles of an organization as those of a retired one, or not
 * any more.  Nobody adds one meanwhile, since that needs a lock that we keep
 * others from.
 */
static void
mark_credentials(text *organization, Datum retired_at, bool null)
{
	Datum		values[] = {PointerGetDatum(organization), retired_at};
	char		nulls[] = {' ', null ? 'n' : ' '};

	store_query(&mark_keys, values, nulls);
	store_query(&mark_roles, values, nulls);
	if (!null && IsolationUsesXactSnapshot() && has_unmarked(values[0]))
		refuse_old_snapshot();
}

/* Raises store_not_owned unless the current role may retire organizations. */
static void
require_owner(void)
{
	if (!principal_is_owner())
		ereport(ERROR,
				(connect_error(ERROR_STORE_NOT_OWNED),
				 blame_argument("retired_at"),
				 errdetail("Only a role with the rights of the store's owner "
						   "may retire an organization or take it back.")));
}

/*
 * connect.guard_organization(): BEFORE UPDATE and AFTER UPDATE, FOR EACH ROW,
 * on connect.organization.
 */
Datum
connect_guard_organization(PG_FUNCTION_ARGS)
{
	TriggerData *data = store_require_trigger(fcinfo, &organization_table,
											  "guard_organization");
	const OrganizationWrite *ours = store_meaning(&organization_table);
	bool		before = TRIGGER_FIRED_BEFORE(data->tg_event);
	StoreRow	old;
	StoreRow	new;
	text	   *id;

	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_BY_UPDATE(data->tg_event))
		store_refuse_trigger("guard_organization");

	store_deform(&organization_table, data->tg_trigtuple,
				 RelationGetDescr(data->tg_relation), &old);
	store_deform(&organization_table, data->tg_newtuple,
				 RelationGetDescr(data->tg_relation), &new);
	if (old.nulls[ORGANIZATION_RETIRED_AT] ==
		new.nulls[ORGANIZATION_RETIRED_AT])
		return PointerGetDatum(before ? data->tg_newtuple : NULL);

	id = DatumGetTextPP(new.values[ORGANIZATION_ID]);
	if (before)
	{
		require_owner();
		if (!new.nulls[ORGANIZATION_RETIRED_AT])
			(void) store_hold(&organization_by_id, old.values[ORGANIZATION_ID],
							  LockTupleExclusive, NULL);
		return PointerGetDatum(data->tg_newtuple);
	}
	mark_credentials(id, new.values[ORGANIZATION_RETIRED_AT],
					 new.nulls[ORGANIZATION_RETIRED_AT]);
	if (!new.nulls[ORGANIZATION_RETIRED_AT])
		end_connections(id, ours != NULL ? ours->role :
						GetUserNameFromId(GetUserId(), false));
	return PointerGetDatum(NULL);
}
