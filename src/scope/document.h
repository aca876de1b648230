/*
 * document.h
 *		Scopes as a resource.
 */
#ifndef CONNECT_SCOPE_DOCUMENT_H
#define CONNECT_SCOPE_DOCUMENT_H

#include "resource/resource.h"

extern const Resource scope_resource;

#endif							/* CONNECT_SCOPE_DOCUMENT_H */
