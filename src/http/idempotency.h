/*
 * idempotency.h
 *		Answering a repeated request as the first time.
 */
#ifndef CONNECT_HTTP_IDEMPOTENCY_H
#define CONNECT_HTTP_IDEMPOTENCY_H

#include "http/response.h"

extern bool idempotency_replay(const HttpRequest *request,
							   const Operation *operation,
							   text *organization, HttpResponse *response);
extern void idempotency_remember(const HttpRequest *request,
								 const Operation *operation,
								 text *organization,
								 const HttpResponse *response);

#endif							/* CONNECT_HTTP_IDEMPOTENCY_H */
