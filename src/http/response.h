/*
 * response.h
 *		The answer to an HTTP request.
 */
#ifndef CONNECT_HTTP_RESPONSE_H
#define CONNECT_HTTP_RESPONSE_H

#include "http/operation.h"

typedef struct HttpResponse
{
	int			status;
	char	   *body;
	char	   *location;		/* or NULL */
	char	   *etag;			/* or NULL */
	char	   *transaction;	/* that wrote, or NULL */
	bool		replayed;		/* a stored answer to an earlier request */
} HttpResponse;

struct HttpCall;

extern void response_from_error(struct HttpCall *call, ErrorData *error);
extern void response_send(const HttpRequest *request, const text *organization,
						  const HttpResponse *response);

#endif							/* CONNECT_HTTP_RESPONSE_H */
