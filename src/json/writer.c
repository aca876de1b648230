/*
 * writer.c
 *		Writing JSON front to back, in one pass: as text, or as jsonb.
 *
 * Jsonb is not made from the text, for reading costs more than all the writing.
 * Strings written as jsonb are not copied before the end, so they must live on.
 *
 * In text, the last character tells whether a comma is needed: what comes next
 * follows a sibling unless that is an opening bracket or the colon after a key.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "json/writer.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/memutils.h"

/*
 * The Julian days of the first day of the year 1, and of the day after the last
 * one of 9999.  ISO 8601 has a form for the years between these.
 */
#define FIRST_JDATE 1721426
#define BEYOND_JDATE 5373485

/* Starts a text in the current memory context. */
JsonWriter *
json_begin_text(Inflection inflection)
{
	JsonWriter *out = palloc0(sizeof(JsonWriter));

	out->inflection = inflection;
	initStringInfo(&out->text);
	return out;
}

/* Starts a jsonb in the current memory context. */
JsonWriter *
json_begin_jsonb(void)
{
	JsonWriter *out = palloc0(sizeof(JsonWriter));

	out->is_jsonb = true;
	jsonb_begin(&out->jsonb);
	return out;
}

/* Returns what was written as text. */
char *
json_text_done(const JsonWriter *out)
{
	Assert(!out->is_jsonb);
	return out->text.data;
}

/* Returns what was written as jsonb. */
Jsonb *
json_jsonb_done(const JsonWriter *out)
{
	Assert(out->is_jsonb);
	return jsonb_done(&out->jsonb);
}

/*
 * Makes room for so many bytes of text and returns the place to put them.
 * end_text() is told where they end.
 */
static inline char *
begin_text(StringInfo text, int bytes)
{
	if (text->len + bytes >= text->maxlen)
		enlargeStringInfo(text, bytes);
	return text->data + text->len;
}

static inline void
end_text(StringInfo text, char *end)
{
	text->len = end - text->data;
	*end = '\0';
}

/* Does the same for a key or a value, and puts the comma that it may need. */
static inline char *
begin_item(StringInfo text, int bytes)
{
	char	   *at = begin_text(text, bytes + 1);
	char		last = text->len == 0 ? '[' : at[-1];

	if (last != '[' && last != '{' && last != ':')
		*at++ = ',';
	return at;
}

/* Copies bytes and returns where they end. */
static inline char *
put_bytes(char *at, const char *data, int len)
{
	memcpy(at, data, len);
	return at + len;
}

/* Writes a word of JSON: null, true or false. */
static void
put_literal(StringInfo text, const char *word)
{
	int			len = strlen(word);

	end_text(text, put_bytes(begin_item(text, len), word, len));
}

/* Opens an object or an array. */
void
json_open(JsonWriter *out, char bracket)
{
	if (out->is_jsonb)
		jsonb_open(&out->jsonb, bracket == '{');
	else
	{
		char	   *at = begin_item(&out->text, 1);

		*at++ = bracket;
		end_text(&out->text, at);
	}
}

/* Closes what was opened last. */
void
json_close(JsonWriter *out, char bracket)
{
	if (out->is_jsonb)
		jsonb_close(&out->jsonb);
	else
	{
		char	   *at = begin_text(&out->text, 1);

		*at++ = bracket;
		end_text(&out->text, at);
	}
}

void
json_null(JsonWriter *out)
{
	if (out->is_jsonb)
		jsonb_scalar(&out->jsonb, JENTRY_ISNULL, "", 0);
	else
		put_literal(&out->text, "null");
}

void
json_boolean(JsonWriter *out, bool boolean)
{
	if (out->is_jsonb)
		jsonb_scalar(&out->jsonb,
					 boolean ? JENTRY_ISBOOL_TRUE : JENTRY_ISBOOL_FALSE, "", 0);
	else
		put_literal(&out->text, boolean ? "true" : "false");
}

/* Must this byte be escaped in a string? */
static inline bool
is_special(unsigned char c)
{
	return c < ' ' || c == '"' || c == '\\';
}

/* A word of eight of this byte. */
#define BYTES(byte) (UINT64CONST(0x0101010101010101) * (byte))

/*
 * Copies eight bytes, and returns 0 if and only if none of them must be
 * escaped.
 *
 * The high bits of the result tell.  For a byte below 0x80, the high bit is set
 * in byte - ' ' if the byte is less than ' ', and in (byte ^ c) - 1 if the byte
 * is c.  ~word clears it for all other bytes.  A subtraction may borrow from
 * the next byte and so set a wrong bit there.  But it borrows only at a byte
 * that must be escaped, and then the result is not 0 anyway.
 */
static inline uint64
copy_word(char *at, const char *data)
{
	uint64		word;

	memcpy(&word, data, sizeof(word));
	memcpy(at, &word, sizeof(word));
	return ((word - BYTES(' ')) | ((word ^ BYTES('"')) - BYTES(1)) |
			((word ^ BYTES('\\')) - BYTES(1))) & ~word & BYTES(0x80);
}

