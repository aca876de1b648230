/*
 * row_time.h
 *		The time at which a row is written, read once for all its triggers.
 */
#ifndef CONNECT_STORE_ROW_TIME_H
#define CONNECT_STORE_ROW_TIME_H

#include "store/trigger.h"

extern TimestampTz row_time_read(const TriggerData *data, const text *id);
extern TimestampTz row_time_take(const TriggerData *data, const text *id);

#endif							/* CONNECT_STORE_ROW_TIME_H */
