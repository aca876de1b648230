/*
 * writer.c
 *		Writing JSON front to back, once: as text, or as jsonb.
 *
 * Jsonb is not read from the text: reading costs more than all the writing.
 * There strings are not copied before the end, so they must live until then.
 *
 * In text, commas are put by looking at what stands before: what does not
 * follow its bracket or its key follows a sibling.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "json/writer.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/memutils.h"

/*
 * Julian days: the first of the year 1, and the one behind the last of 9999,
 * the years that ISO 8601 has words for.
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
 * Makes room for so many bytes of text and returns where they go; end_text()
 * says how many came.
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

/* The same for a key or a value, which may need a comma before it. */
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
 * Copies eight bytes.  Returns 0 if none of them must be escaped.  Of bytes
 * below 0x80, taking ' ' away sets the high bit of those below ' ' only, and
 * taking 1 away from what they differ from '"' or '\\' by, that of no
 * difference only.  A borrow may set more, but not where there is none of
 * these.
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

/*
 * Copies bytes and tells whether one of them must be escaped; nearly always
 * none.
 */
static inline bool
copy_plain(char *at, const char *data, int len)
{
	uint64		special = 0;

	if (len >= (int) sizeof(uint64))
	{
		int			last = len - sizeof(uint64);

		for (int i = 0; i < last; i += sizeof(uint64))
			special |= copy_word(at + i, data + i);
		/* some of these perhaps for the second time */
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
 * Copies bytes, escaped where they must be, and returns where they end; there
 * is room for six times as many.
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

/* Writes bytes as a string; in text, escaped where they must be. */
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
		/* the most that a buffer can grow by is refused by StringInfo itself */
		at = copy_escaped(begin_text(text, (int) Min((int64) len * 6 + 1,
													 MaxAllocSize)),
						  data, len);
	}
	*at++ = '"';
	end_text(text, at);
}

/*
 * Writes bytes of which none needs to be escaped, such as a label, as a string.
 */
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
 * Writes a key, given in kebab-case, as the writer inflects it; a word stands
 * behind each "-" of it.
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

/* Writes a text, NULL as null. */
void
json_text_value(JsonWriter *out, const text *value)
{
	if (value == NULL)
		json_null(out);
	else
		json_string(out, VARDATA_ANY(value), VARSIZE_ANY_EXHDR(value));
}

/*
 * Writes a number, zero-padded, and what follows it; returns where that ends.
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
 * Writes a time as "2026-11-23T07:29:53.043Z", cut to milliseconds;
 * null for one that has no such form: infinite, or of another era.
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
	/* counted from the first day, so that nothing is negative */
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

	deconstruct_array(values, TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL,
					  &count);
	json_open(out, '[');
	for (int i = 0; i < count; i++)
		json_text_value(out, DatumGetTextPP(elements[i]));
	json_close(out, ']');
	pfree(elements);
}
