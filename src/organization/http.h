/*
 * http.h
 *		The HTTP operations of organizations.
 */
#ifndef CONNECT_ORGANIZATION_HTTP_H
#define CONNECT_ORGANIZATION_HTTP_H

extern void organization_http_init(void);

#endif							/* CONNECT_ORGANIZATION_HTTP_H */
