/*
 * rows.h
 *		The history: one event a change, never changed itself.
 */
#ifndef CONNECT_EVENT_ROWS_H
#define CONNECT_EVENT_ROWS_H

#include "resource/resource.h"

#define EVENT_COLUMNS(COLUMN, context) \
	COLUMN(context, EVENT_ID, id, TEXT, NOT_NULL, "id") \
	COLUMN(context, EVENT_CONNECTION_ID, connection_id, TEXT, NOT_NULL, \
		   "connection_id") \
	COLUMN(context, EVENT_SOURCE, source, TEXT, NOT_NULL, \
		   "source_organization_id") \
	COLUMN(context, EVENT_DESTINATION, destination, TEXT, NOT_NULL, \
		   "destination_organization_id") \
	COLUMN(context, EVENT_ACTION, action, TEXT, NOT_NULL, "action") \
	COLUMN(context, EVENT_FROM_STATUS, from_status, LABEL, NULLABLE, \
		   "from_status") \
	COLUMN(context, EVENT_TO_STATUS, to_status, LABEL, NOT_NULL, "to_status") \
	COLUMN(context, EVENT_NAME, name, TEXT, NULLABLE, "name") \
	COLUMN(context, EVENT_SCOPES, scopes, TEXTS, NOT_NULL, "scopes") \
	COLUMN(context, EVENT_ACTOR_ORGANIZATION, actor_organization, TEXT, \
		   NULLABLE, "actor_organization_id") \
	COLUMN(context, EVENT_ACTOR_ID, actor_id, TEXT, NULLABLE, "actor_id") \
	COLUMN(context, EVENT_ACTOR_TYPE, actor_type, TEXT, NULLABLE, \
		   "actor_type") \
	COLUMN(context, EVENT_REASON, reason, TEXT, NULLABLE, "reason") \
	COLUMN(context, EVENT_REQUEST_ID, request_id, TEXT, NULLABLE, \
		   "request_id") \
	COLUMN(context, EVENT_CREATED_AT, created_at, TIME, NOT_NULL, \
		   "created_at")

enum
{
	EVENT_COLUMNS(STORE_COLUMN_NUMBER, )
};

/* One row of connect.event; it points into the tuple it was read from. */
typedef struct Event
{
	EVENT_COLUMNS(STORE_COLUMN_MEMBER, )
} Event;

extern StoreTable event_table;

extern void event_from_row(void *event, const StoreRow *from);
extern void event_insert(const Event *event);

#endif							/* CONNECT_EVENT_ROWS_H */
