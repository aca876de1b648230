/*
 * http.h
 *		The HTTP operations of scopes.
 */
#ifndef CONNECT_SCOPE_HTTP_H
#define CONNECT_SCOPE_HTTP_H

extern void scope_http_init(void);

#endif							/* CONNECT_SCOPE_HTTP_H */
