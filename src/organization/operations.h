/*
 * operations.h
 *		What can be done with organizations.
 */
#ifndef CONNECT_ORGANIZATION_OPERATIONS_H
#define CONNECT_ORGANIZATION_OPERATIONS_H

#include "identity/principal.h"
#include "identity/tables.h"

extern void organization_get(const Principal *who, Organization *organization);
extern void organization_register(text *id, text *name);

#endif							/* CONNECT_ORGANIZATION_OPERATIONS_H */
