/*
 * rows.h
 *		The history: one event a change, never changed itself.
 *
 * An event is of a subject, the row that changed: a Connection, or something
 * that belongs to one.  The events of a subject form a chain, which record.c
 * continues.
 */
#ifndef CONNECT_EVENT_ROWS_H
#define CONNECT_EVENT_ROWS_H

#include "resource/resource.h"

#define EVENT_COLUMNS(COLUMN, context) \
	COLUMN(context, EVENT_ID, id, TEXT, NOT_NULL, "id") \
	COLUMN(context, EVENT_SUBJECT_TYPE, subject_type, TEXT, \
		   NOT_NULL | ADDED, "subject_type") \
	COLUMN(context, EVENT_SUBJECT_ID, subject_id, TEXT, NOT_NULL | ADDED, \
		   "subject_id") \
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
	COLUMN(context, EVENT_SCOPES, scopes, TEXTS, NULLABLE, "scopes") \
	COLUMN(context, EVENT_RESPOND_BY, respond_by, TIME, NULLABLE | ADDED, \
		   "respond_by") \
	COLUMN(context, EVENT_EXPIRES_AT, expires_at, TIME, NULLABLE | ADDED, \
		   "expires_at") \
	COLUMN(context, EVENT_EFFECTIVE_AT, effective_at, TIME, \
		   NULLABLE | ADDED, "effective_at") \
	COLUMN(context, EVENT_ACTOR_ORGANIZATION, actor_organization, TEXT, \
		   NULLABLE, "actor_organization_id") \
	COLUMN(context, EVENT_ACTOR_ID, actor_id, TEXT, NULLABLE, "actor_id") \
	COLUMN(context, EVENT_ACTOR_TYPE, actor_type, TEXT, NULLABLE, \
		   "actor_type") \
	COLUMN(context, EVENT_REASON, reason, TEXT, NULLABLE, "reason") \
	COLUMN(context, EVENT_REQUEST_ID, request_id, TEXT, NULLABLE, \
		   "request_id") \
	COLUMN(context, EVENT_POSITION, position, XID, NOT_NULL | ADDED, \
		   "position") \
	COLUMN(context, EVENT_SEAL, seal, BYTES, NOT_NULL | ADDED, "seal") \
	COLUMN(context, EVENT_PERSONAL_SALT, personal_salt, BYTES, \
		   NULLABLE | ADDED, "personal_salt") \
	COLUMN(context, EVENT_PERSONAL_DIGEST, personal_digest, BYTES, \
		   NOT_NULL | ADDED, "personal_digest") \
	COLUMN(context, EVENT_TRANSACTION, transaction, XID, NOT_NULL, \
		   "transaction_id") \
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

/* An event with its times not set. */
#define EVENT_BLANK \
	.respond_by = DT_NOBEGIN, .expires_at = DT_NOBEGIN, \
	.effective_at = DT_NOBEGIN, .created_at = DT_NOBEGIN

extern StoreTable event_table;
extern StoreKey event_by_subject;

extern void event_from_row(void *event, const StoreRow *from);
extern bool event_insert(const Event *event);
extern bool event_last(text *subject_id, Event *event);

#endif							/* CONNECT_EVENT_ROWS_H */
