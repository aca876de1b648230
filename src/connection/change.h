/*
 * change.h
 *		May this principal make this change of a Connection?
 */
#ifndef CONNECT_CONNECTION_CHANGE_H
#define CONNECT_CONNECTION_CHANGE_H

#include "connection/rows.h"

extern Parties change_parties(const Principal *who,
							  const Connection *connection);
extern void change_check_action(const Principal *who, ConnectionAction action,
								const Connection *connection);
extern int	change_check_update(const Principal *who, const Connection *old,
								const Connection *changed, int told,
								TimestampTz now);
extern void change_check_registered(const Principal *who,
									const Connection *connection);
extern void change_check_insert(const Principal *who,
								const Connection *connection,
								bool with_scopes, TimestampTz now);
extern ArrayType *change_sort_scopes(ArrayType *scopes);

#endif							/* CONNECT_CONNECTION_CHANGE_H */
