/*
 * resource.c
 *		Finding one row of a resource, and a page of them.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/time.h"
#include "base/values.h"
#include "resource/resource.h"
#include "utils/snapmgr.h"

/*
 * Returns which of the two parties the principal is.  The store's owner may act
 * for both.
 */
Parties
resource_parties(const Principal *who, const text *source,
				 const text *destination)
{
	if (who->kind == PRINCIPAL_OWNER)
		return PARTY_BOTH;
	return (text_equal(who->organization, source) ? PARTY_SOURCE : 0) |
		(text_equal(who->organization, destination) ? PARTY_DESTINATION : 0);
}

/*
 * Returns the number of the attribute that has this name in kebab-case, or -1.
 */
int
resource_attribute(const Resource *resource, const char *name)
{
	for (int i = 0; i < resource->nattributes; i++)
	{
		if (strcmp(resource->attributes[i].name, name) == 0)
			return i;
	}
	return -1;
}

/* Returns the id of a row. */
const text *
resource_id(const Resource *resource, const void *row)
{
	return *(text *const *) ((const char *) row +
							 resource->table->columns[0].offset);
}

/*
 * Reads a row by its id under the active snapshot, into the current memory
 * context, without asking who may see it.  Returns false if there is none.
 */
bool
resource_find(const Resource *resource, text *id, void *row)
{
	Datum		key = PointerGetDatum(id);
	StoreRow	from;

	if (!store_fetch(resource->by_id, &key, &from))
		return false;
	resource->read(row, &from);
	return true;
}

/*
 * Reads a row that the reader may see under the active snapshot, into the
 * current memory context.  Raises parameter_missing, and the resource's own
 * "not found", for an id that does not exist as for one that is not the
 * reader's to see.
 */
void
resource_get(const Resource *resource, const Principal *reader, text *id,
			 void *row)
{
	value_require(id, resource->id_argument);
	if (!resource_find(resource, id, row) ||
		resource->audience(reader, row) == AUDIENCE_NONE)
		ereport(ERROR,
				(connect_error(resource->not_found),
				 blame_argument(resource->id_argument),
				 errdetail("%s \"%s\" does not exist.", resource->noun,
						   text_excerpt(id))));
}

/* The same under a snapshot that sees everything committed by now. */
void
resource_get_now(const Resource *resource, const Principal *reader, text *id,
				 void *row)
{
	PushActiveSnapshot(GetTransactionSnapshot());
	resource_get(resource, reader, id, row);
	PopActiveSnapshot();
}

/* Is there a row of this id that the reader may see? */
bool
resource_visible(const Resource *resource, const Principal *reader, text *id)
{
	void	   *row = palloc(resource->row_size);

	return resource_find(resource, id, row) &&
		resource->audience(reader, row) != AUDIENCE_NONE;
}

/* Returns the name that a filter has as an argument in SQL. */
static const char *
argument_name(const Filter *filter)
{
	char	   *name = pstrdup(filter->name);

	for (char *c = name; *c != '\0'; c++)
	{
		if (*c == '-')
			*c = '_';
	}
	return name;
}

/* Raises parameter_invalid for a value that is not the label of a state. */
static void
refuse_state(const Resource *resource, const Filter *filter)
{
	const LifeCycle *life = resource->life;
	const char *name = argument_name(filter);
	StringInfoData labels;

	initStringInfo(&labels);
	for (int state = STATE_NONE + 1; state < life->nstates; state++)
		appendStringInfo(&labels, "%s\"%s\"",
						 state == STATE_NONE + 1 ? "" :
						 state == life->nstates - 1 ? " or " : ", ",
						 life->states[state]);
	ereport(ERROR,
			(connect_error_in(ERROR_PARAMETER_INVALID, name),
			 blame_argument(name),
			 errdetail("\"%s\" must be %s.", error_argument(name),
					   labels.data)));
}

static const char *const directions[] = {"inbound", "outbound"};

/* Raises parameter_invalid for a value that is neither of two words. */
static void
check_word(const Filter *filter, const text *value, const char *const *words)
{
	const char *name = argument_name(filter);

	if (!text_is(value, words[0]) && !text_is(value, words[1]))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, name),
				 blame_argument(name),
				 errdetail("\"%s\" must be \"%s\" or \"%s\".",
						   error_argument(name), words[0], words[1])));
}

