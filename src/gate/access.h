/*
 * access.h
 *		May one organization see another one's data now?
 */
#ifndef CONNECT_GATE_ACCESS_H
#define CONNECT_GATE_ACCESS_H

#include "connection/terms.h"

typedef enum Access
{
	ACCESS_ALLOWED,
	ACCESS_NO_CONNECTION,
	ACCESS_PENDING,
	ACCESS_INACTIVE,
	ACCESS_EXPIRED,
	ACCESS_SCOPE_NOT_GRANTED,
	ACCESS_SCOPE_RETIRED
} Access;

/*
 * In all of these scope may be NULL, which asks for no scope in particular.  An
 * organization that is NULL has no Connection.
 */
extern Access access_check(const text *source, const text *destination,
						   const text *scope);
extern void access_require(text *source, text *destination, const text *scope);
extern bool access_may_see(const text *organization, const text *scope);
extern ArrayType *access_sources(const text *scope);
extern ArrayType *access_visible(const text *scope, Oid type);
extern ArrayType *access_sources_of(const text *destination, const text *scope,
									Oid type);
extern const char *access_word(Access access);
extern bool access_grants(const ArrayType *scopes, const text *scope);

/*
 * Judges a Connection by its status, the time at which it ends by itself, and
 * whether it grants the scope.
 */
static inline Access
access_judge(int status, TimestampTz ends, bool granted)
{
	if (ends != TERM_NEVER && ends <= terms_reading_clock())
		return ACCESS_EXPIRED;
	switch (status)
	{
		case CONNECTION_PENDING:
			return ACCESS_PENDING;
		case CONNECTION_INACTIVE:
			return ACCESS_INACTIVE;
		case CONNECTION_ACTIVE:
			return granted ? ACCESS_ALLOWED : ACCESS_SCOPE_NOT_GRANTED;
		case CONNECTION_NONE:
			break;
	}
	return ACCESS_NO_CONNECTION;
}

#endif							/* CONNECT_GATE_ACCESS_H */
