/*
 * read_ahead.h
 *		When the Connections of a destination are read in bulk, for
 *		pair_memo.c only.
 */
#ifndef CONNECT_GATE_READ_AHEAD_H
#define CONNECT_GATE_READ_AHEAD_H

#include "gate/rows.h"

/* Keeps what was read; returns false if there is no room for more. */
typedef bool (*ReadAheadKeep) (const text *source, const Grant *grant);

extern void read_ahead_forget(void);
extern void read_ahead_look_anew(void);
extern bool read_ahead_count_miss(int destination);
extern bool read_ahead_is_complete(int destination);
extern void read_ahead(const text *destination, ReadAheadKeep keep);

#endif							/* CONNECT_GATE_READ_AHEAD_H */
