/*
 * request.h
 *		An HTTP request as nginx and PostgREST hand it on.
 */
#ifndef CONNECT_HTTP_REQUEST_H
#define CONNECT_HTTP_REQUEST_H

#include "resource/document.h"

typedef struct HttpRequest
{
	/* as sent, or NULL; id is nginx's capture of the path */
	text	   *id;
	char	   *query;
	char	   *request_id;
	char	   *idempotency_key;
	char	   *key_inflection;
	char	   *persona_version;
	bool		accepts_jsonapi;
	bytea	   *body;			/* NULL for GET */

	DocumentStyle style;
} HttpRequest;

extern void request_read(HttpRequest *request, bytea *body);
extern void request_check_headers(HttpRequest *request);
extern char *request_kebab(const char *key);

#endif							/* CONNECT_HTTP_REQUEST_H */
