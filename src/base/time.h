/*
 * time.h
 *		Times as documents write them.
 */
#ifndef CONNECT_BASE_TIME_H
#define CONNECT_BASE_TIME_H

#include "datatype/timestamp.h"

extern text *time_text(TimestampTz time);
extern bool time_parse(const char *string, TimestampTz *time);

#endif							/* CONNECT_BASE_TIME_H */
