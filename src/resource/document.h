/*
 * document.h
 *		JSON:API documents, as text or jsonb.
 */
#ifndef CONNECT_RESOURCE_DOCUMENT_H
#define CONNECT_RESOURCE_DOCUMENT_H

#include "base/errors.h"
#include "connection/operations.h"
#include "json/writer.h"

/* What an HTTP client asked for in a document; SQL callers get document_jsonb. */
typedef struct DocumentStyle
{
	bool		is_jsonb;
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

extern const DocumentStyle document_jsonb;

extern int	document_field(const char *name);
extern JsonWriter *document_connection(const DocumentStyle *style, const Principal *reader,
								 const Connection *connection);
extern JsonWriter *document_connections(const DocumentStyle *style, const Principal *reader,
								  const ListRequest *request, const ListPage *page);
extern JsonWriter *document_events(const DocumentStyle *style, const Principal *reader,
							 const ListRequest *request, const ListPage *page);
extern JsonWriter *document_organization(const DocumentStyle *style, const StoreRow *row);
extern JsonWriter *document_scopes(const DocumentStyle *style, const StoreResult *scopes);
extern JsonWriter *document_error(const DocumentStyle *style, const DocumentError *error);
extern char *document_path(const text *connection_id);

#endif							/* CONNECT_RESOURCE_DOCUMENT_H */
