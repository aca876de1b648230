/*
 * open.h
 *		Which share tokens are still to be redeemed or fulfilled, as a narrow
 *		table.
 */
#ifndef CONNECT_SHARE_TOKEN_OPEN_H
#define CONNECT_SHARE_TOKEN_OPEN_H

#include "store/table.h"

#define OPEN_TOKEN_COLUMNS(COLUMN, context) \
	COLUMN(context, OPEN_TOKEN_ID, id, TEXT, NOT_NULL, "id") \
	COLUMN(context, OPEN_TOKEN_CONNECTION_ID, connection_id, TEXT, NOT_NULL, \
		   "connection_id") \
	COLUMN(context, OPEN_TOKEN_SOURCE, source, TEXT, NOT_NULL, \
		   "source_organization_id") \
	COLUMN(context, OPEN_TOKEN_DESTINATION, destination, TEXT, NOT_NULL, \
		   "destination_organization_id") \
	COLUMN(context, OPEN_TOKEN_STATUS, status, TEXT, NOT_NULL, "status") \
	COLUMN(context, OPEN_TOKEN_ENDS_AT, ends_at, TIME, NOT_NULL, "ends_at")

enum
{
	OPEN_TOKEN_COLUMNS(STORE_COLUMN_NUMBER, )
};

extern StoreTable open_token_table;

extern void open_token_init(void);

#endif							/* CONNECT_SHARE_TOKEN_OPEN_H */
