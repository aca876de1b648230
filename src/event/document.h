/*
 * document.h
 *		Events as a resource.
 */
#ifndef CONNECT_EVENT_DOCUMENT_H
#define CONNECT_EVENT_DOCUMENT_H

#include "resource/resource.h"

/* The filters of lists of events. */
enum
{
	EVENT_FILTER_SUBJECT_TYPE
};

extern const Resource event_resource;

extern void event_narrow_to_connection(PageQuery *query, text *connection_id,
									   const text *subject_type);

#endif							/* CONNECT_EVENT_DOCUMENT_H */
