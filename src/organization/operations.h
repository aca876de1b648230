/*
 * operations.h
 *		What can be done with organizations.
 */
#ifndef CONNECT_ORGANIZATION_OPERATIONS_H
#define CONNECT_ORGANIZATION_OPERATIONS_H

#include "identity/principal.h"
#include "identity/tables.h"

/*
 * What a statement of ours that writes an organization means.  Inside it the
 * current role is the store's owner and does not tell who retires one.
 */
typedef struct OrganizationWrite
{
	const char *role;
} OrganizationWrite;

extern void organization_get(const Principal *who, Organization *organization);
extern void organization_register(text *id, text *name);

#endif							/* CONNECT_ORGANIZATION_OPERATIONS_H */
