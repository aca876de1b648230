/*
 * body.h
 *		What the body of a request says.
 */
#ifndef CONNECT_HTTP_BODY_H
#define CONNECT_HTTP_BODY_H

#include "utils/array.h"

typedef struct HttpBody
{
	/* data; NULL where absent */
	char	   *type;
	char	   *id;
	text	   *destination;
	text	   *name;			/* empty to clear it */
	ArrayType  *scopes;

	/* meta; its scopes stand above */
	text	   *reason;

	/* pointer to the first member that we do not know, or NULL */
	char	   *unknown;
} HttpBody;

extern void body_read_resource(const bytea *json, bool is_new, HttpBody *body);
extern void body_read_meta(const bytea *json, HttpBody *body);

#endif							/* CONNECT_HTTP_BODY_H */
