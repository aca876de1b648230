/*
 * direct.c
 *		Inserting and deleting single rows without a plan.
 *
 * An INSERT of one row costs three times that when a plan has to be started
 * and ended for it.  Here the row goes to the executor's own function for rows
 * that are there already, by which logical replication applies them: it fires
 * the row's triggers, checks constraints and enters the row in every index, the
 * DBA's included.  A table for which that is not all that an INSERT does
 * (rules, triggers for statements, columns of another type) is left to SPI.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "store/direct.h"
#include "store/statement.h"
#include "utils/memutils.h"

/* What store_direct_insert() hands on to the function that it runs. */
typedef struct DirectInsert
{
	StoreTable *table;
	Relation	rel;			/* the table, open and locked */
	const StoreRow *row;
	bool		inserted;
} DirectInsert;

/* Returns the type of the parameter for a column. */
Oid
store_parameter_type(StoreKind kind)
{
	switch (kind)
	{
		case STORE_TEXTS:
			return TEXTARRAYOID;
		case STORE_TIME:
		case STORE_TERM:
			return TIMESTAMPTZOID;
		case STORE_BOOLEAN:
			return BOOLOID;
		case STORE_BYTES:
			return BYTEAOID;
		case STORE_INTEGER:
			return INT4OID;
		case STORE_XID:
			return XID8OID;
		case STORE_NAME:
			return NAMEOID;
		default:
			return TEXTOID;
	}
}

/* Does an INSERT do something for statements, or in place of the row? */
static bool
needs_statement(Relation rel)
{
	const TriggerDesc *triggers = rel->trigdesc;

	return rel->rd_rules != NULL || rel->rd_rel->relispartition ||
		(triggers != NULL && (triggers->trig_insert_before_statement ||
							  triggers->trig_insert_after_statement ||
							  triggers->trig_insert_instead_row ||
							  triggers->trig_insert_new_table));
}

/*
 * May rows go into this open table without a plan?  All our columns must be
 * there and hold the types that C has, for nothing casts them.
 */
bool
store_direct_serves(StoreTable *table, Relation rel)
{
	TupleDesc	desc = RelationGetDescr(rel);

	if (needs_statement(rel))
		return false;
	for (int i = 0; i < table->ncolumns; i++)
	{
		AttrNumber	attnum = table->attnums[i];
		Form_pg_attribute attribute;

		if (attnum == InvalidAttrNumber)
			return false;
		attribute = TupleDescAttr(desc, attnum - 1);
		if (attribute->atttypid !=
			store_parameter_type(table->columns[i].kind) ||
			attribute->atttypmod != -1 || attribute->attgenerated != '\0')
			return false;
	}
	return true;
}

/* Is a trigger the table's guard, by its name? */
static bool
is_guard(Relation rel, const Trigger *trigger)
{
	static const char prefix[] = "zz_guard_";
	const int	len = sizeof(prefix) - 1;

	return strncmp(trigger->tgname, prefix, len) == 0 &&
		strcmp(trigger->tgname + len, RelationGetRelationName(rel)) == 0;
}

/*
 * May a trigger of somebody else's alter a row on its way into this open table?
 * The store's own is the guard that is named after the table.
 */
bool
store_direct_alters(Relation rel)
{
	const TriggerDesc *triggers = rel->trigdesc;

	if (triggers == NULL || !triggers->trig_insert_before_row)
		return false;
	for (int i = 0; i < triggers->numtriggers; i++)
	{
		const Trigger *trigger = &triggers->triggers[i];

		if (TRIGGER_TYPE_MATCHES(trigger->tgtype, TRIGGER_TYPE_ROW,
								 TRIGGER_TYPE_BEFORE, TRIGGER_TYPE_INSERT) &&
			!is_guard(rel, trigger))
			return true;
	}
	return false;
}

