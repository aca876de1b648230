/*
 * rows.h
 *		What the gate reads of Connections.
 */
#ifndef CONNECT_GATE_ROWS_H
#define CONNECT_GATE_ROWS_H

#include "connection/rows.h"

extern bool gate_read_pair(const text *source, const text *destination,
						   int *status, ArrayType **scopes);
extern bool gate_lock_pair(text *source, text *destination, int *status,
						   ArrayType **scopes);
extern void gate_destination_begin(StoreScan *scan, const text *destination,
								   const text *after);
extern bool gate_destination_next(StoreScan *scan, Connection *connection);

#endif							/* CONNECT_GATE_ROWS_H */
