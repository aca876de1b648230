/*
 * open.h
 *		Which Connections wait for an answer, as a narrow table.
 */
#ifndef CONNECT_CONNECTION_OPEN_H
#define CONNECT_CONNECTION_OPEN_H

#include "connection/rows.h"

#define OPEN_COLUMNS(COLUMN, context) \
	COLUMN(context, OPEN_ID, id, TEXT, NOT_NULL, "id") \
	COLUMN(context, OPEN_SOURCE, source, TEXT, NOT_NULL, \
		   "source_organization_id") \
	COLUMN(context, OPEN_DESTINATION, destination, TEXT, NOT_NULL, \
		   "destination_organization_id")

enum
{
	OPEN_COLUMNS(STORE_COLUMN_NUMBER, )
};

extern StoreTable open_table;

extern void open_add(const Connection *connection);
extern void open_follow(const Connection *old, const Connection *changed);

#endif							/* CONNECT_CONNECTION_OPEN_H */