/* Copies bytes and tells whether one must be escaped, which is rare. */
static inline bool
copy_plain(char *at, const char *data, int len)
{
	uint64		special = 0;

	if (len >= (int) sizeof(uint64))
	{
		int			last = len - sizeof(uint64);

		for (int i = 0; i < last; i += sizeof(uint64))
			special |= copy_word(at + i, data + i);
		/* Some of the last eight may have been copied already. */
		return (special | copy_word(at + last, data + last)) != 0;
	}
	for (int i = 0; i < len; i++)
	{
		at[i] = data[i];
		special |= is_special(data[i]);
	}
	return special != 0;
}

/*
 * Copies bytes, escaped where they must be, and returns where they end.  There
 * must be room for six times as many.
 */
static char *
copy_escaped(char *at, const char *data, int len)
{
	for (int i = 0; i < len; i++)
	{
		unsigned char c = data[i];

		if (!is_special(c))
			*at++ = c;
		else if (c < ' ')
			at += sprintf(at, "\\u%04x", c);
		else
		{
			*at++ = '\\';
			*at++ = c;
		}
	}
	return at;
}

/* Writes bytes as a string.  In text they are escaped where they must be. */
void
json_string(JsonWriter *out, const char *data, int len)
{
	StringInfo	text = &out->text;
	char	   *at;

	if (out->is_jsonb)
	{
		jsonb_scalar(&out->jsonb, JENTRY_ISSTRING, data, len);
		return;
	}

	at = begin_item(text, len + 2);
	*at++ = '"';
	if (!copy_plain(at, data, len))
		at += len;
	else
	{
		text->len = at - text->data;
		/* StringInfo itself refuses to grow a buffer as far as MaxAllocSize. */
		at = copy_escaped(begin_text(text, (int) Min((int64) len * 6 + 1,
													 MaxAllocSize)),
						  data, len);
	}
	*at++ = '"';
	end_text(text, at);
}

/* Writes bytes as a string; none of them may need to be escaped. */
void
json_plain(JsonWriter *out, const char *data, int len)
{
	char	   *at;

	if (out->is_jsonb)
	{
		jsonb_scalar(&out->jsonb, JENTRY_ISSTRING, data, len);
		return;
	}

	at = begin_item(&out->text, len + 2);
	*at++ = '"';
	at = put_bytes(at, data, len);
	*at++ = '"';
	end_text(&out->text, at);
}

/*
 * Writes a key, which is given in kebab-case, in the inflection of the writer.
 * A letter must follow each "-" in it.
 */
void
json_key_bytes(JsonWriter *out, const char *key, int len)
{
	char	   *at;

	if (out->is_jsonb)
	{
		jsonb_key(&out->jsonb, key, len);
		return;
	}

	at = begin_item(&out->text, len + 3);
	*at++ = '"';
	if (out->inflection == INFLECTION_KEBAB)
		at = put_bytes(at, key, len);
	else
	{
		for (const char *c = key; c < key + len; c++)
		{
			if (*c != '-')
				*at++ = *c;
			else if (out->inflection == INFLECTION_SNAKE)
				*at++ = '_';
			else
				*at++ = pg_toupper((unsigned char) *++c);
		}
	}
	*at++ = '"';
	*at++ = ':';
	end_text(&out->text, at);
}

/* Writes a text as a string, or null for NULL. */
void
json_text_value(JsonWriter *out, const text *value)
{
	if (value == NULL)
		json_null(out);
	else
		json_string(out, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/*
 * Writes a number, padded with zeros, and a character; returns where they end.
 */
static inline char *
put_digits(char *at, int number, int width, char after)
{
	for (int i = width - 1; i >= 0; i--, number /= 10)
		at[i] = '0' + number % 10;
	at[width] = after;
	return at + width + 1;
}

/*
 * Writes a time as "2026-11-23T07:29:53.043Z", cut to milliseconds, or null if
 * it has no such form: if it is infinite or outside the years 1 to 9999.
 */
void
json_time_value(JsonWriter *out, TimestampTz time)
{
	static const int64 first =
		(int64) (FIRST_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
	static const int64 beyond =
		(int64) (BEYOND_JDATE - POSTGRES_EPOCH_JDATE) * USECS_PER_DAY;
	int			year;
	int			month;
	int			day;
	int			ms;
	char	   *begin;
	char	   *at;

	if (time < first || time >= beyond)
	{
		json_null(out);
		return;
	}
	/* The time is counted from the first day, so that nothing is negative. */
	time -= first;
	j2date((int) (time / USECS_PER_DAY) + FIRST_JDATE, &year, &month, &day);
	ms = (int) (time % USECS_PER_DAY / 1000);
	at = begin = palloc(sizeof("2026-11-23T07:29:53.043Z"));
	at = put_digits(at, year, 4, '-');
	at = put_digits(at, month, 2, '-');
	at = put_digits(at, day, 2, 'T');
	at = put_digits(at, ms / 3600000, 2, ':');
	at = put_digits(at, ms / 60000 % 60, 2, ':');
	at = put_digits(at, ms / 1000 % 60, 2, '.');
	at = put_digits(at, ms % 1000, 3, 'Z');
	json_plain(out, begin, at - begin);
}

/* Writes an array of text. */
void
json_texts_value(JsonWriter *out, ArrayType *values)
{
	Datum	   *elements;
	int			count;

	if (values == NULL)
	{
		json_null(out);
		return;
	}
	deconstruct_array(values, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL,
					  &count);
	json_open(out, '[');
	for (int i = 0; i < count; i++)
		json_text_value(out, DatumGetTextPP(elements[i]));
	json_close(out, ']');
	pfree(elements);
}
