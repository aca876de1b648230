/*
 * http.h
 *		The HTTP operations of Connections.
 */
#ifndef CONNECT_CONNECTION_HTTP_H
#define CONNECT_CONNECTION_HTTP_H

extern void connection_http_init(void);

#endif							/* CONNECT_CONNECTION_HTTP_H */
