/*
 * digest.h
 *		SHA-256 over values of rows.
 */
#ifndef CONNECT_BASE_DIGEST_H
#define CONNECT_BASE_DIGEST_H

#include "lib/stringinfo.h"

#define DIGEST_LENGTH 32

extern void digest_add_bytes(StringInfo message, const void *bytes, int len);
extern void digest_add_varlena(StringInfo message, const void *value);
extern void digest_add_time(StringInfo message, int64 time);
extern void digest_add_null(StringInfo message);
extern bytea *digest_make(const StringInfoData *message);

#endif							/* CONNECT_BASE_DIGEST_H */
