/*
 * fill.h
 *		Bringing the events of an older store up to date.
 */
#ifndef CONNECT_EVENT_FILL_H
#define CONNECT_EVENT_FILL_H

extern void event_fill(void);

#endif							/* CONNECT_EVENT_FILL_H */
