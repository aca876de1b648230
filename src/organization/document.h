/*
 * document.h
 *		Organizations as a resource.
 */
#ifndef CONNECT_ORGANIZATION_DOCUMENT_H
#define CONNECT_ORGANIZATION_DOCUMENT_H

#include "resource/resource.h"

extern const Resource organization_resource;

#endif							/* CONNECT_ORGANIZATION_DOCUMENT_H */
