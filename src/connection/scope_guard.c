/*
 * scope_guard.c
 *		The trigger on connect.scope: what a Connection grants stays in the
 *		catalogue, under its name.
 *
 * A foreign key would do that if scopes were rows, at the price of a lock on a
 * row of the catalogue for each scope of each Connection that is written.  Here
 * the writers of Connections pay nothing: they lock the table of Connections
 * against SHARE anyway, to the end of their transaction.  Who takes a scope
 * away takes that lock.  It waits for all that may just have found the scope in
 * the catalogue, sees then what they have written, and keeps others from
 * looking before its own transaction is over.
 */
#include "postgres.h"

#include "base/text.h"
#include "catalog/pg_type.h"
#include "connection/rows.h"
#include "scope/rows.h"
#include "storage/lmgr.h"
#include "store/statement.h"
#include "store/trigger.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_guard_scope);

/* Any scope that is granted, and by whom, if $1 is null. */
static StoreQuery find_grant = {
	"SELECT c.id, COALESCE($1, c.scopes[1]) FROM connect.connection AS c"
	" WHERE $1 IS NULL OR $1 OPERATOR(pg_catalog.=) ANY (c.scopes) LIMIT 1",
	1, {TEXTOID}
};

/* Raises scope_granted if a Connection grants this scope, or any for NULL. */
static void
refuse_granted(text *name)
{
	Datum		value = PointerGetDatum(name);
	StoreResult result;
	char	   *granted;

	LockRelationOid(store_relation_id(&connection_table), ShareLock);
	PushActiveSnapshot(GetLatestSnapshot());
	result = store_query(&find_grant, &value, name == NULL ? "n" : " ");
	PopActiveSnapshot();
	if (result.count == 0)
		return;
	granted = TextDatumGetCString(result.rows[0].values[1]);
	ereport(ERROR,
			(connect_error_in(ERROR_SCOPE_GRANTED, granted),
			 blame_argument("name"),
			 errdetail("Connection \"%s\" grants scope \"%s\".",
					   TextDatumGetCString(result.rows[0].values[0]), granted),
			 errhint("Retire it instead: UPDATE connect.scope SET retired_at ="
					 " now() WHERE name = %s;", quote_literal_cstr(granted))));
}

/* Returns the name that a tuple of the catalogue has. */
static text *
scope_name(TriggerData *data, HeapTuple tuple)
{
	StoreRow	row;

	store_deform(&scope_table, tuple, RelationGetDescr(data->tg_relation),
				 &row);
	return DatumGetTextPP(row.values[SCOPE_NAME]);
}

/*
 * connect.guard_scope(): AFTER UPDATE OR DELETE FOR EACH ROW, and BEFORE
 * TRUNCATE FOR EACH STATEMENT, on connect.scope.
 */
Datum
connect_guard_scope(PG_FUNCTION_ARGS)
{
	TriggerData *data = store_require_trigger(fcinfo, &scope_table,
											  "guard_scope");
	text	   *old;

	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
	{
		refuse_granted(NULL);
		return PointerGetDatum(NULL);
	}
	if (!TRIGGER_FIRED_FOR_ROW(data->tg_event) ||
		!TRIGGER_FIRED_AFTER(data->tg_event) ||
		TRIGGER_FIRED_BY_INSERT(data->tg_event))
		store_refuse_trigger("guard_scope");

	old = scope_name(data, data->tg_trigtuple);
	if (TRIGGER_FIRED_BY_DELETE(data->tg_event) ||
		!text_equal(old, scope_name(data, data->tg_newtuple)))
		refuse_granted(old);
	return PointerGetDatum(NULL);
}
