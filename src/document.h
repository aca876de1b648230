/*
 * document.h
 *		JSON:API documents, as text.
 */
#ifndef CONNECT_DOCUMENT_H
#define CONNECT_DOCUMENT_H

#include "errors.h"
#include "json_writer.h"
#include "operations.h"

/* What an HTTP client asked for in a document; all zero is what SQL callers get. */
typedef struct DocumentStyle
{
	Inflection	inflection;
	bool		closed;			/* the closed shape of the public API */
	bool		sparse;			/* of Connections, only these fields */
	uint32		fields;			/* bits by document_field() */
	const char *fields_text;	/* the same, for links; or NULL */
} DocumentStyle;

/* One error, as a document shows it; source_kind is "pointer", "parameter" or "header". */
typedef struct DocumentError
{
	const ErrorKind *kind;
	const char *detail;
	const char *source_kind;	/* or NULL */
	const char *source;
} DocumentError;

extern const DocumentStyle document_plain;

extern int	document_field(const char *name);
extern char *document_connection(const DocumentStyle *style, const Principal *reader,
								 const Connection *connection);
extern char *document_connections(const DocumentStyle *style, const Principal *reader,
								  const ListRequest *request, const ListPage *page);
extern char *document_events(const DocumentStyle *style, const Principal *reader,
							 const ListRequest *request, const ListPage *page);
extern char *document_organization(const DocumentStyle *style, const StoreRow *row);
extern char *document_scopes(const DocumentStyle *style, const StoreResult *scopes);
extern char *document_error(const DocumentStyle *style, const DocumentError *error);
extern char *document_path(const text *connection_id);

#endif							/* CONNECT_DOCUMENT_H */
