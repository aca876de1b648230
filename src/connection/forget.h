/*
 * forget.h
 *		Forgetting who created Connections.
 */
#ifndef CONNECT_CONNECTION_FORGET_H
#define CONNECT_CONNECTION_FORGET_H

extern void connection_forget_init(void);

#endif							/* CONNECT_CONNECTION_FORGET_H */
