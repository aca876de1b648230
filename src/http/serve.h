/*
 * serve.h
 *		Answering a request from beginning to end.
 */
#ifndef CONNECT_HTTP_SERVE_H
#define CONNECT_HTTP_SERVE_H

#include "fmgr.h"
#include "http/operation.h"
#include "http/response.h"

/* One request on its way. */
typedef struct HttpCall
{
	const Operation *operation;
	HttpRequest request;
	ListRequest list;
	HttpBody	body;
	Principal	who;
	HttpResponse response;
	bool		is_patient;		/* has a place to wait for a lock in */
	bool		again;			/* it has just got one, so there is no answer
								 * yet */
} HttpCall;

extern Datum http_answer(const Operation *operation, FunctionCallInfo fcinfo);
extern void http_respond(HttpCall *call, const JsonWriter *document);

#endif							/* CONNECT_HTTP_SERVE_H */
