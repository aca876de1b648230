/*
 * setup.h
 *		Making the store, bringing it up to date, granting its use, and looking
 *		for mistakes in its setup.
 */
#ifndef CONNECT_STORE_SETUP_H
#define CONNECT_STORE_SETUP_H

#include "store/statement.h"

/* What a grant opens; kinds add up. */
#define GRANT_CHECK		0x01
#define GRANT_READ		0x02
#define GRANT_WRITE		0x04
#define GRANT_SHARE		0x08
#define GRANT_HTTP		0x10
#define GRANT_ACT_AS	0x20

extern void store_create(Oid function);
extern void store_upgrade(Oid function);
extern StoreResult store_check_setup(bool preloaded);
extern void store_grant(Name role, int kinds);
extern void store_revoke_act_as(Name role);

#endif							/* CONNECT_STORE_SETUP_H */
