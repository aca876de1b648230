/*
 * repeated.h
 *		What a PATCH repeats of the document that it changes.
 */
#ifndef CONNECT_HTTP_REPEATED_H
#define CONNECT_HTTP_REPEATED_H

#include "http/body.h"

extern void repeated_check(const HttpBody *body, const Resource *resource,
						   const Principal *reader, const void *row);

#endif							/* CONNECT_HTTP_REPEATED_H */
