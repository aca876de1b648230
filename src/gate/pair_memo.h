/*
 * pair_memo.h
 *		The gate's answers, remembered.
 */
#ifndef CONNECT_GATE_PAIR_MEMO_H
#define CONNECT_GATE_PAIR_MEMO_H

#include "gate/access.h"

extern void pair_memo_init(void);
extern Access pair_memo_check(const text *source, const text *destination,
							  const text *scope, TimestampTz *ends);

#endif							/* CONNECT_GATE_PAIR_MEMO_H */
