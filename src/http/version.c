/*
 * version.c
 *		ETag and If-Match: the version of a row.
 *
 * A tag names the row's version and not the text of an answer, so that it is
 * the same for all readers, styles and fields.
 */
#include "postgres.h"

#include "base/digest.h"
#include "http/version.h"
#include "utils/builtins.h"

/* How much of a hash is in a tag, in bytes. */
#define TAG_BYTES 16

/* Returns the tag of what a resource says makes up a version. */
char *
version_tag(const char *version)
{
	uint8		hash[DIGEST_LENGTH];
	char		hex[2 * TAG_BYTES + 1];

	digest_bytes(version, strlen(version), hash);
	hex_encode((const char *) hash, TAG_BYTES, hex);
	hex[2 * TAG_BYTES] = '\0';
	return psprintf("\"%s\"", hex);
}

/*
 * Does a list of tags, as If-Match has it, name this one?  Weak ones, behind
 * W/, never do.
 */
static bool
names_tag(const char *list, const char *tag)
{
	int			len = strlen(tag);
	const char *c = list;

	while (*c != '\0')
	{
		bool		weak = strncmp(c, "W/", 2) == 0;
		const char *end;

		c += weak ? 2 : 0;
		if (*c == ' ' || *c == '\t' || *c == ',')
		{
			c++;
			continue;
		}
		end = *c == '"' ? strchr(c + 1, '"') : NULL;
		if (end == NULL)
			return false;
		if (!weak && end + 1 - c == len && strncmp(c, tag, len) == 0)
			return true;
		c = end + 1;
	}
	return false;
}

/*
 * Raises precondition_failed unless a request is content with the version that
 * has this tag.
 */
void
version_require(const HttpRequest *request, const char *tag)
{
	if (request->if_match == NULL || strcmp(request->if_match, "*") == 0 ||
		names_tag(request->if_match, tag))
		return;
	ereport(ERROR,
			(connect_error(ERROR_PRECONDITION_FAILED),
			 blame_header("If-Match"),
			 errdetail("The version that is there now is another one.")));
}
