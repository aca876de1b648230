/*
 * pair_tags.c
 *		Who changed a pair's Connection last, in shared memory: lets the gate
 *		keep what it found from one snapshot to the next.
 *
 * Only where the module is in shared_preload_libraries; else the gate keeps
 * nothing longer than a snapshot (snapshot_key.c).
 *
 * Pairs hash into slots of one full transaction id each.  A writer of a pair
 * raises its slot to its own top id before it commits: a trigger does that, and
 * nothing else.  The tag of a pair is its slot, or the floor if that is above.
 *
 * A reader may keep what it found under a tag, and may use it again while the
 * tag is the same, both only under snapshots whose xmin, the horizon, lies
 * above the tag.  Every writer that was registered by then is over and seen by
 * each of these snapshots alike.  One that was not is seen by none of them,
 * for it registers before it commits; and it changes the tag when it does, to
 * one that is not below a horizon before it is over.  A transaction that
 * writes itself, or reads as SERIALIZABLE, takes no tags: its own changes are
 * not marked at once, and reads that it skipped would not count as read.  No
 * lock is needed; long transactions hold the horizon back, which makes readers
 * slower, never wrong.
 *
 * The floor stands for what no trigger marks:
 *   * transactions from before the start, such as prepared ones: it begins at
 *     the next id to be given;
 *   * changes to the table as a whole, such as TRUNCATE, a rewrite, or triggers
 *     switched off: the session that makes them raises it, before it commits,
 *     in the relcache callback, to the next id to be given.  So whoever reads
 *     above that floor sees the change itself.
 * Hence, under one floor, the trigger is there for all snapshots above it or
 * for none, and looking once at the catalog, under such a snapshot, tells
 * which. Stores must be known for their changes to be noticed: a reader
 * announces the table before it keeps anything, which raises the floor too.
 *
 * On a standby triggers do not fire, and no tags are taken.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/transam.h"
#include "access/xact.h"
#include "catalog/pg_trigger.h"
#include "commands/trigger.h"
#include "base/preload.h"
#include "gate/pair_tags.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/lmgr.h"
#include "storage/shmem.h"
#include "gate/rows.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#define SLOTS 4096
#define STORES 64

/* The trigger that marks, as connect.store_definition() makes it. */
#define MARKING_TRIGGER "zz_mark_pair"
#define MARKING_FUNCTION "mark_pair"

typedef struct PairTags
{
	pg_atomic_uint64 floor;		/* 0 until the first use */
	pg_atomic_uint64 stores[STORES];	/* database and table, or 0 */
	pg_atomic_uint64 slots[SLOTS];
} PairTags;

static PairTags *tags = NULL;

static shmem_request_hook_type previous_request_hook = NULL;
static shmem_startup_hook_type previous_startup_hook = NULL;

/* Whether all changes are marked, as it was found under a floor. */
static uint64 looked_at_floor = 0;
static bool all_marked = false;

static void
request_memory(void)
{
	if (previous_request_hook != NULL)
		previous_request_hook();
	RequestAddinShmemSpace(MAXALIGN(sizeof(PairTags)));
}

static void
attach_memory(void)
{
	bool		found;

	if (previous_startup_hook != NULL)
		previous_startup_hook();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	tags = ShmemInitStruct("connect pair tags", sizeof(PairTags), &found);
	if (!found)
	{
		pg_atomic_init_u64(&tags->floor, 0);
		for (int i = 0; i < STORES; i++)
			pg_atomic_init_u64(&tags->stores[i], 0);
		for (int i = 0; i < SLOTS; i++)
			pg_atomic_init_u64(&tags->slots[i], 0);
	}
	LWLockRelease(AddinShmemInitLock);
}

/* Raises a number that others may be raising too. */
static void
raise_to(pg_atomic_uint64 *number, uint64 value)
{
	uint64		present = pg_atomic_read_u64(number);

	while (present < value && !pg_atomic_compare_exchange_u64(number, &present,
															  value))
		;
}

/* Makes all that was kept so far useless, everywhere. */
static void
raise_floor(void)
{
	raise_to(&tags->floor,
			 U64FromFullTransactionId(ReadNextFullTransactionId()));
}

static inline uint64
store_number(Oid relid)
{
	return ((uint64) MyDatabaseId << 32) | relid;
}

/*
 * Raises the floor when this session has changed a store's table; a change
 * without an id leaves its rows as they are.
 */
static void
table_changed(Oid relid)
{
	if (tags == NULL || !OidIsValid(relid) ||
		!TransactionIdIsValid(GetTopTransactionIdIfAny()))
		return;
	for (int i = 0; i < STORES; i++)
	{
		uint64		store = pg_atomic_read_u64(&tags->stores[i]);

		if (store == 0)
			break;
		if (store == store_number(relid))
			raise_floor();
	}
}

/*
 * Announces this database's store; false if it was not known yet, or there is
 * no room.
 */
static bool
is_known_store(Oid relid)
{
	for (int i = 0; i < STORES; i++)
	{
		uint64		store = pg_atomic_read_u64(&tags->stores[i]);

		if (store == store_number(relid))
			return true;
		/*
		 * free, or of a store that this one came after; else somebody has just
		 * taken it
		 */
		if ((store == 0 || store >> 32 == MyDatabaseId) &&
			pg_atomic_compare_exchange_u64(&tags->stores[i], &store,
										   store_number(relid)))
		{
			raise_floor();
			return false;
		}
	}
	return false;
}

