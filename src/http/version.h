/*
 * version.h
 *		ETag and If-Match: the version of a row.
 */
#ifndef CONNECT_HTTP_VERSION_H
#define CONNECT_HTTP_VERSION_H

#include "http/request.h"

extern char *version_tag(const char *version);
extern void version_require(const HttpRequest *request, const char *tag);

#endif							/* CONNECT_HTTP_VERSION_H */
