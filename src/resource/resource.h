/*
 * resource.h
 *		What every resource is described by: its type, table, attributes,
 *		filters and life cycle.
 *
 * The description drives lists, documents, fields, links and filters.  It names
 * a function for what cannot be said by a table.
 */
#ifndef CONNECT_RESOURCE_RESOURCE_H
#define CONNECT_RESOURCE_RESOURCE_H

#include "base/errors.h"
#include "identity/principal.h"
#include "json/writer.h"
#include "resource/rules.h"
#include "store/page.h"
#include "store/scan.h"

struct DocumentStyle;

/*
 * What the reader is to a row: a set of the parties to it, and AUDIENCE_ACTOR
 * if the row tells of the reader's own doing.
 */
typedef int Audience;
#define AUDIENCE_NONE	0		/* as an answer: may not see the row at all */
#define AUDIENCE_ALL	0		/* as a demand: whoever may see the row */
#define AUDIENCE_ACTOR	16

/* Not stored: "outbound" for the source of a row, else "inbound". */
#define COLUMN_DIRECTION (-2)

/* What a document shows of a row. */
typedef struct Attribute
{
	const char *name;			/* in kebab-case */
	int			len;
	int			column;			/* NO_COLUMN for a relationship of this name,
								 * COLUMN_DIRECTION for which way a row goes */
	bool		closed;			/* the closed shape has it */
	Audience	audience;		/* who may see the value; AUDIENCE_ALL if
								 * everybody */
	bool		null_to_others; /* others see null, or else do not see it */
} Attribute;

#define ATTRIBUTE(name, ...) {name, sizeof(name) - 1, __VA_ARGS__}

/* What the value of a filter must be. */
typedef enum FilterKind
{
	FILTER_STATE,				/* the label of a state: rows in that state */
	FILTER_DIRECTION,			/* "inbound" or "outbound" */
	FILTER_WORD,				/* one of two words, for the resource to
								 * apply */
	FILTER_ID,					/* the id of an organization */
	FILTER_BEGINNING,			/* what a text begins with, for the resource to
								 * apply */
	FILTER_TIME					/* a time, for the resource to apply */
} FilterKind;

/*
 * A filter of a list: its name in a query, in kebab-case, and what values it
 * has.
 */
typedef struct Filter
{
	const char *name;
	FilterKind	kind;
	int			column;			/* of FILTER_STATE */
	const char *const *words;	/* of FILTER_WORD: two of them */
} Filter;

#define RESOURCE_MAX_FILTERS 8

#define PAGE_SIZE_DEFAULT 10
#define PAGE_SIZE_MAX 100

/* What a list is asked for; everything but page_size may be NULL. */
typedef struct ListRequest
{
	/* by the filter's number */
	text	   *filters[RESOURCE_MAX_FILTERS];
	int			page_size;
	text	   *after;
	text	   *before;
} ListRequest;

/* The type and the path, measured once, for documents write them row by row. */
#define RESOURCE_NAMES(the_type, the_path) \
	.type = the_type, .type_len = sizeof(the_type) - 1, \
	.path = the_path, .path_len = sizeof(the_path) - 1

typedef struct Resource
{
	const char *type;			/* such as "connect/note" */
	int			type_len;
	const char *path;			/* of the list; a row has its id behind that */
	int			path_len;
	const char *noun;			/* what DETAIL calls a row: "Note" */
	const char *id_argument;	/* of SQL functions: "note_id" */
	ErrorCode	not_found;
	StoreTable *table;			/* the first column is the id */
	StoreKey   *by_id;
	const Attribute *attributes;
	int			nattributes;
	const Filter *filters;
	int			nfilters;
	const LifeCycle *life;		/* or NULL */

	/* Fills the struct of a row; it points into the StoreRow's tuple. */
	void		(*read) (void *row, const StoreRow *from);
	size_t		row_size;

	/*
	 * Returns what the reader is to a row.  AUDIENCE_NONE is none of these, so
	 * it stands for a reader who may not see the row.
	 */
	Audience	(*audience) (const Principal *reader, const void *row);

	/*
	 * Says in a query which rows the list holds, as far as the resource's own
	 * filters matter.  Returns false if no row can match.
	 */
	bool		(*narrow) (const Principal *reader, const ListRequest *request,
						   PageQuery *query);

	/*
	 * Writes what comes after the attributes; may be NULL.  It may ask
	 * store_look_up() by one key.
	 */
	void		(*write_rest) (JsonWriter *out,
							   const struct DocumentStyle *style,
							   const Principal *reader, Audience audience,
							   const void *row, StoreScan *look_up);
} Resource;

extern Parties resource_parties(const Principal *who, const text *source,
								const text *destination);
extern int	resource_attribute(const Resource *resource, const char *name);
extern const text *resource_id(const Resource *resource, const void *row);
extern bool resource_find(const Resource *resource, text *id, void *row);
extern void resource_get(const Resource *resource, const Principal *reader,
						 text *id, void *row);
extern void resource_get_now(const Resource *resource, const Principal *reader,
							 text *id, void *row);
extern bool resource_visible(const Resource *resource, const Principal *reader,
							 text *id);
extern TimestampTz resource_filter_time(const Filter *filter,
										const text *value);
extern void resource_check_page(const Resource *resource,
								const Principal *reader,
								const ListRequest *request);
extern void resource_apply_filters(const Resource *resource,
								   const ListRequest *request,
								   PageQuery *query);
extern PageQuery resource_begin_query(const Resource *resource);
extern ListPage resource_read_page(const ListRequest *request,
								   PageQuery *query);
extern ListPage resource_list(const Resource *resource, const Principal *reader,
						  const ListRequest *request);

#endif							/* CONNECT_RESOURCE_RESOURCE_H */
