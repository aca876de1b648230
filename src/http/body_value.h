/*
 * body_value.h
 *		The values in the body of a request.
 */
#ifndef CONNECT_HTTP_BODY_VALUE_H
#define CONNECT_HTTP_BODY_VALUE_H

#include "http/body.h"

extern const char *body_shown_name(const JsonValue *member);
extern JsonValue *body_object(const JsonValue *parent, const char *name,
							  const char *pointer);
extern char *body_string(const JsonValue *parent, const char *name,
						 const char *pointer);
extern void *body_value(const JsonValue *member, MemberKind kind,
						const char *pointer);

#endif							/* CONNECT_HTTP_BODY_VALUE_H */
