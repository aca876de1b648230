/*
 * document.h
 *		JSON:API documents, as text or jsonb.
 */
#ifndef CONNECT_RESOURCE_DOCUMENT_H
#define CONNECT_RESOURCE_DOCUMENT_H

#include "base/errors.h"
#include "resource/resource.h"

/*
 * What an HTTP client asked for in a document; SQL callers get document_jsonb.
 */
typedef struct DocumentStyle
{
	bool		is_jsonb;
	Inflection	inflection;
	bool		closed;			/* the closed shape of the public API */
	bool		sparse;			/* only these fields of the resource */
	uint32		fields;			/* bits by resource_attribute() */
	const char *fields_text;	/* the same, for links; or NULL */
} DocumentStyle;

/* One error.  source_kind is "pointer", "parameter" or "header". */
typedef struct DocumentError
{
	const ErrorKind *kind;
	const char *detail;
	const char *source_kind;	/* or NULL */
	const char *source;
} DocumentError;

/* A page of rows, oldest first, to which rows are only added behind. */
typedef struct Feed
{
	int			count;
	StoreRow   *rows;
	int			page_size;
	text	   *next;			/* the cursor behind the last row */
	TimestampTz complete_before;	/* DT_NOBEGIN where nothing tells */
} Feed;

/* Returns a document from a SQL function. */
#define RETURN_DOCUMENT(document) \
	PG_RETURN_JSONB_P(json_jsonb_done(document))

extern const DocumentStyle document_jsonb;

extern JsonWriter *document_one(const DocumentStyle *style,
								const Resource *resource,
								const Principal *reader, const void *row);
extern JsonWriter *document_page(const DocumentStyle *style,
								 const Resource *resource,
								 const Principal *reader, const char *path,
								 const ListRequest *request,
								 const ListPage *page);
extern JsonWriter *document_all(const DocumentStyle *style,
								const Resource *resource,
								const Principal *reader, const StoreRow *rows,
								int count);
extern JsonWriter *document_feed(const DocumentStyle *style,
								 const Resource *resource,
								 const Principal *reader, const char *path,
								 const Feed *feed);
extern JsonWriter *document_error(const DocumentStyle *style,
								  const DocumentError *error);
extern char *document_path(const Resource *resource, const text *id);

/* for write_rest() */
extern bool document_shows(const DocumentStyle *style, const Resource *resource,
						   int attribute);
extern void document_write_direction(JsonWriter *out, Parties parties);
extern void document_write_self(JsonWriter *out, const Resource *resource,
								const text *id);
extern void document_write_relationship(JsonWriter *out, const char *name,
										const char *type, const text *id);
extern void document_write_actions(JsonWriter *out, const LifeCycle *life,
								   int offered);
extern void document_write_offered(JsonWriter *out, const LifeCycle *life,
								   const Principal *reader, int state,
								   Parties parties);

#endif							/* CONNECT_RESOURCE_DOCUMENT_H */
