/*
 * feed.h
 *		The events of an organization in the order of the outbox.
 */
#ifndef CONNECT_EVENT_FEED_H
#define CONNECT_EVENT_FEED_H

#include "resource/document.h"

#define FEED_PATH "/api/v1/connect/events/feed"
#define FEED_PAGE_SIZE 100

extern Feed event_feed(const Principal *reader, text *after,
					   const char *after_name, int page_size);

#endif							/* CONNECT_EVENT_FEED_H */
