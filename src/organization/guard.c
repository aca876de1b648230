/*
 * guard.c
 *		The trigger on a followed table: what happens to its rows happens to
 *		the organizations that they are.
 *
 * Whoever writes to the table needs no right in the store.  So this runs for
 * tables that connect.followed_table lists, and for no others.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "base/errors.h"
#include "base/text.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "organization/followed.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

PG_FUNCTION_INFO_V1(connect_follow_organization);

/* Returns the data of a trigger of ours, or raises an error for any other. */
static TriggerData *
require_row_or_truncate(FunctionCallInfo fcinfo)
{
	TriggerData *data = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		!(TRIGGER_FIRED_BY_TRUNCATE(data->tg_event) ||
		  (TRIGGER_FIRED_FOR_ROW(data->tg_event) &&
		   TRIGGER_FIRED_AFTER(data->tg_event))))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("function \"connect.follow_organization\" is a trigger "
						"of connect.follow_organizations() only")));
	return data;
}

/* Reads which columns of the table are followed.  Raises 39P01 for none. */
static StoreRow
require_columns(Relation rel)
{
	Datum		relation = ObjectIdGetDatum(RelationGetRelid(rel));
	StoreResult result;

	/* Since the table was listed others may have changed the list. */
	PushActiveSnapshot(GetLatestSnapshot());
	result = store_query(&followed_columns, &relation, NULL);
	PopActiveSnapshot();
	if (result.count == 0)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("table \"%s\" is not followed",
						RelationGetRelationName(rel)),
				 errdetail("The table is not listed in "
						   "connect.followed_table."),
				 errhint("Drop the trigger, and let a DBA call "
						 "connect.follow_organizations().")));
	return result.rows[0];
}

/* Returns a column of a row as a text, or NULL.  Raises column_unknown. */
static text *
read_column(Relation rel, HeapTuple tuple, Datum column)
{
	const char *name = NameStr(*DatumGetName(column));
	int			number = SPI_fnumber(RelationGetDescr(rel), name);
	char	   *value;

	if (number <= 0)
		ereport(ERROR,
				(connect_error_in(ERROR_COLUMN_UNKNOWN, name),
				 errdetail("Table \"%s\" has no column \"%s\" any more.",
						   RelationGetRelationName(rel), name),
				 errhint("Let a DBA call connect.unfollow_organizations() and "
						 "connect.follow_organizations().")));
	value = SPI_getvalue(tuple, RelationGetDescr(rel), number);
	return value == NULL ? NULL : cstring_to_text(value);
}

/* Raises organization_key_changed. */
static void
refuse_key_change(text *old, text *new)
{
	ereport(ERROR,
			(connect_error_in(ERROR_ORGANIZATION_KEY_CHANGED,
							  text_excerpt(old)),
			 errdetail("The row of organization \"%s\" was given the key "
					   "\"%s\".", text_excerpt(old),
					   new == NULL ? "" : text_excerpt(new)),
			 errhint("Connections and history name an organization by its id. "
					 "Insert a row with the new key, and delete the old one, "
					 "which retires its organization.")));
}

/* Follows the change of a row. */
static void
follow_row(TriggerData *data, const StoreRow *columns)
{
	Relation	rel = data->tg_relation;
	Oid			relation = RelationGetRelid(rel);
	const char *role = GetUserNameFromId(GetUserId(), false);
	text	   *id = read_column(rel, data->tg_trigtuple, columns->values[0]);
	text	   *name = read_column(rel, data->tg_trigtuple, columns->values[1]);

	if (TRIGGER_FIRED_BY_INSERT(data->tg_event))
		followed_register(relation, id, name, role);
	else if (id == NULL)
		return;					/* it got in while nobody followed */
	else if (TRIGGER_FIRED_BY_DELETE(data->tg_event))
		followed_retire(relation, id, role);
	else
	{
		text	   *new_id = read_column(rel, data->tg_newtuple,
										 columns->values[0]);
		text	   *new_name = read_column(rel, data->tg_newtuple,
										   columns->values[1]);

		if (!text_same(id, new_id))
			refuse_key_change(id, new_id);
		if (!text_same(name, new_name))
			followed_rename(relation, id, new_name, role);
	}
}

/*
 * connect.follow_organization(): AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW,
 * and BEFORE TRUNCATE FOR EACH STATEMENT, on a table of the application's.
 */
Datum
connect_follow_organization(PG_FUNCTION_ARGS)
{
	TriggerData *data = require_row_or_truncate(fcinfo);
	StoreRow	columns = require_columns(data->tg_relation);
	const char *name = RelationGetRelationName(data->tg_relation);

	if (TRIGGER_FIRED_BY_TRUNCATE(data->tg_event))
		ereport(ERROR,
				(connect_error_in(ERROR_FOLLOWED_TRUNCATE, name),
				 errdetail("The rows of table \"%s\" are organizations of the "
						   "connect store.", name),
				 errhint("Delete the rows, which retires their "
						 "organizations.")));
	follow_row(data, &columns);
	return PointerGetDatum(NULL);
}
