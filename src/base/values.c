/*
 * values.c
 *		Checks of values from outside that are the same wherever they come in:
 *		from a call, a request, or a row that somebody writes.
 */
#include "postgres.h"

#include "base/text.h"
#include "base/typeid.h"
#include "base/values.h"
#include "catalog/pg_type.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

/* Raises parameter_missing for a value that is NULL and must not be. */
void
value_require(const void *value, const char *field)
{
	if (value == NULL)
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_MISSING, field),
				 blame_argument(field),
				 errdetail("\"%s\" must be given.", error_argument(field))));
}

/*
 * Raises parameter_missing or parameter_invalid unless this can be an id, of
 * whatever has one.
 */
void
value_require_id(const text *id, const char *field)
{
	value_require(id, field);
	if (!typeid_pattern_ok(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id)))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, field),
				 blame_argument(field),
				 errdetail("\"%s\" cannot be \"%s\".", error_argument(field),
						   text_excerpt(id)),
				 errhint("An id has 1 to 64 characters out of A-Z, a-z, 0-9, "
						 "\"_\" and \"-\".")));
}

/* Raises the error of this code if a text has more than limit characters. */
void
value_check_length(const text *value, int limit, ErrorCode code,
				   const char *field)
{
	int			chars = pg_mbstrlen_with_len(VARDATA_ANY(value),
											 VARSIZE_ANY_EXHDR(value));

	if (chars > limit)
		ereport(ERROR,
				(connect_error(code),
				 blame_argument(field),
				 errdetail("\"%s\" has %d characters; the limit is %d.",
						   error_argument(field), chars, limit)));
}

/* Raises name_too_long; NULL is no name and fine. */
void
value_check_name(const text *name)
{
	if (name != NULL)
		value_check_length(name, NAME_MAX_CHARS, ERROR_NAME_TOO_LONG, "name");
}

/* Raises parameter_missing or name_too_long for a name that must be given. */
void
value_require_name(const text *name)
{
	value_require(text_is_empty(name) ? NULL : name, "name");
	value_check_name(name);
}

/*
 * Returns a list of names sorted and without duplicates: the same array if it
 * is so already.  Raises parameter_invalid for nulls and more than one
 * dimension.
 */
ArrayType *
value_sort_names(ArrayType *list, const char *field)
{
	Datum	   *names;
	int			count;
	int			kept = 0;
	bool		sorted = true;

	if (ARR_NDIM(list) > 1 || array_contains_nulls(list))
		ereport(ERROR,
				(connect_error_in(ERROR_PARAMETER_INVALID, field),
				 blame_argument(field),
				 errdetail("\"%s\" must be a list of names without nulls.",
						   error_argument(field))));
	deconstruct_array(list, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL,
					  &count);
	for (int i = 1; i < count && sorted; i++)
		sorted = text_compare_datums(&names[i - 1], &names[i]) < 0;
	if (sorted && (count == 0 || ARR_LBOUND(list)[0] == 1))
		return list;

	qsort(names, count, sizeof(Datum), text_compare_datums);
	for (int i = 0; i < count; i++)
	{
		if (kept == 0 || text_compare_datums(&names[kept - 1], &names[i]) != 0)
			names[kept++] = names[i];
	}
	return construct_array(names, kept, TEXTOID, -1, false, TYPALIGN_INT);
}

/* Tells what became of one sorted list of names in another. */
void
value_compare_names(ArrayType *before, ArrayType *after, bool *added,
					bool *removed)
{
	Datum	   *old;
	Datum	   *new;
	int			old_count;
	int			new_count;
	int			i = 0;
	int			j = 0;

	*added = *removed = false;
	if (VARSIZE(before) == VARSIZE(after) &&
		memcmp(before, after, VARSIZE(before)) == 0)
		return;
	deconstruct_array(before, TEXTOID, -1, false, TYPALIGN_INT, &old, NULL,
					  &old_count);
	deconstruct_array(after, TEXTOID, -1, false, TYPALIGN_INT, &new, NULL,
					  &new_count);
	while (i < old_count || j < new_count)
	{
		int			order = i == old_count ? 1 :
			j == new_count ? -1 : text_compare_datums(&old[i], &new[j]);

		*removed |= order < 0;
		*added |= order > 0;
		i += order <= 0;
		j += order >= 0;
	}
}
