/*
 * document.h
 *		JSON:API documents, as text.
 */
#ifndef CONNECT_DOCUMENT_H
#define CONNECT_DOCUMENT_H

#include "operations.h"

extern char *document_connection(const Principal *reader, const Connection *connection);
extern char *document_connections(const Principal *reader, const ListRequest *request,
								  const ListPage *page);
extern char *document_events(const Principal *reader, const ListRequest *request,
							 const ListPage *page);
extern char *document_organization(const StoreRow *row);
extern char *document_scopes(const StoreResult *scopes);

#endif							/* CONNECT_DOCUMENT_H */
