/*
 * pair_tags.c
 *		Tags in shared memory that tell who changed a pair's Connection
 *		last.  With them the gate may keep what it found from one snapshot
 *		to the next.
 *
 * There are tags only where the module is in shared_preload_libraries.
 * Elsewhere the gate keeps nothing longer than a snapshot (snapshot_key.c).
 *
 * The hash of a pair chooses one of many slots, and a slot holds a full
 * transaction id.  Whoever writes a pair's row raises the pair's slot to the id
 * of its own top-level transaction before it commits.  A trigger does that, and
 * nothing else does.  The tag of a pair is the id in its slot, or the floor
 * (see below) if that is higher.
 *
 * A reader may keep what it found of a pair together with the pair's tag.  A
 * reader may use what was kept if the tag is still the same.  Both may do so
 * only under a snapshot whose xmin, called the horizon, lies above the tag.
 *
 * To see that this is right, take any writer of the pair, and two readings of
 * one and the same tag: the first to keep what was found, the second to use it.
 *   * A writer that had raised the slot before the first reading has an id that
 *     is not above the tag.  So its id lies below both horizons: it had ended
 *     before both snapshots were taken, and both see what it did.
 *   * A writer that raises the slot between the two readings was not over when
 *     the first snapshot was taken.  So its id is not below the first horizon,
 *     and thus above the tag.  It changes the tag, and what was kept is not
 *     used.
 *   * A writer that raises the slot after the second reading has not committed
 *     by then, so neither snapshot sees what it did.
 *
 * A transaction that has written something, or that is SERIALIZABLE, takes no
 * tags: its own changes are not marked at once, and what it did not read itself
 * would not count as read.  No lock is needed.  A long transaction holds the
 * horizon back, which makes readers slower, never wrong.
 *
 * The floor stands for changes that no trigger marks:
 *   * Transactions from before the start of the server, such as prepared ones,
 *     have left no mark in this memory.  So the floor begins at the next id to
 *     be given.
 *   * Changes of the table as a whole are not changes of rows: TRUNCATE, a
 *     rewrite, triggers switched off.  The session that makes such a change
 *     raises the floor to the next id to be given, in the relcache callback,
 *     before it commits.  So every snapshot whose horizon is above that floor
 *     sees the change itself.
 *
 * Hence, as long as the floor is the same, either all snapshots above it see
 * the marking trigger or none does.  It is enough to look once at the catalog,
 * under such a snapshot.  Changes of a store's table are noticed only if the
 * table is known.  So a reader announces the table before it keeps anything,
 * and that raises the floor too.
 *
 * On a standby triggers do not fire, so no tags are taken there.
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
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "gate/rows.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#define SLOTS 4096
#define STORES 64

/* The trigger that marks, as connect.store_definition() describes it. */
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

/* Are all changes marked?  This was found under the floor beside it. */
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

/* Raises a number in shared memory, which others may be raising too. */
static void
raise_to(pg_atomic_uint64 *number, uint64 value)
{
	uint64		present = pg_atomic_read_u64(number);

	while (present < value && !pg_atomic_compare_exchange_u64(number, &present,
															  value))
		;
}

/* Makes everything that was kept so far useless, in all sessions. */
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
 * Raises the floor if this session has changed a store's table.  A session
 * without a transaction id has not: it has news of somebody else's change, or
 * it runs a command such as VACUUM, which leaves the rows as they are.
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
 * Announces this database's store.  Returns false if it was not known before,
 * or if there is no room for it.
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
		 * The place is free, or it holds an earlier store of this database.  If
		 * the exchange fails, somebody else has just taken the place.
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

/* Asks for shared memory if the module is preloaded; called once, at load. */
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

/* Registers the current transaction as a writer of the pair with this hash. */
void
pair_tags_mark(uint32 hash)
{
	raise_to(slot_of(hash),
			 U64FromFullTransactionId(GetTopFullTransactionId()));
}

/*
 * Returns the horizon of the active snapshot, below which a tag must lie for
 * the snapshot to take it; 0 if it may take none.
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
	/* xmin has no epoch, but lies less than one epoch behind the next id. */
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
 * Returns the tag that something kept must have for a snapshot with this
 * horizon to use it; PAIR_TAG_NONE if the snapshot may use nothing.
 */
uint64
pair_tag_to_use(uint32 hash, uint64 horizon)
{
	return horizon == 0 ? PAIR_TAG_NONE :
		tag_below(pg_atomic_read_u64(&tags->floor), hash, horizon);
}

/*
 * Is this the trigger that create_store() made, and does it fire for every
 * writer and every row?
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

/* Are all changes marked, as long as the floor is this one? */
static bool
look_at_trigger(uint64 floor)
{
	Oid			relid = store_relation_id(&connection_table);

	/*
	 * The lock keeps the table from being dropped, and another one from being
	 * announced, in between.
	 */
	LockRelationOid(relid, AccessShareLock);
	if (store_relation_id(&connection_table) != relid || !is_known_store(relid))
		return false;
	all_marked = sees_marking_trigger(relid);
	looked_at_floor = floor;
	return all_marked;
}

/*
 * Returns the tag under which may be kept what the active snapshot, whose
 * horizon this is, sees of a pair; PAIR_TAG_NONE if it may not be kept.  Raises
 * store_missing.
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
