/*
 * writer.h
 *		What the triggers on connect.connection have in common: for whom a row
 *		is written, and what is in it.
 */
#ifndef CONNECT_CONNECTION_WRITER_H
#define CONNECT_CONNECTION_WRITER_H

#include "connection/rows.h"
#include "event/subject.h"

extern const EventSubject connection_subject;

extern ConnectionWrite writer_current(Principal *who);
extern void writer_read(TriggerData *data, HeapTuple tuple, StoreRow *row,
						Connection *connection);
extern void writer_read_old(TriggerData *data, StoreRow *row, Connection *old);
extern int	writer_check_update(const ConnectionWrite *writer, Connection *old,
								const Connection *new, TimestampTz now);

#endif							/* CONNECT_CONNECTION_WRITER_H */
