/*
 * operation.h
 *		What an operation of the HTTP API is, described once.
 *
 * A resource has a table of its operations in its http.c, and registers it when
 * the module is loaded.  connect_api.routes() shows what is registered; nginx's
 * routes are made from that, and openapi.json and the dashboard are held
 * against it.
 */
#ifndef CONNECT_HTTP_OPERATION_H
#define CONNECT_HTTP_OPERATION_H

#include "http/body.h"
#include "http/query.h"
#include "identity/principal.h"

struct HttpCall;

typedef struct Operation
{
	const char *name;			/* of the SQL function in schema connect_api */
	const char *method;
	const char *path;			/* in which {id} stands for the id of a row */
	const Resource *resource;	/* that it is about */
	Permission	permission;
	int			success;		/* status of the answer if all goes well */
	QueryShape	query;
	BodyShape	body;
	void		(*perform) (struct HttpCall *call);
} Operation;

extern void http_register(const Operation *operations, int count);

#endif							/* CONNECT_HTTP_OPERATION_H */
