/*
 * document.c
 *		The shape of a JSON:API document, and of the closed shape that
 *		clients of the public API expect; the shapes of errors stand in
 *		document_error.c.
 *
 * A document is written once, straight from the row, as text for HTTP and as
 * jsonb for SQL.  The resource's description tells what is in it.
 */
#include "postgres.h"

#include "base/text.h"
#include "resource/document.h"
#include "resource/links.h"
#include "utils/builtins.h"

const DocumentStyle document_jsonb = {.is_jsonb = true};

/* Starts a document, up to the value of its first member. */
static JsonWriter *
begin_document(const DocumentStyle *style)
{
	JsonWriter *out = style->is_jsonb ? json_begin_jsonb() :
		json_begin_text(style->inflection);

	json_open(out, '{');
	json_key(out, "data");
	return out;
}

/* Does this style show this attribute? */
static inline bool
shows(const DocumentStyle *style, const Resource *resource, int attribute)
{
	return (!style->closed || resource->attributes[attribute].closed) &&
		(!style->sparse || (style->fields & (1u << attribute)) != 0);
}

/* The same, for what a resource writes itself. */
bool
document_shows(const DocumentStyle *style, const Resource *resource,
			   int attribute)
{
	return shows(style, resource, attribute);
}

/* Writes the label of a row's state. */
static void
write_state(JsonWriter *out, const Resource *resource, const void *row,
			int state)
{
	const char *label = rules_state_label(resource->life, state);

	/* a DBA may add to the enum, and import what no rule knows */
	if (label != NULL)
		json_plain(out, label, strlen(label));
	else
		elog(ERROR, "row \"%s\" is in a state that cannot be shown",
			 text_to_cstring(resource_id(resource, row)));
}

/* Writes a whole number as a string. */
static void
write_number(JsonWriter *out, uint64 value)
{
	/* the writer of jsonb keeps the pointer */
	char	   *digits = palloc(MAXINT8LEN + 1);

	json_plain(out, digits, pg_ulltoa_n(value, digits));
}

/* Writes the value of a column. */
static inline void
write_value(JsonWriter *out, const Resource *resource, const void *row,
			const StoreColumn *column)
{
	const char *member = (const char *) row + column->offset;

	switch (column->kind)
	{
		case STORE_TEXTS:
			if (*(ArrayType *const *) member == NULL)
				json_null(out);
			else
				json_texts_value(out, *(ArrayType *const *) member);
			break;
		case STORE_TIME:
		case STORE_TERM:
			json_time_value(out, *(const TimestampTz *) member);
			break;
		case STORE_BOOLEAN:
			json_boolean(out, *(const bool *) member);
			break;
		case STORE_XID:
			/* a string, for a number of JSON is exact up to 2^53 only */
			write_number(out, *(const uint64 *) member);
			break;
		case STORE_STATE:
			write_state(out, resource, row, *(const int *) member);
			break;
		default:
			json_text_value(out, *(text *const *) member);
			break;
	}
}

/* Writes the attributes of a row that this style shows to this audience. */
static void
write_attributes(JsonWriter *out, const DocumentStyle *style,
				 const Resource *resource, Audience audience, const void *row)
{
	const StoreColumn *columns = resource->table->columns;
	const Attribute *attribute = resource->attributes;
	bool		all = !style->closed && !style->sparse;

	json_key(out, "attributes");
	json_open(out, '{');
	for (int i = 0; i < resource->nattributes; i++, attribute++)
	{
		bool		told = attribute->audience == AUDIENCE_ALL ||
			(attribute->audience & audience) != 0;

		if (attribute->column == NO_COLUMN ||
			!(told || attribute->null_to_others) ||
			!(all || shows(style, resource, i)))
			continue;
		json_key_bytes(out, attribute->name, attribute->len);
		if (attribute->column == COLUMN_DIRECTION)
			document_write_direction(out, audience);
		else if (told)
			write_value(out, resource, row, &columns[attribute->column]);
		else
			json_null(out);
	}
	json_close(out, '}');
}

/*
 * Writes a row as a resource object, as this reader may see it.  Rows of
 * another table that belong to it are found by the look-up.
 */
static void
write_resource(JsonWriter *out, const DocumentStyle *style,
			   const Resource *resource, const Principal *reader,
			   const void *row, StoreScan *look_up)
{
	Audience	audience = resource->audience(reader, row);

	json_open(out, '{');
	json_key(out, "type");
	json_plain(out, resource->type, resource->type_len);
	json_text(out, "id", resource_id(resource, row));
	write_attributes(out, style, resource, audience, row);
	if (resource->write_rest != NULL)
		resource->write_rest(out, style, reader, audience, row, look_up);
	json_close(out, '}');
}

