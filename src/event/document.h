/*
 * document.h
 *		Events as a resource.
 */
#ifndef CONNECT_EVENT_DOCUMENT_H
#define CONNECT_EVENT_DOCUMENT_H

#include "resource/resource.h"

extern const Resource event_resource;

#endif							/* CONNECT_EVENT_DOCUMENT_H */
