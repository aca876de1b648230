/*
 * text.h
 *		Looking at values of type text, which need not end in a NUL.
 */
#ifndef CONNECT_BASE_TEXT_H
#define CONNECT_BASE_TEXT_H

#include "base/errors.h"
#include "fmgr.h"

/* Are two texts the same bytes? */
static inline bool
text_equal(const text *a, const text *b)
{
	return VARSIZE_ANY_EXHDR(a) == VARSIZE_ANY_EXHDR(b) &&
		memcmp(VARDATA_ANY(a), VARDATA_ANY(b), VARSIZE_ANY_EXHDR(a)) == 0;
}

/* Are two texts the same?  NULL is the same as NULL only. */
static inline bool
text_same(const text *a, const text *b)
{
	return a == NULL || b == NULL ? a == b : text_equal(a, b);
}

/* Is a text exactly this word? */
static inline bool
text_is(const text *value, const char *word)
{
	return VARSIZE_ANY_EXHDR(value) == strlen(word) &&
		memcmp(VARDATA_ANY(value), word, strlen(word)) == 0;
}

/* Is this NULL or an empty text? */
static inline bool
text_is_empty(const text *value)
{
	return value == NULL || VARSIZE_ANY_EXHDR(value) == 0;
}

/* Compares two texts byte by byte, as collation "C" does. */
static inline int
text_compare(const text *a, const text *b)
{
	int			a_len = VARSIZE_ANY_EXHDR(a);
	int			b_len = VARSIZE_ANY_EXHDR(b);
	int			order = memcmp(VARDATA_ANY(a), VARDATA_ANY(b),
							   Min(a_len, b_len));

	return order != 0 ? order : a_len - b_len;
}

/* Compares two Datums of type text in the same way, for qsort(). */
static inline int
text_compare_datums(const void *a, const void *b)
{
	return text_compare(DatumGetTextPP(*(const Datum *) a),
						DatumGetTextPP(*(const Datum *) b));
}

/* Returns a text as DETAIL may repeat it. */
static inline const char *
text_excerpt(const text *value)
{
	return error_excerpt(VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

#endif							/* CONNECT_BASE_TEXT_H */