/* Writes rows as an array of resource objects. */
static void
write_resources(JsonWriter *out, const DocumentStyle *style,
				const Resource *resource, const Principal *reader,
				const StoreRow *rows, int count)
{
	void	   *row = palloc(resource->row_size);
	StoreScan	look_up = {NULL};

	json_open(out, '[');
	for (int i = 0; i < count; i++)
	{
		resource->read(row, &rows[i]);
		write_resource(out, style, resource, reader, row, &look_up);
	}
	json_close(out, ']');
	store_look_up_end(&look_up);
}

/*
 * Writes the path of a row, of self_length() bytes.  It is written for each row
 * of a list, where psprintf() would be a tenth of the row.
 */
static inline void
write_self(char *path, const Resource *resource, const text *id)
{
	memcpy(path, resource->path, resource->path_len);
	path += resource->path_len;
	*path++ = '/';
	memcpy(path, VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id));
}

static inline int
self_length(const Resource *resource, const text *id)
{
	return resource->path_len + 1 + VARSIZE_ANY_EXHDR(id);
}

/* Returns the path of a row. */
char *
document_path(const Resource *resource, const text *id)
{
	int			len = self_length(resource, id);
	char	   *path = palloc(len + 1);

	write_self(path, resource, id);
	path[len] = '\0';
	return path;
}

/* Returns the document of one row. */
JsonWriter *
document_one(const DocumentStyle *style, const Resource *resource,
			 const Principal *reader, const void *row)
{
	JsonWriter *out = begin_document(style);
	StoreScan	look_up = {NULL};

	write_resource(out, style, resource, reader, row, &look_up);
	store_look_up_end(&look_up);
	json_close(out, '}');
	return out;
}

/*
 * Returns the cursor that leads to the page beside this one: the row at its
 * edge, if there are more behind that.  An empty page has no edge, but leads
 * back to where it was asked for from.
 */
static const char *
edge_cursor(const ListPage *page, bool has_more, int edge, const text *asked)
{
	if (has_more)
		return TextDatumGetCString(page->rows[edge].values[0]);
	return page->count == 0 && asked != NULL ? text_to_cstring(asked) : NULL;
}

/* Returns the document of a page of the list at this path. */
JsonWriter *
document_page(const DocumentStyle *style, const Resource *resource,
			  const Principal *reader, const char *path,
			  const ListRequest *request, const ListPage *page)
{
	JsonWriter *out = begin_document(style);

	write_resources(out, style, resource, reader, page->rows, page->count);
	json_key(out, "links");
	json_open(out, '{');
	link_write_page(out, "prev", path, style, resource, request, "page[before]",
					edge_cursor(page, page->has_newer, 0, request->after));
	link_write_page(out, "next", path, style, resource, request, "page[after]",
					edge_cursor(page, page->has_older, page->count - 1,
								request->before));
	json_close(out, '}');
	json_close(out, '}');
	return out;
}

/* Returns the document of a list that always is one page. */
JsonWriter *
document_all(const DocumentStyle *style, const Resource *resource,
			 const Principal *reader, const StoreRow *rows, int count)
{
	static const ListRequest request = {.page_size = PAGE_SIZE_DEFAULT};
	ListPage		page = {.count = count,
		.rows = unconstify(StoreRow *, rows)};

	return document_page(style, resource, reader, resource->path, &request,
						 &page);
}

/* Returns the document of a page of the feed at this path. */
JsonWriter *
document_feed(const DocumentStyle *style, const Resource *resource,
			  const Principal *reader, const char *path, const Feed *feed)
{
	JsonWriter *out = begin_document(style);
	StringInfoData link;

	write_resources(out, style, resource, reader, feed->rows, feed->count);
	initStringInfo(&link);
	appendStringInfoString(&link, path);
	if (feed->page_size != PAGE_SIZE_MAX)
		link_append(&link, "page[size]",
						 psprintf("%d", feed->page_size));
	link_append(&link, "page[after]", text_to_cstring(feed->next));
	json_key(out, "links");
	json_open(out, '{');
	json_key(out, "prev");
	json_null(out);
	json_key(out, "next");
	json_string(out, link.data, link.len);
	json_close(out, '}');
	json_key(out, "meta");
	json_open(out, '{');
	json_time(out, "complete-before", feed->complete_before);
	json_close(out, '}');
	json_close(out, '}');
	return out;
}

/* Writes the link of a row to itself. */
void
document_write_self(JsonWriter *out, const Resource *resource, const text *id)
{
	int			len = self_length(resource, id);
	char	   *path = palloc(len);

	write_self(path, resource, id);
	json_key(out, "links");
	json_open(out, '{');
	json_key(out, "self");
	json_string(out, path, len);
	json_close(out, '}');
}