/* Fills in the default of a column that is not ours. */
static void
fill_default(Relation rel, EState *estate, int attribute, TupleTableSlot *slot)
{
	Expr	   *expression;

	slot->tts_isnull[attribute] = true;
	if (TupleDescAttr(RelationGetDescr(rel), attribute)->attisdropped ||
		TupleDescAttr(RelationGetDescr(rel), attribute)->attgenerated != '\0')
		return;
	expression = (Expr *) build_column_default(rel, attribute + 1);
	if (expression != NULL)
		slot->tts_values[attribute] =
			ExecEvalExprSwitchContext(ExecPrepareExpr(expression, estate),
									  GetPerTupleExprContext(estate),
									  &slot->tts_isnull[attribute]);
}

/* Fills a slot of the table with the row. */
static void
fill_slot(const DirectInsert *insert, EState *estate, TupleTableSlot *slot)
{
	Relation	rel = insert->rel;
	Bitmapset  *ours = NULL;

	for (int i = 0; i < insert->table->ncolumns; i++)
	{
		int			attribute = insert->table->attnums[i] - 1;

		slot->tts_values[attribute] = insert->row->values[i];
		slot->tts_isnull[attribute] = insert->row->nulls[i];
		if (RelationGetNumberOfAttributes(rel) > insert->table->ncolumns)
			ours = bms_add_member(ours, attribute);
	}
	for (int i = 0; ours != NULL && i < RelationGetNumberOfAttributes(rel); i++)
	{
		if (!bms_is_member(i, ours))
			fill_default(rel, estate, i, slot);
	}
	ExecStoreVirtualTuple(slot);
}

/* Inserts the row, as the store's owner. */
static void
run_insert(void *arg)
{
	DirectInsert *insert = arg;
	Relation	rel = insert->rel;
	EState	   *estate = CreateExecutorState();
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);
	ResultRelInfo *result = makeNode(ResultRelInfo);
	TupleTableSlot *slot = table_slot_create(rel, &estate->es_tupleTable);

	InitResultRelInfo(result, rel, 0, NULL, 0);
	/* where AFTER triggers look for it */
	estate->es_opened_result_relations =
		lappend(estate->es_opened_result_relations, result);
	estate->es_output_cid = GetCurrentCommandId(true);
	AfterTriggerBeginQuery();
	ExecOpenIndices(result, false);
	fill_slot(insert, estate, slot);
	ExecSimpleRelationInsert(result, estate, slot);
	insert->inserted = ItemPointerIsValid(&slot->tts_tid);
	AfterTriggerEndQuery(estate);
	ExecCloseResultRelations(estate);
	ExecResetTupleTable(estate->es_tupleTable, false);
	MemoryContextSwitchTo(old);
	FreeExecutorState(estate);
	CommandCounterIncrement();
}

/*
 * Inserts a row, under the active snapshot and as the store's owner, into a
 * table that store_direct_serves() and that is open and locked for writing;
 * triggers on it find the meaning by store_meaning().  Returns false if a
 * trigger has suppressed the row.
 */
bool
store_direct_insert(StoreTable *table, Relation rel, const StoreRow *row,
					const void *meaning)
{
	DirectInsert insert = {table, rel, row, false};

	store_run_marked(run_insert, &insert, table, meaning);
	return insert.inserted;
}

/*
 * Deletes the row with this unique key past triggers and privileges; returns
 * false if there is none.  The caller holds a lock under which alone rows with
 * this key are written, and makes the next command see the row gone, by
 * CommandCounterIncrement().
 */
bool
store_direct_delete(StoreKey *key, const Datum *values)
{
	StoreScan	scan;
	bool		found;

	store_scan_begin_latest(&scan, key, values);
	found = store_scan_next(&scan);
	if (found)
	{
		LockRelationOid(RelationGetRelid(scan.rel), RowExclusiveLock);
		simple_heap_delete(scan.rel, &scan.slot->tts_tid);
	}
	store_scan_end(&scan);
	return found;
}
