/*
 * direct.c
 *		Writing single rows without a plan.
 *
 * An INSERT of one row costs three times that when a plan has to be started
 * and ended for it.  Here the row goes to the executor's own functions for rows
 * that are there already, by which logical replication applies them: they fire
 * the row's triggers, check constraints and enter the row in every index, the
 * DBA's included.  direct_table.c says for which tables that is all that a
 * statement does.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/heapam.h"
#include "access/tableam.h"
#include "access/transam.h"
#include "access/xact.h"
#include "base/compat.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "rewrite/rewriteHandler.h"
#include "storage/lmgr.h"
#include "store/direct.h"
#include "store/lock.h"
#include "store/statement.h"
#include "utils/snapmgr.h"

/* One row that is being written. */
typedef struct DirectWrite
{
	StoreTable *table;
	Relation	rel;			/* the table, open and locked */
	uint64		columns;		/* those that are given */
	const StoreRow *row;
	StoreRow   *stored;			/* or NULL */
	Oid			arbiter;		/* unique index whose key may be taken, or
								 * InvalidOid */
	StoreScan  *scan;			/* at the row that is to be changed, or NULL */
	DirectOutcome outcome;
} DirectWrite;

/*
 * Fills in the default of a column that is not given.  A type that every
 * database has from the start has none.
 */
static void
fill_default(Relation rel, EState *estate, int attribute, TupleTableSlot *slot)
{
	Form_pg_attribute column = TupleDescAttr(RelationGetDescr(rel), attribute);
	Expr	   *expression;

	slot->tts_isnull[attribute] = true;
	if (column->attisdropped ||
		(!column->atthasdef && column->attidentity == '\0' &&
		 column->atttypid < FirstUnpinnedObjectId))
		return;
	expression = (Expr *) build_column_default(rel, attribute + 1);
	if (expression != NULL)
		slot->tts_values[attribute] =
			ExecEvalExprSwitchContext(ExecPrepareExpr(expression, estate),
									  GetPerTupleExprContext(estate),
									  &slot->tts_isnull[attribute]);
}

/*
 * Puts the columns that are given into a slot of the table, and marks them by
 * their place in the table, if that is asked for.
 */
static void
fill_given(const DirectWrite *write, TupleTableSlot *slot, bool *given)
{
	for (int i = 0; i < write->table->ncolumns; i++)
	{
		int			attribute = write->table->attnums[i] - 1;

		if (!store_is_given(write->columns, i))
			continue;
		slot->tts_values[attribute] = write->row->values[i];
		slot->tts_isnull[attribute] = write->row->nulls[i];
		if (given != NULL)
			given[attribute] = true;
	}
}

/* Fills a slot of the table with a new row. */
static void
fill_new(const DirectWrite *write, EState *estate, TupleTableSlot *slot)
{
	int			natts = RelationGetNumberOfAttributes(write->rel);
	bool	   *given = palloc0(natts * sizeof(bool));

	fill_given(write, slot, given);
	for (int i = 0; i < natts; i++)
	{
		if (!given[i])
			fill_default(write->rel, estate, i, slot);
	}
	ExecStoreVirtualTuple(slot);
}

/* Fills a slot with the row that is to be changed, as it is to be. */
static void
fill_changed(const DirectWrite *write, TupleTableSlot *slot)
{
	TupleTableSlot *old = write->scan->slot;
	int			natts = RelationGetNumberOfAttributes(write->rel);

	slot_getallattrs(old);
	memcpy(slot->tts_values, old->tts_values, natts * sizeof(Datum));
	memcpy(slot->tts_isnull, old->tts_isnull, natts * sizeof(bool));
	/* as a statement does, lest what was in them be kept for ever */
	for (int i = 0; i < natts; i++)
	{
		if (TupleDescAttr(RelationGetDescr(write->rel), i)->attisdropped)
			slot->tts_isnull[i] = true;
	}
	fill_given(write, slot, NULL);
	ExecStoreVirtualTuple(slot);
}

/*
 * Could the row be refused by an index, such as one of the DBA's, before it is
 * known that its key is taken?  A statement looks first.  Ids are made, and
 * nobody has them.
 */
static bool
others_refuse(const DirectWrite *write, const ResultRelInfo *result)
{
	for (int i = 0; i < result->ri_NumIndices; i++)
	{
		Form_pg_index index = result->ri_IndexRelationDescs[i]->rd_index;

		if ((index->indisunique || index->indisexclusion) &&
			!index->indisprimary && index->indexrelid != write->arbiter)
			return true;
	}
	return false;
}

/*
 * Inserts the row unless somebody has its key in the arbiter, as ON CONFLICT DO
 * NOTHING does once it has found nobody: the row counts only when its key is in
 * the index.
 */
static DirectOutcome
insert_unless_taken(const DirectWrite *write, ResultRelInfo *result,
					EState *estate, TupleTableSlot *slot)
{
	List	   *recheck;
	bool		taken = false;
	uint32		token;

	if (others_refuse(write, result))
		return DIRECT_CONFLICT;
	if (result->ri_TrigDesc != NULL &&
		result->ri_TrigDesc->trig_insert_before_row &&
		!ExecBRInsertTriggers(estate, result, slot))
		return DIRECT_SUPPRESSED;
	if (RelationGetDescr(write->rel)->constr != NULL)
		ExecConstraints(result, slot, estate);
	token = SpeculativeInsertionLockAcquire(GetCurrentTransactionId());
	table_tuple_insert_speculative(write->rel, slot, estate->es_output_cid, 0,
								   NULL, token);
	recheck = insert_index_tuples(result, slot, estate, &taken,
								  list_make1_oid(write->arbiter));
	table_tuple_complete_speculative(write->rel, slot, token, !taken);
	SpeculativeInsertionLockRelease(GetCurrentTransactionId());
	if (taken)
		return DIRECT_CONFLICT;
	ExecARInsertTriggers(estate, result, slot, recheck, NULL);
	return DIRECT_DONE;
}

