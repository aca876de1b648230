/*
 * tables.h
 *		The tables that tell who is acting: organizations, and what stands for
 *		them.
 */
#ifndef CONNECT_IDENTITY_TABLES_H
#define CONNECT_IDENTITY_TABLES_H

#include "store/scan.h"

#define ORGANIZATION_COLUMNS(COLUMN, context) \
	COLUMN(context, ORGANIZATION_ID, id, TEXT, NOT_NULL, "id") \
	COLUMN(context, ORGANIZATION_NAME, name, TEXT, NOT_NULL, "name") \
	COLUMN(context, ORGANIZATION_CREATED_AT, created_at, TIME, NOT_NULL, \
		   "created_at") \
	COLUMN(context, ORGANIZATION_RETIRED_AT, retired_at, TIME, \
		   NULLABLE | ADDED, "retired_at")

#define ORGANIZATION_ROLE_COLUMNS(COLUMN, context) \
	COLUMN(context, ORGANIZATION_ROLE_NAME, role_name, NAME, NOT_NULL, \
		   "role_name") \
	COLUMN(context, ORGANIZATION_ROLE_ORGANIZATION, organization, TEXT, \
		   NOT_NULL, "organization_id") \
	COLUMN(context, ORGANIZATION_ROLE_RETIRED_AT, retired_at, TIME, \
		   NULLABLE | ADDED, "retired_at")

#define GATEWAY_ROLE_COLUMNS(COLUMN, context) \
	COLUMN(context, GATEWAY_ROLE_NAME, role_name, NAME, NOT_NULL, "role_name")

/* The same table with what a store of before 1.1.0 has not got. */
#define GATEWAY_CLAIM_COLUMNS(COLUMN, context) \
	COLUMN(context, GATEWAY_CLAIM_NAME, role_name, NAME, NOT_NULL, \
		   "role_name") \
	COLUMN(context, GATEWAY_CLAIM_ORGANIZATION, organization, TEXTS, NOT_NULL, \
		   "organization_claim") \
	COLUMN(context, GATEWAY_CLAIM_ACTOR, actor, TEXTS, NOT_NULL, "actor_claim")

#define API_KEY_COLUMNS(COLUMN, context) \
	COLUMN(context, API_KEY_ID, id, TEXT, NOT_NULL, "id") \
	COLUMN(context, API_KEY_ORGANIZATION, organization, TEXT, NOT_NULL, \
		   "organization_id") \
	COLUMN(context, API_KEY_SHA256, sha256, BYTES, NOT_NULL, "secret_sha256") \
	COLUMN(context, API_KEY_PERMISSIONS, permissions, TEXTS, NOT_NULL, \
		   "permissions") \
	COLUMN(context, API_KEY_EXPIRES_AT, expires_at, TIME, NULLABLE, \
		   "expires_at") \
	COLUMN(context, API_KEY_REVOKED_AT, revoked_at, TIME, NULLABLE, \
		   "revoked_at") \
	COLUMN(context, API_KEY_RETIRED_AT, retired_at, TIME, NULLABLE | ADDED, \
		   "retired_at")

enum
{
	ORGANIZATION_COLUMNS(STORE_COLUMN_NUMBER, )
};

enum
{
	ORGANIZATION_ROLE_COLUMNS(STORE_COLUMN_NUMBER, )
};

enum
{
	GATEWAY_ROLE_COLUMNS(STORE_COLUMN_NUMBER, )
};

enum
{
	GATEWAY_CLAIM_COLUMNS(STORE_COLUMN_NUMBER, )
};

enum
{
	API_KEY_COLUMNS(STORE_COLUMN_NUMBER, )
};

/*
 * One row of connect.organization; it points into the tuple it was read from.
 */
typedef struct Organization
{
	ORGANIZATION_COLUMNS(STORE_COLUMN_MEMBER, )
} Organization;

/* Where the claims of a gateway's JWTs name organization and actor. */
typedef struct Gateway
{
	ArrayType  *organization_claim;
	ArrayType  *actor_claim;
} Gateway;

extern StoreTable organization_table;
extern StoreTable organization_role_table;
extern StoreTable gateway_role_table;
extern StoreTable gateway_claim_table;
extern StoreTable api_key_table;

extern StoreKey organization_by_id;
extern StoreKey organization_role_by_name;
extern StoreKey api_key_by_sha256;

extern bool organization_may_act(text *id);
extern bool organization_find(text *id, Organization *organization);
extern void organization_check_parties(text *source, text *destination);
extern void organization_hold_parties(text *source, text *destination);
extern void organization_check(text *id, const char *argument,
							   const char *unknown_hint);
extern void organization_require(text *id);
extern bool gateway_find(Name login, Gateway *gateway);

#define HINT_REGISTER "Register it with connect.register_organization()."

#endif							/* CONNECT_IDENTITY_TABLES_H */
