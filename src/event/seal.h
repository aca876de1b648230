/*
 * seal.h
 *		What ties the events of a subject to each other.
 */
#ifndef CONNECT_EVENT_SEAL_H
#define CONNECT_EVENT_SEAL_H

#include "event/rows.h"

extern void seal_event(Event *event, const bytea *last_seal);
extern bool seal_holds(const Event *event, const bytea *last_seal);
extern bool seal_personal_holds(const Event *event);

#endif							/* CONNECT_EVENT_SEAL_H */
