/*
 * rows.h
 *		What the gate reads of Connections.
 */
#ifndef CONNECT_GATE_ROWS_H
#define CONNECT_GATE_ROWS_H

#include "connection/terms.h"

/* What a Connection grants, and until when it does by itself. */
typedef struct Grant
{
	int			status;			/* CONNECTION_NONE where there is none */
	TimestampTz ends;			/* or TERM_NEVER */
	ArrayType  *scopes;			/* or NULL */
} Grant;

/* One of a destination's Connections. */
typedef struct GrantedSource
{
	text	   *id;
	text	   *source;
	Grant		grant;
} GrantedSource;

extern bool gate_read_pair(const text *source, const text *destination,
						   Grant *grant);
extern bool gate_lock_pair(text *source, text *destination,
						   Connection *connection);
extern void gate_destination_begin(StoreScan *scan, const text *destination,
								   const text *after);
extern bool gate_destination_next(StoreScan *scan, GrantedSource *next);

#endif							/* CONNECT_GATE_ROWS_H */
