/*
 * snapshot_key.h
 *		What a snapshot can see, as a key for what was found under it.
 */
#ifndef CONNECT_SNAPSHOT_KEY_H
#define CONNECT_SNAPSHOT_KEY_H

/* All zeroes is the key of no snapshot. */
typedef struct SnapshotKey
{
	uint64		epoch;
	TransactionId xmin;
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	bool		suboverflowed;
	bool		in_recovery;
	TransactionId own_xid;
	CommandId	curcid;			/* 0 without an own xid */
} SnapshotKey;

extern void snapshot_key_init(void);
extern void snapshot_key_take(SnapshotKey *key);
extern bool snapshot_key_is_current(const SnapshotKey *key);
extern void snapshot_key_expire_all(void);
extern uint64 snapshot_key_transactions(void);

#endif							/* CONNECT_SNAPSHOT_KEY_H */
