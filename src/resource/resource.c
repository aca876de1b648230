/*
 * resource.c
 *		Finding one row of a resource, and a page of them.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/values.h"
#include "resource/resource.h"

/* Which of the two parties the principal is.  The owner may act for both. */
Parties
resource_parties(const Principal *who, const text *source,
				 const text *destination)
{
	if (who->kind == PRINCIPAL_OWNER)
		return PARTY_BOTH;
	return (text_equal(who->organization, source) ? PARTY_SOURCE : 0) |
		(text_equal(who->organization, destination) ? PARTY_DESTINATION : 0);
}

/* Returns the number of an attribute, by its kebab-case name, or -1. */
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
 * context, whoever may see it; returns false if there is none.
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

/* Is there a row of this id that the reader may see? */
bool
resource_visible(const Resource *resource, const Principal *reader, text *id)
{
	void	   *row = palloc(resource->row_size);

	return resource_find(resource, id, row) &&
		resource->audience(reader, row) != AUDIENCE_ALL;
}

/* Returns the name of the SQL argument that a filter is. */
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

/* Raises parameter_invalid for what is no label of a state. */
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

/* Raises parameter_invalid for what is no direction. */
static void
check_direction(const Filter *filter, const text *value)
{
	const char *name = argument_name(filter);

	if (!text_is(value, "inbound") && !text_is(value, "outbound"))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, name),
				 blame_argument(name),
				 errdetail("\"%s\" must be \"inbound\" or \"outbound\".",
						   error_argument(name))));
}

/* Takes the label of a state into the query. */
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

/* Checks the values of the filters, and takes a state into the query. */
static void
apply_filters(const Resource *resource, const ListRequest *request,
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
				check_direction(filter, value);
				break;
			case FILTER_ID:
				value_require_id(value, argument_name(filter));
				break;
		}
	}
}

/* Raises parameter_invalid for a cursor that is no row of the reader's. */
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
 * size, and the row that it starts behind or ends before.
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

/* Begins a query that holds no rows yet. */
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
 * Returns the page that is asked for, and that resource_check_page() has
 * passed, of the rows that a query holds, under the active snapshot.
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

	apply_filters(resource, request, &query);
	resource_check_page(resource, reader, request);
	if (!resource->narrow(reader, request, &query))
		return (ListPage) {0};
	return resource_read_page(request, &query);
}
