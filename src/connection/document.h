/*
 * document.h
 *		Connections as a resource.
 */
#ifndef CONNECT_CONNECTION_DOCUMENT_H
#define CONNECT_CONNECTION_DOCUMENT_H

#include "resource/resource.h"

/* The numbers of a list's filters. */
enum
{
	FILTER_STATUS,
	FILTER_BOUND,				/* inbound or outbound */
	FILTER_SOURCE,
	FILTER_DESTINATION,
	FILTER_EXPIRES_BEFORE,
	FILTER_PARTNER				/* what its name or id begins with */
};

extern const Resource connection_resource;

extern char *connection_events_path(const text *id);

#endif							/* CONNECT_CONNECTION_DOCUMENT_H */
