/*
 * access.h
 *		May one organization see another one's data now?
 */
#ifndef CONNECT_ACCESS_H
#define CONNECT_ACCESS_H

#include "connection.h"

typedef enum Access
{
	ACCESS_ALLOWED,
	ACCESS_NO_CONNECTION,
	ACCESS_PENDING,
	ACCESS_INACTIVE,
	ACCESS_SCOPE_NOT_GRANTED
} Access;

extern void access_init(void);

/* scope may be NULL, for any, everywhere; an organization that is NULL has no Connection */
extern Access access_check(const text *source, const text *destination, const text *scope);
extern void access_require(text *source, text *destination, const text *scope);
extern ArrayType *access_sources(const text *scope);
extern const char *access_word(Access access);

#endif							/* CONNECT_ACCESS_H */
