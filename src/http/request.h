/*
 * request.h
 *		An HTTP request as nginx and PostgREST hand it on.
 */
#ifndef CONNECT_HTTP_REQUEST_H
#define CONNECT_HTTP_REQUEST_H

#include "nodes/pg_list.h"
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
	char	   *if_match;
	char	   *transaction;
	bool		accepts_jsonapi;
	bool		content_unsupported;	/* no body of this type can be read */
	bytea	   *body;			/* NULL for GET */

	DocumentStyle style;
	List	   *parameters;		/* of the query, as RequestParameter */
} HttpRequest;

/* A parameter of the query: in kebab-case, and as it was sent. */
typedef struct RequestParameter
{
	const char *key;
	const char *name;
} RequestParameter;

extern void request_read(HttpRequest *request, bytea *body);
extern void request_check_headers(HttpRequest *request);
extern void request_check_content(const HttpRequest *request);
extern char *request_kebab(const char *key);
extern char *request_inflected(const char *kebab, Inflection inflection);

#endif							/* CONNECT_HTTP_REQUEST_H */
