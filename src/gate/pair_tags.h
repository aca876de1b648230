/*
 * pair_tags.h
 *		Tags in shared memory that tell who changed a pair's Connection
 *		last.  With them the gate may keep what it found from one snapshot
 *		to the next.
 */
#ifndef CONNECT_GATE_PAIR_TAGS_H
#define CONNECT_GATE_PAIR_TAGS_H

#define PAIR_TAG_NONE UINT64CONST(0)

extern void pair_tags_init(void);
extern bool pair_tags_enabled(void);

/* for the writer */
extern void pair_tags_mark(uint32 hash);

/* for the reader: see pair_tags.c */
extern uint64 pair_tags_horizon(void);
extern uint64 pair_tag_to_use(uint32 hash, uint64 horizon);
extern uint64 pair_tag_to_keep(uint32 hash, uint64 horizon);

#endif							/* CONNECT_GATE_PAIR_TAGS_H */