/* Inserts the row. */
static DirectOutcome
insert_row(const DirectWrite *write, ResultRelInfo *result, EState *estate,
		   TupleTableSlot *slot)
{
	fill_new(write, estate, slot);
	if (OidIsValid(write->arbiter))
		return insert_unless_taken(write, result, estate, slot);
	ExecSimpleRelationInsert(result, estate, slot);
	return ItemPointerIsValid(&slot->tts_tid) ? DIRECT_DONE : DIRECT_SUPPRESSED;
}

/* Changes the row that the scan is at, which is locked. */
static DirectOutcome
change_row(const DirectWrite *write, ResultRelInfo *result, EState *estate,
		   TupleTableSlot *slot)
{
	EPQState	epq;

	/* there is nothing to evaluate anew, for nobody can change the row */
	init_epq(&epq, estate);
	fill_changed(write, slot);
	ExecSimpleRelationUpdate(result, estate, &epq, write->scan->slot, slot);
	EvalPlanQualEnd(&epq);
	return DIRECT_DONE;
}

/* Copies what was stored into a memory context. */
static void
copy_stored(const DirectWrite *write, TupleTableSlot *slot,
			MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);

	store_deform(write->table, ExecCopySlotHeapTuple(slot),
				 RelationGetDescr(write->rel), write->stored);
	MemoryContextSwitchTo(old);
}

/* Writes the row, as the store's owner. */
static void
run_write(void *arg)
{
	DirectWrite *write = arg;
	Relation	rel = write->rel;
	EState	   *estate = CreateExecutorState();
	MemoryContext old = MemoryContextSwitchTo(estate->es_query_cxt);
	ResultRelInfo *result = makeNode(ResultRelInfo);
	TupleTableSlot *slot = table_slot_create(rel, &estate->es_tupleTable);

	InitResultRelInfo(result, rel, 0, NULL, 0);
	/* constraints and triggers may ask for it before the row is stored */
	slot->tts_tableOid = RelationGetRelid(rel);
	/* where AFTER triggers look for it */
	estate->es_opened_result_relations =
		lappend(estate->es_opened_result_relations, result);
	estate->es_snapshot = GetActiveSnapshot();
	estate->es_output_cid = GetCurrentCommandId(true);
	AfterTriggerBeginQuery();
	ExecOpenIndices(result, false);
	write->outcome = write->scan == NULL ?
		insert_row(write, result, estate, slot) :
		change_row(write, result, estate, slot);
	if (write->outcome == DIRECT_DONE && write->stored != NULL)
		copy_stored(write, slot, old);
	AfterTriggerEndQuery(estate);
	ExecCloseResultRelations(estate);
	ExecResetTupleTable(estate->es_tupleTable, false);
	MemoryContextSwitchTo(old);
	FreeExecutorState(estate);
	CommandCounterIncrement();
}

/* Raises what a statement of this name raises where nothing can be written. */
static void
require_writable(const char *command)
{
	PreventCommandIfReadOnly(command);
	PreventCommandIfParallelMode(command);
}

/*
 * Finds the index of a key that tells whether it is taken; returns InvalidOid
 * if there is none that keeps just this key unique at once.
 */
static Oid
find_arbiter(StoreKey *key, Relation rel)
{
	Oid			arbiter = InvalidOid;
	Relation	index = store_key_open(key, rel);

	if (index == NULL)
		return InvalidOid;
	if (index->rd_index->indisunique && index->rd_index->indimmediate &&
		index->rd_index->indnkeyatts == key->ncolumns)
		arbiter = RelationGetRelid(index);
	index_close(index, NoLock);
	return arbiter;
}

/*
 * Inserts a row, under the active snapshot and as the store's owner, into a
 * table that store_direct_serves() and that is open and locked for writing;
 * triggers on it find the meaning by store_meaning().  Copies the row as it was
 * stored into the current memory context, unless stored is NULL.
 *
 * If insert->unless is not NULL, returns DIRECT_CONFLICT where somebody has
 * that key or may get it, without waiting for them.
 */
DirectOutcome
store_direct_insert(const StoreInsert *insert, Relation rel,
					const StoreRow *row, const void *meaning, StoreRow *stored)
{
	DirectWrite write = {insert->table, rel, insert->columns, row, stored};

	require_writable("INSERT");
	if (insert->unless != NULL)
	{
		write.arbiter = find_arbiter(insert->unless, rel);
		if (!OidIsValid(write.arbiter))
			return DIRECT_CONFLICT;
	}
	store_run_marked(run_write, &write, insert->table, meaning);
	return write.outcome;
}

/*
 * Changes a row as store_update() does, under the active snapshot.  Otherwise
 * as store_direct_insert().
 */
bool
store_direct_update(const StoreUpdate *update, Datum key, Datum same,
					Relation rel, const StoreRow *changed, const void *meaning,
					StoreRow *stored)
{
	StoreTable *table = update->key->table;
	DirectWrite write = {table, rel, update->columns, changed, stored};
	StoreScan	scan;
	bool		found;

	require_writable("UPDATE");
	store_scan_begin(&scan, update->key, &key);
	found = store_scan_next(&scan) &&
		store_scan_has(&scan, update->same, same) &&
		store_lock(&scan, LockTupleNoKeyExclusive) &&
		store_scan_has(&scan, update->key->columns[0], key) &&
		store_scan_has(&scan, update->same, same);
	if (found)
	{
		write.scan = &scan;
		store_run_marked(run_write, &write, table, meaning);
	}
	store_scan_end(&scan);
	return found;
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
