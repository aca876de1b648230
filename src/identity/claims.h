/*
 * claims.h
 *		Whom the claims of a JWT name.
 */
#ifndef CONNECT_IDENTITY_CLAIMS_H
#define CONNECT_IDENTITY_CLAIMS_H

#include "utils/array.h"

/* What claims_read() finds; actor may be NULL. */
typedef struct ClaimedActor
{
	const char *organization;
	const char *actor;
} ClaimedActor;

extern bool claims_present(void);
extern bool claims_read(ArrayType *organization_path, ArrayType *actor_path,
						ClaimedActor *claimed);

#endif							/* CONNECT_IDENTITY_CLAIMS_H */
