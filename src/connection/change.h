/*
 * change.h
 *		May this principal make this change?
 */
#ifndef CONNECT_CONNECTION_CHANGE_H
#define CONNECT_CONNECTION_CHANGE_H

#include "connection/connection.h"
#include "identity/principal.h"

#define NAME_MAX_CHARS 255
#define REASON_MAX_CHARS 1000
#define ACTOR_MAX_CHARS 255

extern Parties change_parties(const Principal *who, const Connection *connection);
extern void change_check_action(const Principal *who, ConnectionAction action,
								const Connection *connection);
extern ConnectionAction change_check_update(const Principal *who, const Connection *old,
											const Connection *changed);
extern void change_check_registered(const Principal *who, const Connection *connection);
extern void change_check_insert(const Principal *who, const Connection *connection);
extern void change_require_id(const text *id, const char *field);
extern void change_check_name(const text *name);
extern void change_check_length(const text *value, int limit, int code, const char *field);
extern ArrayType *change_normalise_names(ArrayType *list, const char *field);
extern ArrayType *change_normalise_scopes(ArrayType *scopes);
extern void change_compare_scopes(ArrayType *before, ArrayType *after, bool *added, bool *removed);

#endif							/* CONNECT_CONNECTION_CHANGE_H */
