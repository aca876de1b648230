/*
 * horizon.h
 *		Up to where the history is complete.
 */
#ifndef CONNECT_EVENT_HORIZON_H
#define CONNECT_EVENT_HORIZON_H

#include "utils/timestamp.h"

extern uint64 horizon_position(void);
extern TimestampTz horizon_time(void);

#endif							/* CONNECT_EVENT_HORIZON_H */
