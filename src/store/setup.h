/*
 * setup.h
 *		Making the store, bringing it up to date, granting its use, and looking
 *		for mistakes in its setup.
 */
#ifndef CONNECT_STORE_SETUP_H
#define CONNECT_STORE_SETUP_H

#include "store/statement.h"

/* Purposes of connect.grant_definition(). */
#define GRANT_CHECK		"check"
#define GRANT_READ		"read"
#define GRANT_USAGE		"usage"
#define GRANT_SHARE		"share"
#define GRANT_HTTP		"http"
#define GRANT_ACT_AS	"act_as"
#define GRANT_OWNER		"owner"

extern Oid	store_functions_owner(void);
extern bool store_sql_is_older(void);
extern void store_create(Oid owner);
extern void store_upgrade(void);
extern void store_grant(Name role, const char *purpose);
extern void store_revoke(Name role, const char *purpose);
extern StoreResult setup_select(const char *query, Oid role);
extern Oid	setup_owner(void);
extern const char *setup_string(StoreResult result, uint64 row, int column);

/* ---- check_setup.c ---- */

extern StoreResult store_check_setup(bool preloaded);

/* ---- older.c ---- */

extern const char *older_definition(void);
extern const char *older_grants(const char *purpose, const char *role);
extern const char *older_revokes(const char *purpose, const char *role);

#endif							/* CONNECT_STORE_SETUP_H */
