/*
 * query.h
 *		What the query string of a request may hold, and what it holds.
 */
#ifndef CONNECT_HTTP_QUERY_H
#define CONNECT_HTTP_QUERY_H

#include "http/request.h"

/* A parameter that an operation takes beside page[...] and fields[...]. */
typedef struct QueryParameter
{
	const char *name;			/* in kebab-case: "filter[status]" */
	/* tells whether a value is one that the rule allows; NULL: any text is */
	bool		(*check) (const char *value);
	const char *rule;
} QueryParameter;

typedef struct QueryShape
{
	bool		pages;			/* page[size], page[after], page[before] */
	/* number of a field by its kebab-case name, or -1; NULL: no fields[...] */
	int			(*field) (const char *name);
	/* ended by one without a name; or NULL */
	const QueryParameter *parameters;
} QueryShape;

typedef struct HttpQuery
{
	const QueryShape *shape;
	int			page_size;
	text	   *after;			/* or NULL */
	text	   *before;			/* or NULL */
	text	  **values;			/* by the parameters of the shape; or NULL */
} HttpQuery;

extern void query_parse(HttpRequest *request, const QueryShape *shape,
						const char *resource, HttpQuery *query);
extern text *query_value(const HttpQuery *query, const char *name);
extern char *query_parameter(const QueryShape *shape, const char *name);

#endif							/* CONNECT_HTTP_QUERY_H */
