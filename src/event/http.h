/*
 * http.h
 *		The HTTP operations of events.
 */
#ifndef CONNECT_EVENT_HTTP_H
#define CONNECT_EVENT_HTTP_H

extern void event_http_init(void);

#endif							/* CONNECT_EVENT_HTTP_H */
