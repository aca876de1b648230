/*
 * http.h
 *		The HTTP operations of share tokens.
 */
#ifndef CONNECT_SHARE_TOKEN_HTTP_H
#define CONNECT_SHARE_TOKEN_HTTP_H

extern void share_token_http_init(void);

#endif							/* CONNECT_SHARE_TOKEN_HTTP_H */