/* Asks for shared memory, if preloaded; called once, at load. */
void
pair_tags_init(void)
{
	if (!connect_preloaded)
		return;
	previous_request_hook = shmem_request_hook;
	shmem_request_hook = request_memory;
	previous_startup_hook = shmem_startup_hook;
	shmem_startup_hook = attach_memory;
	store_watch_relations(table_changed);
}

/* Are there any tags? */
bool
pair_tags_enabled(void)
{
	return tags != NULL;
}

static inline pg_atomic_uint64 *
slot_of(uint32 hash)
{
	return &tags->slots[(hash ^ (MyDatabaseId * 0x9E3779B1u)) % SLOTS];
}

/* Registers the present transaction as a writer of the pair with this hash. */
void
pair_tags_mark(uint32 hash)
{
	raise_to(slot_of(hash),
			 U64FromFullTransactionId(GetTopFullTransactionId()));
}

/*
 * Returns what lies above every tag that the active snapshot may take; 0 if it
 * may take none.
 */
uint64
pair_tags_horizon(void)
{
	Snapshot	snapshot = GetActiveSnapshot();
	uint64		next;

	if (tags == NULL || snapshot->snapshot_type != SNAPSHOT_MVCC ||
		snapshot->takenDuringRecovery ||
		TransactionIdIsValid(GetTopTransactionIdIfAny()) ||
		IsolationIsSerializable())
		return 0;
	if (pg_atomic_read_u64(&tags->floor) == 0)
		raise_floor();
	/* the snapshot's id lies less than an epoch behind the next one */
	next = U64FromFullTransactionId(ReadNextFullTransactionId());
	return next - (TransactionId) ((TransactionId) next - snapshot->xmin);
}

static inline uint64
tag_below(uint64 floor, uint32 hash, uint64 horizon)
{
	uint64		tag = Max(floor, pg_atomic_read_u64(slot_of(hash)));

	return tag < horizon ? tag : PAIR_TAG_NONE;
}

/*
 * Returns the tag under which something kept may be used, for a snapshot with
 * this horizon.
 */
uint64
pair_tag_to_use(uint32 hash, uint64 horizon)
{
	return horizon == 0 ? PAIR_TAG_NONE :
		tag_below(pg_atomic_read_u64(&tags->floor), hash, horizon);
}

/*
 * Is this the trigger that create_store() made, for every writer and every row?
 */
static bool
is_marking_trigger(HeapTuple tuple)
{
	Form_pg_trigger trigger = (Form_pg_trigger) GETSTRUCT(tuple);
	int16		always = TRIGGER_TYPE_ROW | TRIGGER_TYPE_INSERT |
		TRIGGER_TYPE_UPDATE | TRIGGER_TYPE_DELETE;
	char	   *function = get_func_name(trigger->tgfoid);

	return trigger->tgenabled == TRIGGER_FIRES_ALWAYS &&
		trigger->tgtype == always &&
		trigger->tgattr.dim1 == 0 &&
		heap_attisnull(tuple, Anum_pg_trigger_tgqual, NULL) &&
		function != NULL && strcmp(function, MARKING_FUNCTION) == 0 &&
		get_func_namespace(trigger->tgfoid) ==
		get_rel_namespace(trigger->tgrelid);
}

/* Does the active snapshot see the trigger on the store's table? */
static bool
sees_marking_trigger(Oid relid)
{
	Relation	catalog = table_open(TriggerRelationId, AccessShareLock);
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		sees;

	ScanKeyInit(&keys[0], Anum_pg_trigger_tgrelid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(relid));
	ScanKeyInit(&keys[1], Anum_pg_trigger_tgname, BTEqualStrategyNumber,
				F_NAMEEQ, CStringGetDatum(MARKING_TRIGGER));
	scan = systable_beginscan(catalog, TriggerRelidNameIndexId, true,
							  GetActiveSnapshot(), 2, keys);
	tuple = systable_getnext(scan);
	sees = HeapTupleIsValid(tuple) && is_marking_trigger(tuple);
	systable_endscan(scan);
	table_close(catalog, AccessShareLock);
	return sees;
}

/* Are all changes marked, under this floor? */
static bool
look_at_trigger(uint64 floor)
{
	Oid			relid = store_relation_id(&connection_table);

	/* so that it is not dropped, and another one announced, meanwhile */
	LockRelationOid(relid, AccessShareLock);
	if (store_relation_id(&connection_table) != relid || !is_known_store(relid))
		return false;
	all_marked = sees_marking_trigger(relid);
	looked_at_floor = floor;
	return all_marked;
}

/*
 * Returns the tag under which what the active snapshot, the one of the horizon,
 * sees of a pair may be kept.  Raises store_missing.
 */
uint64
pair_tag_to_keep(uint32 hash, uint64 horizon)
{
	uint64		floor;

	if (horizon == 0)
		return PAIR_TAG_NONE;
	floor = pg_atomic_read_u64(&tags->floor);
	if (floor >= horizon || !(floor == looked_at_floor ?
							  all_marked : look_at_trigger(floor)))
		return PAIR_TAG_NONE;
	return tag_below(floor, hash, horizon);
}
