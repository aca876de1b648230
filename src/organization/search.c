/*
 * search.c
 *		Finding organizations by what their names or ids begin with, whatever
 *		the case.
 *
 * Text that begins with something lies between that and the next text that does
 * not, in the order of bytes.  Indexes on lower() in that order serve it, and
 * no character means anything but itself.
 */
#include "postgres.h"

#include "base/values.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "organization/search.h"
#include "utils/builtins.h"
#include "utils/formatting.h"

/* The last code point, and those that stand for no character in UTF-8. */
#define LAST_CODE_POINT 0x10FFFF
#define FIRST_SURROGATE 0xD800
#define LAST_SURROGATE 0xDFFF

/* So many are not worth a look at the Connections with each. */
#define TOO_MANY "10000"

/*
 * Selects the ids of those that are found, as one array, which is null if there
 * are none, and whether they are too many.  The first parameter is who
 * searches, and is not asked for.
 */
StoreQuery	organization_search = {
	"SELECT pg_catalog.array_agg(f.id), pg_catalog.count(*)"
	" OPERATOR(pg_catalog.>=) " TOO_MANY " FROM"
	" ((SELECT o.id FROM connect.organization AS o"
	" WHERE " ORGANIZATION_NAME_BEGINS("$2", "$3") " LIMIT " TOO_MANY ")"
	" UNION (SELECT o.id FROM connect.organization AS o"
	" WHERE " ORGANIZATION_ID_BEGINS("$4", "$5") " LIMIT " TOO_MANY ")) AS f",
	5, {TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID}
};

/* Returns the code point after one, or 0 if it is the last. */
static pg_wchar
next_code_point(pg_wchar code)
{
	if (code + 1 == FIRST_SURROGATE)
		return LAST_SURROGATE + 1;
	return code < LAST_CODE_POINT ? code + 1 : 0;
}

/*
 * Returns the first text that is greater than all that begin with this one.  If
 * there is none, because the text consists of the last code point, returns one
 * below which are all that do not repeat it.
 */
static text *
end_of_beginning(const char *beginning, int len)
{
	unsigned char bytes[MAX_MULTIBYTE_CHAR_LEN + 1];
	int			start = len;
	StringInfoData end;

	while (start > 0)
	{
		pg_wchar	next;

		do
			start--;
		while ((beginning[start] & 0xC0) == 0x80 && start > 0);
		next = next_code_point(utf8_to_unicode((const unsigned char *)
											   beginning + start));
		if (next != 0)
		{
			unicode_to_utf8(next, bytes);
			return cstring_to_text(psprintf("%.*s%.*s", start, beginning,
											pg_utf_mblen(bytes), bytes));
		}
	}
	initStringInfo(&end);
	appendBinaryStringInfo(&end, beginning, len);
	unicode_to_utf8(LAST_CODE_POINT, bytes);
	appendBinaryStringInfo(&end, (const char *) bytes, pg_utf_mblen(bytes));
	return cstring_to_text_with_len(end.data, end.len);
}

/* Fills in between which texts lies what begins with this, in a collation. */
static void
fill_range(const text *beginning, Oid collation, text **texts)
{
	char	   *lower = str_tolower(VARDATA_ANY(beginning),
									VARSIZE_ANY_EXHDR(beginning), collation);

	texts[0] = cstring_to_text(lower);
	texts[1] = end_of_beginning(lower, strlen(lower));
}

/*
 * Fills in the texts of a search for names or ids that begin with this: two for
 * names, and two for ids, which are ASCII.  Returns false if nothing can begin
 * with it.
 */
bool
organization_search_texts(const text *beginning, text **texts)
{
	if (VARSIZE_ANY_EXHDR(beginning) >
		NAME_MAX_CHARS * MAX_MULTIBYTE_CHAR_LEN)
		return false;
	fill_range(beginning, DEFAULT_COLLATION_OID, texts);
	fill_range(beginning, C_COLLATION_OID, texts + 2);
	return true;
}
