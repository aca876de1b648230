/*
 * document.c
 *		Organizations as a resource: what documents show of them.
 */
#include "postgres.h"

#include "base/text.h"
#include "identity/tables.h"
#include "organization/document.h"

static const Attribute attributes[] = {
	ATTRIBUTE("name", ORGANIZATION_NAME, true),
	ATTRIBUTE("created-at", ORGANIZATION_CREATED_AT, true),
};

/* An organization sees itself. */
static Audience
organization_audience(const Principal *reader, const void *row)
{
	const Organization *organization = row;

	return text_same(reader->organization, organization->id) ?
		PARTY_BOTH : AUDIENCE_NONE;
}

const Resource organization_resource = {
	RESOURCE_NAMES("connect/organization",
				   "/api/v1/connect/organization"),
	.table = &organization_table,
	.attributes = attributes,
	.nattributes = lengthof(attributes),
	.row_size = sizeof(Organization),
	.audience = organization_audience,
};
