/*
 * acting.h
 *		For whom a gateway says that it acts in this transaction.
 */
#ifndef CONNECT_IDENTITY_ACTING_H
#define CONNECT_IDENTITY_ACTING_H

/* What acting_read() finds; id and type may be NULL. */
typedef struct Acting
{
	const char *organization;
	const char *actor_type;
	const char *actor_id;
} Acting;

extern void acting_init(void);
extern const char *acting_value(void);
extern bool acting_read(Acting *acting);
extern void acting_set(const char *organization, const char *actor_id,
					   const char *actor_type);
extern void acting_end(void);

#endif							/* CONNECT_IDENTITY_ACTING_H */
