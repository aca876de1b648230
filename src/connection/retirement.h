/*
 * retirement.h
 *		Connections of organizations that are being retired.
 */
#ifndef CONNECT_CONNECTION_RETIREMENT_H
#define CONNECT_CONNECTION_RETIREMENT_H

#include "connection/rows.h"

extern void retirement_check(const Connection *connection, int action);

#endif							/* CONNECT_CONNECTION_RETIREMENT_H */