/* Returns the time that the value of a filter is.  Raises parameter_invalid. */
TimestampTz
resource_filter_time(const Filter *filter, const text *value)
{
	const char *name = argument_name(filter);
	TimestampTz time;

	if (!time_parse(text_to_cstring(value), &time))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, name),
				 blame_argument(name),
				 errdetail("\"%s\" must be a time such as "
						   "\"2026-11-23T07:29:53.043Z\".", name)));
	return time;
}

/* Puts the state that has this label into the query. */
static void
apply_state(const Resource *resource, const Filter *filter, const text *value,
			PageQuery *query)
{
	int			state = rules_state_parse(resource->life, VARDATA_ANY(value),
										  VARSIZE_ANY_EXHDR(value));

	if (state == STATE_NONE)
		refuse_state(resource, filter);
	query->state_column = filter->column;
	query->state = rules_state_label(resource->life, state);
}

/* Checks the values of the filters, and puts a state into the query. */
void
resource_apply_filters(const Resource *resource, const ListRequest *request,
					   PageQuery *query)
{
	for (int i = 0; i < resource->nfilters; i++)
	{
		const Filter *filter = &resource->filters[i];
		const text *value = request->filters[i];

		if (value == NULL)
			continue;
		switch (filter->kind)
		{
			case FILTER_STATE:
				apply_state(resource, filter, value, query);
				break;
			case FILTER_DIRECTION:
				check_word(filter, value, directions);
				break;
			case FILTER_WORD:
				check_word(filter, value, filter->words);
				break;
			case FILTER_ID:
				value_require_id(value, argument_name(filter));
				break;
			case FILTER_TIME:
				(void) resource_filter_time(filter, value);
				break;
			case FILTER_BEGINNING:
				break;
		}
	}
}

/*
 * Raises parameter_invalid for a cursor that is not a row which the reader may
 * see.
 */
static void
check_cursor(const Resource *resource, const Principal *reader,
			 const ListRequest *request)
{
	text	   *cursor = request->after != NULL ?
		request->after : request->before;
	const char *name = request->after != NULL ? "page_after" : "page_before";

	if (cursor != NULL && !resource_visible(resource, reader, cursor))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, name),
				 blame_argument(name),
				 errdetail("\"%s\" cannot be \"%s\".", error_argument(name),
						   text_excerpt(cursor)),
				 errhint("Follow the links of a list.")));
}

/*
 * Raises parameter_invalid unless the page that is asked for makes sense: its
 * size, and the row that it starts after or ends before.
 */
void
resource_check_page(const Resource *resource, const Principal *reader,
					const ListRequest *request)
{
	if (request->page_size < 1 || request->page_size > PAGE_SIZE_MAX)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "page_size"),
				 blame_argument("page_size"),
				 errdetail("\"%s\" is %d; it must be from 1 to %d.",
						   error_argument("page_size"), request->page_size,
						   PAGE_SIZE_MAX)));
	if (request->after != NULL && request->before != NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, "page_before"),
				 blame_argument("page_before"),
				 errdetail("\"%s\" and \"%s\" exclude each other.",
						   error_argument("page_after"),
						   error_argument("page_before"))));
	check_cursor(resource, reader, request);
}

/* Returns a query to begin with, which does not say yet what rows it is for. */
PageQuery
resource_begin_query(const Resource *resource)
{
	PageQuery	query = {
		.table = resource->table,
		.columns = {NO_COLUMN, NO_COLUMN},
		.other_column = NO_COLUMN,
		.state_column = NO_COLUMN
	};

	return query;
}

/*
 * Returns the page that is asked for, out of the rows that a query is for,
 * under the active snapshot.  resource_check_page() must have passed the
 * request.
 */
ListPage
resource_read_page(const ListRequest *request, PageQuery *query)
{
	query->after = request->after;
	query->before = request->before;
	query->page_size = request->page_size;
	return store_page(query);
}

/*
 * Returns a page of the rows of a resource that the reader may see, under the
 * active snapshot.  Raises parameter_invalid for a bad size, cursor or filter.
 */
ListPage
resource_list(const Resource *resource, const Principal *reader,
			  const ListRequest *request)
{
	PageQuery	query = resource_begin_query(resource);

	resource_apply_filters(resource, request, &query);
	resource_check_page(resource, reader, request);
	if (!resource->narrow(reader, request, &query))
		return (ListPage) {0};
	return resource_read_page(request, &query);
}
