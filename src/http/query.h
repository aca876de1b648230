/*
 * query.h
 *		What the query string of a request may hold, and what it holds.
 */
#ifndef CONNECT_HTTP_QUERY_H
#define CONNECT_HTTP_QUERY_H

#include "http/request.h"

/*
 * Which parameters an operation takes; fields and filters are those of its
 * resource.
 */
typedef struct QueryShape
{
	bool		pages;			/* page[size], page[after], page[before] */
	bool		fields;			/* fields[...] */
	bool		filters;		/* filter[...] */
} QueryShape;

extern void query_parse(HttpRequest *request, const QueryShape *shape,
						const Resource *resource, ListRequest *list);
extern const char *query_parameter(const HttpRequest *request,
								   const QueryShape *shape,
								   const Resource *resource,
								   const char *argument);

#endif							/* CONNECT_HTTP_QUERY_H */
