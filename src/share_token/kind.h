/*
 * kind.h
 *		What share tokens may name: the rows of connect.share_kind.
 */
#ifndef CONNECT_SHARE_TOKEN_KIND_H
#define CONNECT_SHARE_TOKEN_KIND_H

#include "base/compat.h"
#include "store/scan.h"

#define SHARE_KIND_COLUMNS(COLUMN, context) \
	COLUMN(context, KIND_NAME, name, TEXT, NOT_NULL, "name") \
	COLUMN(context, KIND_RELATION, relation, RELATION, NOT_NULL, "relation") \
	COLUMN(context, KIND_ORGANIZATION_COLUMN, organization_column, NAME, \
		   NOT_NULL, "organization_column") \
	COLUMN(context, KIND_KEY_COLUMN, key_column, NAME, NOT_NULL, \
		   "key_column") \
	COLUMN(context, KIND_SCOPE, scope, TEXT, NOT_NULL, "scope") \
	COLUMN(context, KIND_ID_PREFIX, id_prefix, TEXT, NULLABLE, "id_prefix") \
	COLUMN(context, KIND_REDEEM_FUNCTION, redeem_function, TEXT, NULLABLE, \
		   "redeem_function") \
	COLUMN(context, KIND_RETIRED_AT, retired_at, TIME, NULLABLE, "retired_at")

enum
{
	SHARE_KIND_COLUMNS(STORE_COLUMN_NUMBER, )
};

/* One row of connect.share_kind; it points into the tuple it was read from. */
typedef struct ShareKind
{
	SHARE_KIND_COLUMNS(STORE_COLUMN_MEMBER, )
} ShareKind;

extern bool share_kind_find(text *name, ShareKind *kind);
extern void share_kind_require(text *name, ShareKind *kind);
extern void share_kind_require_for(text *source_id, ShareKind *kind);
pg_noreturn extern void share_kind_refuse(const ShareKind *kind,
										  const char *detail, const char *hint);
extern bool share_kind_insert(const ShareKind *kind);
extern bool share_kind_replace(const ShareKind *kind);
extern void share_kind_remove(text *name, bool retire);

#endif							/* CONNECT_SHARE_TOKEN_KIND_H */
