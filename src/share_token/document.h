/*
 * document.h
 *		Share tokens as a resource.
 */
#ifndef CONNECT_SHARE_TOKEN_DOCUMENT_H
#define CONNECT_SHARE_TOKEN_DOCUMENT_H

#include "resource/resource.h"

/* The numbers of a list's filters. */
enum
{
	TOKEN_FILTER_CONNECTION,
	TOKEN_FILTER_STATUS,
	TOKEN_FILTER_DIRECTION
};

extern const Resource share_token_resource;

#endif							/* CONNECT_SHARE_TOKEN_DOCUMENT_H */
