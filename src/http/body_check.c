/*
 * body_check.c
 *		Is the body of a request about the right resource, and does it have
 *		nothing that the operation does not take?
 */
#include "postgres.h"

#include "base/text.h"
#include "http/body.h"

/* Raises type_mismatch unless the type, if one is given, is this one. */
static void
require_type(const HttpBody *body, const char *type)
{
	if (body->type != NULL && strcmp(body->type, type) != 0)
		ereport(ERROR,
				(connect_error(ERROR_TYPE_MISMATCH),
				 blame_pointer("/data/type"),
				 errdetail("\"type\" must be \"%s\".", type)));
}

/* Raises client_id_forbidden, type_mismatch unless this can become a row. */
void
body_require_new(const HttpBody *body, const char *type)
{
	if (body->id != NULL)
		ereport(ERROR,
				(connect_error(ERROR_CLIENT_ID),
				 blame_pointer("/data/id"),
				 errdetail("The server makes the id.")));
	require_type(body, type);
}

/* Raises type_mismatch, id_mismatch unless this is about the row of this id. */
void
body_require_same(const HttpBody *body, const char *type, const text *id)
{
	require_type(body, type);
	if (body->id != NULL && !text_is(id, body->id))
		ereport(ERROR,
				(connect_error(ERROR_ID_MISMATCH),
				 blame_pointer("/data/id"),
				 errdetail("\"id\" must be that of the path.")));
}

/* Raises attribute_unknown for a member that the operation does not take. */
void
body_refuse_unknown(const HttpBody *body)
{
	if (body->unknown != NULL)
		ereport(ERROR,
				(connect_error(ERROR_ATTRIBUTE_UNKNOWN),
				 blame_pointer(body->unknown),
				 errdetail("\"%s\" is nothing that this operation takes.",
						   body->unknown_name)));
}

/* Raises relationships_not_allowed for what a new row cannot be given. */
void
body_refuse_relationships(const HttpBody *body)
{
	if (body->relationships != NULL && body->relationships->count > 0)
		ereport(ERROR,
				(connect_error(ERROR_RELATIONSHIPS_NOT_ALLOWED),
				 blame_pointer("/data/relationships"),
				 errdetail("The server makes the relationships.")));
}
