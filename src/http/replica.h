/*
 * replica.h
 *		Reading what a transaction has written, wherever one reads.
 */
#ifndef CONNECT_HTTP_REPLICA_H
#define CONNECT_HTTP_REPLICA_H

#include "http/request.h"

extern void replica_await(const HttpRequest *request, const text *organization);

#endif							/* CONNECT_HTTP_REPLICA_H */
