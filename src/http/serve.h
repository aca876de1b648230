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
} HttpCall;

extern Datum http_answer(const Operation *operation, FunctionCallInfo fcinfo);
extern void http_respond(HttpCall *call, const JsonWriter *document);

#endif							/* CONNECT_HTTP_SERVE_H */
