/*
 * principal.h
 *		Who is acting.
 */
#ifndef CONNECT_IDENTITY_PRINCIPAL_H
#define CONNECT_IDENTITY_PRINCIPAL_H

#include "utils/timestamp.h"

typedef enum PrincipalKind
{
	PRINCIPAL_NOBODY,
	PRINCIPAL_ORGANIZATION,		/* a registered organization */
	PRINCIPAL_OWNER				/* the store's owner or a superuser, for no
								 * organization */
} PrincipalKind;

typedef enum Permission
{
	PERMISSION_READ = 1,
	PERMISSION_WRITE = 2
} Permission;

typedef struct Principal
{
	PrincipalKind kind;
	text	   *organization;	/* NULL unless PRINCIPAL_ORGANIZATION */
	text	   *actor_id;		/* or NULL */
	text	   *actor_type;		/* or NULL */
	int			permissions;	/* a set of Permission */
	TimestampTz until;			/* when this ends by itself, or DT_NOEND */
} Principal;

extern void principal_init(void);
extern bool principal_find(Principal *who);
extern void principal_resolve(Principal *who);
extern bool principal_shows_key(void);
extern bool principal_readable(void);
extern bool principal_is_trusted(void);
extern bool principal_shows_claims(void);
extern const text *principal_organization(void);
extern const text *principal_reader(void);
extern const text *principal_reader_numbered(uint64 *number);
extern bool principal_may_know(const text *source, const text *destination);
extern void principal_require(Principal *who, Permission permission);
extern void principal_require_now(Principal *who, Permission permission);
extern void principal_require_or_owner(Principal *who, Permission permission);
extern void principal_require_or_owner_now(Principal *who,
										   Permission permission);
extern void principal_for_write(Principal *who);
extern bool principal_is_gateway(void);
extern bool principal_outranks_gateway(void);
extern bool principal_is_owner(void);

#endif							/* CONNECT_IDENTITY_PRINCIPAL_H */
