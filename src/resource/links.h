/*
 * links.h
 *		Links to the pages of a list.
 */
#ifndef CONNECT_RESOURCE_LINKS_H
#define CONNECT_RESOURCE_LINKS_H

#include "resource/document.h"

extern void link_append(StringInfo path, const char *name, const char *value);
extern void link_write_page(JsonWriter *out, const char *key, const char *path,
							const DocumentStyle *style,
							const Resource *resource,
							const ListRequest *request, const char *side,
							const char *cursor);

#endif							/* CONNECT_RESOURCE_LINKS_H */
