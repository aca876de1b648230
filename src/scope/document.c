/*
 * document.c
 *		Scopes as a resource: what documents show of them.
 */
#include "postgres.h"

#include "scope/document.h"
#include "scope/rows.h"

static const Attribute attributes[] = {
	ATTRIBUTE("description", SCOPE_DESCRIPTION, true),
	ATTRIBUTE("default", SCOPE_IS_DEFAULT, true),
	ATTRIBUTE("title", SCOPE_TITLE, true),
};

/* The catalogue is open to everybody who may ask at all. */
static Audience
scope_audience(const Principal *reader, const void *row)
{
	return PARTY_BOTH;
}

const Resource scope_resource = {
	RESOURCE_NAMES("connect/scope",
				   "/api/v1/connect/scopes"),
	.table = &scope_table,
	.by_id = &scope_by_name,
	.attributes = attributes,
	.nattributes = lengthof(attributes),
	.read = scope_from_row,
	.row_size = sizeof(Scope),
	.audience = scope_audience,
};
