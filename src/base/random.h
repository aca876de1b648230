/*
 * random.h
 *		What is made of strong randomness: ids and secrets.
 */
#ifndef CONNECT_BASE_RANDOM_H
#define CONNECT_BASE_RANDOM_H

/*
 * A secret is `connect_` and 43 base64url characters, which stand for 32 bytes.
 */
#define SECRET_PREFIX "connect_"
#define SECRET_LENGTH (sizeof(SECRET_PREFIX) - 1 + 43)
#define SECRET_HASH_LENGTH 32

extern text *random_typeid(const char *prefix);
extern text *random_typeid_above(const char *prefix, const text *last);
extern void random_bytes(uint8 *dst, int len);
extern char *random_secret(void);
extern void secret_hash(const char *secret, int len, uint8 *hash);

#endif							/* CONNECT_BASE_RANDOM_H */
