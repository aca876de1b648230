/*
 * tables.c
 *		The tables that tell who is acting: organizations, and what stands for
 *		them.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/values.h"
#include "identity/tables.h"
#include "store/lock.h"
#include "utils/snapmgr.h"

static const StoreColumn organization_columns[] = {
	ORGANIZATION_COLUMNS(STORE_COLUMN_INFO, Organization)
};

static const StoreColumn organization_role_columns[] = {
	ORGANIZATION_ROLE_COLUMNS(STORE_COLUMN_BARE, )
};

static const StoreColumn gateway_role_columns[] = {
	GATEWAY_ROLE_COLUMNS(STORE_COLUMN_BARE, )
};

static const StoreColumn gateway_claim_columns[] = {
	GATEWAY_CLAIM_COLUMNS(STORE_COLUMN_BARE, )
};

static const StoreColumn api_key_columns[] = {
	API_KEY_COLUMNS(STORE_COLUMN_BARE, )
};

StoreTable	organization_table = STORE_TABLE("organization",
											 organization_columns);
StoreTable	organization_role_table = STORE_TABLE("organization_role",
												  organization_role_columns);
StoreTable	gateway_role_table = STORE_TABLE("gateway_role",
											 gateway_role_columns);
StoreTable	gateway_claim_table = STORE_TABLE("gateway_role",
											  gateway_claim_columns);
StoreTable	api_key_table = STORE_TABLE("api_key", api_key_columns);

StoreKey	organization_by_id = {
	&organization_table, "organization_pkey", 1, {ORGANIZATION_ID}, F_TEXTEQ
};

StoreKey	organization_role_by_name = {
	&organization_role_table, "organization_role_pkey", 1,
	{ORGANIZATION_ROLE_NAME}, F_NAMEEQ
};

static StoreKey gateway_role_by_name = {
	&gateway_role_table, "gateway_role_pkey", 1, {GATEWAY_ROLE_NAME}, F_NAMEEQ
};

static StoreKey gateway_claim_by_name = {
	&gateway_claim_table, "gateway_role_pkey", 1, {GATEWAY_CLAIM_NAME}, F_NAMEEQ
};

StoreKey	api_key_by_sha256 = {
	&api_key_table, "api_key_secret_sha256_key", 1, {API_KEY_SHA256}, F_BYTEAEQ
};

/* What the table says of an organization. */
typedef enum OrganizationState
{
	ORGANIZATION_UNKNOWN,
	ORGANIZATION_RETIRED,
	ORGANIZATION_REGISTERED
} OrganizationState;

/* Looks up the state of an organization, as the active snapshot sees it. */
static OrganizationState
organization_state(StoreScan *look_up, text *id)
{
	bool		null;

	if (!store_look_up(look_up, &organization_by_id, PointerGetDatum(id)))
		return ORGANIZATION_UNKNOWN;
	(void) store_scan_column(look_up, ORGANIZATION_RETIRED_AT, &null);
	return null ? ORGANIZATION_REGISTERED : ORGANIZATION_RETIRED;
}

/*
 * Is this organization registered and not retired, as the active snapshot sees
 * it?
 */
bool
organization_may_act(text *id)
{
	StoreScan	look_up = {0};
	bool		may = organization_state(&look_up, id) ==
		ORGANIZATION_REGISTERED;

	store_look_up_end(&look_up);
	return may;
}

/*
 * Reads an organization under the active snapshot, into the current memory
 * context; returns false if it is not registered.
 */
bool
organization_find(text *id, Organization *organization)
{
	Datum		key = PointerGetDatum(id);
	StoreRow	row;
	const StoreRow *from = &row;

	if (!store_fetch(&organization_by_id, &key, &row))
		return false;
	ORGANIZATION_COLUMNS(STORE_COLUMN_READ, organization)
	return true;
}

/*
 * Raises organization_unknown or organization_retired, blaming an argument, for
 * an organization in a state in which it may not act.
 */
