/*
 * snapshot_key.h
 *		What a snapshot can see, as a number to keep beside what was found
 *		under it.
 */
#ifndef CONNECT_BASE_SNAPSHOT_KEY_H
#define CONNECT_BASE_SNAPSHOT_KEY_H

/* The key of no snapshot; never current. */
#define SNAPSHOT_KEY_NONE UINT64CONST(0)

extern void snapshot_key_init(void);
extern uint64 snapshot_key_current(void);
extern void snapshot_key_expire_all(void);
extern uint64 snapshot_key_transactions(void);

#endif							/* CONNECT_BASE_SNAPSHOT_KEY_H */
