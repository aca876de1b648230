/*
 * history.h
 *		What the gate would have said at another time.
 */
#ifndef CONNECT_GATE_HISTORY_H
#define CONNECT_GATE_HISTORY_H

#include "utils/timestamp.h"

extern bool history_allowed(text *source, text *destination, const text *scope,
							TimestampTz at);

#endif							/* CONNECT_GATE_HISTORY_H */
