/*
 * source_row.h
 *		The row of the application's that a share token names.
 */
#ifndef CONNECT_SHARE_TOKEN_SOURCE_ROW_H
#define CONNECT_SHARE_TOKEN_SOURCE_ROW_H

#include "share_token/kind.h"

extern bool source_row_has_type(Oid type);
extern bool source_row_look(const ShareKind *kind, const text *source_id,
							const text *organization);
extern bool source_row_lock(const ShareKind *kind, const text *source_id,
							const text *organization);

#endif							/* CONNECT_SHARE_TOKEN_SOURCE_ROW_H */
