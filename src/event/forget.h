/*
 * forget.h
 *		Forgetting a person.
 */
#ifndef CONNECT_EVENT_FORGET_H
#define CONNECT_EVENT_FORGET_H

/* Forgets a person in a table of subjects. */
typedef void (*ForgetActor) (text *organization, text *actor_id);

extern void event_register_forget(ForgetActor forget);
extern int64 event_forget(text *organization, text *actor_id);

#endif							/* CONNECT_EVENT_FORGET_H */
