/*
 * snapshot_key.h
 *		Numbers what a snapshot can see.
 */
#ifndef CONNECT_BASE_SNAPSHOT_KEY_H
#define CONNECT_BASE_SNAPSHOT_KEY_H

/* The number of no snapshot. */
#define SNAPSHOT_KEY_NONE UINT64CONST(0)

extern void snapshot_key_init(void);
extern uint64 snapshot_key_current(void);
extern void snapshot_key_expire_all(void);
extern uint64 snapshot_key_transactions(void);

#endif							/* CONNECT_BASE_SNAPSHOT_KEY_H */
