/*
 * search.h
 *		Finding organizations by what their names or ids begin with.
 */
#ifndef CONNECT_ORGANIZATION_SEARCH_H
#define CONNECT_ORGANIZATION_SEARCH_H

#include "store/statement.h"

/*
 * The condition in SQL on a row o of connect.organization, in which parameters
 * are the texts of organization_search_texts().
 */
#define ORGANIZATION_NAME_BEGINS(from, to) \
	"(pg_catalog.lower(o.name) COLLATE pg_catalog.\"C\"" \
	" OPERATOR(pg_catalog.>=) " from \
	" AND pg_catalog.lower(o.name) COLLATE pg_catalog.\"C\"" \
	" OPERATOR(pg_catalog.<) " to ")"
#define ORGANIZATION_ID_BEGINS(from, to) \
	"(pg_catalog.lower(o.id) OPERATOR(pg_catalog.>=) " from \
	" AND pg_catalog.lower(o.id) OPERATOR(pg_catalog.<) " to ")"

#define ORGANIZATION_SEARCH_TEXTS 4

extern StoreQuery organization_search;

extern bool organization_search_texts(const text *beginning, text **texts);

#endif							/* CONNECT_ORGANIZATION_SEARCH_H */