static void
require_state(OrganizationState state, text *id, const char *argument,
			  const char *unknown_hint)
{
	switch (state)
	{
		case ORGANIZATION_REGISTERED:
			break;
		case ORGANIZATION_RETIRED:
			ereport(ERROR,
					(connect_error(ERROR_ORGANIZATION_RETIRED),
					 blame_argument(argument),
					 errdetail("Organization \"%s\" is retired.",
							   text_to_cstring(id)),
					 errhint("A DBA can take it back.")));
			break;
		case ORGANIZATION_UNKNOWN:
			ereport(ERROR,
					(connect_error(ERROR_ORGANIZATION_UNKNOWN),
					 blame_argument(argument),
					 errdetail("Organization \"%s\" is not registered.",
							   text_to_cstring(id)),
					 errhint("%s", unknown_hint)));
	}
}

/*
 * Raises organization_unknown or organization_retired, blaming an argument,
 * unless the active snapshot sees that this organization may act.
 */
void
organization_check(text *id, const char *argument, const char *unknown_hint)
{
	StoreScan	look_up = {0};

	require_state(organization_state(&look_up, id), id, argument, unknown_hint);
	store_look_up_end(&look_up);
}

/* The same for two organizations, one of which shares with the other. */
void
organization_check_parties(text *source, text *destination)
{
	StoreScan	look_up = {0};

	require_state(organization_state(&look_up, source), source,
				  "source_organization_id", HINT_REGISTER);
	require_state(organization_state(&look_up, destination), destination,
				  "destination_organization_id", HINT_REGISTER);
	store_look_up_end(&look_up);
}

/* Locks an organization, and returns its state as it is by now. */
static OrganizationState
hold(text *id)
{
	StoreRow	row;

	if (!store_hold(&organization_by_id, PointerGetDatum(id), LockTupleKeyShare,
					&row))
		return ORGANIZATION_UNKNOWN;
	return row.nulls[ORGANIZATION_RETIRED_AT] ?
		ORGANIZATION_REGISTERED : ORGANIZATION_RETIRED;
}

/*
 * Does what organization_check_parties() does by what is there now, and keeps
 * both from being retired before the end of the transaction.  They are locked
 * in the order of their ids, so that two who do so do not wait for each other.
 * Raises 40001 as store_hold() does.
 */
void
organization_hold_parties(text *source, text *destination)
{
	OrganizationState of_source = ORGANIZATION_UNKNOWN;
	OrganizationState of_destination;
	bool		source_first = text_compare(source, destination) < 0;

	if (source_first)
		of_source = hold(source);
	of_destination = hold(destination);
	if (!source_first)
		of_source = hold(source);
	require_state(of_source, source, "source_organization_id", HINT_REGISTER);
	require_state(of_destination, destination, "destination_organization_id",
				  HINT_REGISTER);
}

/*
 * Raises parameter_missing or parameter_invalid for what cannot be an id, and
 * what organization_check() raises for an organization that may not act now.
 */
void
organization_require(text *id)
{
	value_require_id(id, "organization_id");
	PushActiveSnapshot(GetTransactionSnapshot());
	organization_check(id, "organization_id", HINT_REGISTER);
	PopActiveSnapshot();
}

/* Returns the path to a claim that is no other's member. */
static ArrayType *
path_of(const char *name)
{
	Datum		element = CStringGetTextDatum(name);

	return construct_array(&element, 1, TEXTOID, -1, false, TYPALIGN_INT);
}

/*
 * Reads a gateway under the active snapshot, into the current memory context;
 * returns false if the login is none.  In a store of before 1.1.0 the claims
 * are the ones that it knew.
 */
bool
gateway_find(Name login, Gateway *gateway)
{
	Datum		key = NameGetDatum(login);
	StoreRow	row;

	if (!store_readable(&gateway_claim_table))
	{
		gateway->organization_claim = path_of("organization_id");
		gateway->actor_claim = path_of("sub");
		return store_fetch(&gateway_role_by_name, &key, &row);
	}
	if (!store_fetch(&gateway_claim_by_name, &key, &row))
		return false;
	gateway->organization_claim =
		DatumGetArrayTypeP(row.values[GATEWAY_CLAIM_ORGANIZATION]);
	gateway->actor_claim = DatumGetArrayTypeP(row.values[GATEWAY_CLAIM_ACTOR]);
	return true;
}
