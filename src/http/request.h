/*
 * request.h
 *		An HTTP request as nginx and PostgREST hand it on.
 */
#ifndef CONNECT_HTTP_REQUEST_H
#define CONNECT_HTTP_REQUEST_H

#include "resource/document.h"

typedef struct HttpRequest
{
	/* as sent, or NULL; connection_id is nginx's capture of the path */
	text	   *connection_id;
	char	   *query;
	char	   *request_id;
	char	   *idempotency_key;
	char	   *key_inflection;
	char	   *persona_version;
	bool		accepts_jsonapi;
	bytea	   *body;			/* NULL for GET */

	DocumentStyle style;
} HttpRequest;

/* Which query parameters an operation takes; kinds add up. */
#define QUERY_FIELDS	0x01
#define QUERY_PAGE		0x02
#define QUERY_FILTER	0x04

extern void request_read(HttpRequest *request, bytea *body);
extern void request_check_headers(HttpRequest *request);
extern void request_parse_query(HttpRequest *request, int kinds,
								const Resource *resource, ListRequest *list);
extern char *request_kebab(const char *key);

#endif							/* CONNECT_HTTP_REQUEST_H */
