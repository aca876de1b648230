/*
 * rows.h
 *		The roles and keys that stand for organizations, and the gateways.
 */
#ifndef CONNECT_IDENTITY_ROWS_H
#define CONNECT_IDENTITY_ROWS_H

#include "utils/array.h"

extern void identity_map_role(Name role, text *organization);
extern void identity_unmap_role(Name role);
extern void identity_trust_gateway(Name role, ArrayType *organization_claim,
								   ArrayType *actor_claim);
extern void identity_trust_older_gateway(Name role);
extern void identity_distrust_gateway(Name role);
extern text *identity_insert_api_key(text *organization, text *name,
									 const char *secret, ArrayType *permissions,
									 Datum expires_at, bool never);
extern bool identity_revoke_api_key(text *id);

#endif							/* CONNECT_IDENTITY_ROWS_H */
