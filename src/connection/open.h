/*
 * open.h
 *		Which Connections wait for an answer, and which end by themselves, as
 *		two narrow tables.
 */
#ifndef CONNECT_CONNECTION_OPEN_H
#define CONNECT_CONNECTION_OPEN_H

#include "store/narrow.h"

/* The columns that both tables have. */
#define OPEN_COLUMNS(COLUMN, context) \
	COLUMN(context, OPEN_ID, id, TEXT, NOT_NULL, "id") \
	COLUMN(context, OPEN_SOURCE, source, TEXT, NOT_NULL, \
		   "source_organization_id") \
	COLUMN(context, OPEN_DESTINATION, destination, TEXT, NOT_NULL, \
		   "destination_organization_id")

/* The columns of the table of terms, which says when a Connection ends. */
#define TERM_COLUMNS(COLUMN, context) \
	OPEN_COLUMNS(COLUMN, context) \
	COLUMN(context, OPEN_ENDS_AT, ends_at, TIME, NOT_NULL, "ends_at")

enum
{
	TERM_COLUMNS(STORE_COLUMN_NUMBER, )
};

extern StoreTable open_table;

extern void open_init(void);

#endif							/* CONNECT_CONNECTION_OPEN_H */
