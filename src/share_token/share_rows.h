/*
 * share_rows.h
 *		Letting share tokens name the rows of a table.
 */
#ifndef CONNECT_SHARE_TOKEN_SHARE_ROWS_H
#define CONNECT_SHARE_TOKEN_SHARE_ROWS_H

#include "share_token/kind.h"

extern void share_rows(ShareKind *kind, Oid function);
extern void unshare_rows(text *name);

#endif							/* CONNECT_SHARE_TOKEN_SHARE_ROWS_H */
