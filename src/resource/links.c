/*
 * links.c
 *		Links to the pages of a list, which repeat what was asked for.
 */
#include "postgres.h"

#include "resource/links.h"
#include "utils/builtins.h"

/*
 * Appends a part of a query, percent-encoded but for what is plain there: what
 * RFC 3986 reserves for nothing, and three characters of ours that mean nothing
 * in a query.
 */
static void
append_encoded(StringInfo path, const char *part)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:,/";

	for (const char *c = part; *c != '\0'; c++)
	{
		if (strchr(plain, *c) != NULL)
			appendStringInfoChar(path, *c);
		else
			appendStringInfo(path, "%%%02X", (unsigned char) *c);
	}
}

/* Appends one parameter to a link. */
void
link_append(StringInfo path, const char *name, const char *value)
{
	appendStringInfoChar(path, strchr(path->data, '?') == NULL ? '?' : '&');
	append_encoded(path, name);
	appendStringInfoChar(path, '=');
	append_encoded(path, value);
}

/*
 * Writes a link to a page, or null if there is none.  The link repeats the
 * fields, the filters and the size that were asked for, and adds the cursor.
 */
void
link_write_page(JsonWriter *out, const char *key, const char *path,
				const DocumentStyle *style, const Resource *resource,
				const ListRequest *request, const char *side,
				const char *cursor)
{
	StringInfoData link;

	json_key(out, key);
	if (cursor == NULL)
	{
		json_null(out);
		return;
	}
	initStringInfo(&link);
	appendStringInfoString(&link, path);
	if (style->fields_text != NULL)
		link_append(&link, psprintf("fields[%s]", resource->type),
					style->fields_text);
	for (int i = 0; i < resource->nfilters; i++)
	{
		if (request->filters[i] != NULL)
			link_append(&link, psprintf("filter[%s]",
										resource->filters[i].name),
						text_to_cstring(request->filters[i]));
	}
	if (request->page_size != PAGE_SIZE_DEFAULT)
		link_append(&link, "page[size]", psprintf("%d", request->page_size));
	link_append(&link, side, cursor);
	json_string(out, link.data, link.len);
}
